"""`tenancy`: what an institution has in the data centres, as a whole."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen


@frozen
class Tenancy:
    """A tenancy beside its quota plan."""

    monthly_usd: int
    """Limit of cost, in US dollars a month."""
    quota_monthly_usd: int
    """The highest limit that the quota plan allows."""
    alert_percent: tuple[int, ...]
    """Shares of the limit at which somebody is told."""
    buckets: int
    """Buckets that it declares."""
    quota_buckets: int
    """Most buckets that the quota plan allows."""
    applications: int
    """Applications that it hosts."""
    quota_applications: int
    """Most applications that the quota plan allows."""
    environments: tuple[str, ...]
    """Names of its environments."""
    transfer_approved_on: datetime.date
    """Day on which the estate's transfer of data abroad was approved."""


def find(planned: Planned) -> Iterator[Subject]:
    """The institution's tenancy, if it has one."""
    institution, estate = planned.loaded.institution, planned.context.estate
    tenancy = institution.tenancy
    if tenancy is None:
        return
    quota = estate.quota_plans[tenancy.quota]
    facts = Tenancy(
        monthly_usd=tenancy.budget.monthly_usd,
        quota_monthly_usd=quota.monthly_usd,
        alert_percent=tuple(tenancy.budget.alert_percent),
        buckets=len(tenancy.buckets),
        quota_buckets=quota.buckets,
        applications=len(institution.services.applications),
        quota_applications=quota.applications,
        environments=tuple(tenancy.environments),
        transfer_approved_on=estate.transfer_basis.approved_on,
    )
    yield Subject(facts, "tenancy", ("tenancy",))


KIND: Kind = model_kind("tenancy", Tenancy, find)
