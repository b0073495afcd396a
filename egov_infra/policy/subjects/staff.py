"""`staff`: who of the platform's staff may approve what."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import get_args

from egov_infra.model.estate import Estate, PolicyDomain
from egov_infra.plan.context import PlanContext
from egov_infra.policy.subject import Kind, Stacks, Subject, shared_kind
from egov_infra.source.frozen import frozen

ENDING_DAYS = 90


@frozen
class Staff:
    """Certifications, by domain of policies."""

    domains_without_approver: tuple[str, ...]
    """Domains for which nobody is certified today."""
    domains_ending: tuple[str, ...]
    """Domains for which somebody is certified today, and nobody 90 days from now."""


def shared(context: PlanContext, _stacks: Stacks) -> Iterator[Subject]:
    """The staff of the estate."""
    today, later = context.today, context.today + datetime.timedelta(days=ENDING_DAYS)
    certified, afterwards = (_certified(context.estate, day) for day in (today, later))
    domains = get_args(PolicyDomain)
    facts = Staff(
        domains_without_approver=tuple(domain for domain in domains if domain not in certified),
        domains_ending=tuple(domain for domain in domains if domain in certified - afterwards),
    )
    yield Subject(facts, "staff", ("staff",))


def _certified(estate: Estate, day: datetime.date) -> frozenset[str]:
    """Domains for which somebody is certified on a day."""
    return frozenset(
        item.domain for member in estate.staff for item in member.certifications if item.until >= day
    )


KIND: Kind = shared_kind("staff", Staff, shared)
