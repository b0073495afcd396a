"""`backup`: how often a tenancy or an application of the platform makes copies, and how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.estate import Estate
from egov_infra.model.tenancy import Backup as Declared
from egov_infra.model.workload import Tier
from egov_infra.plan.account.shared import application_path
from egov_infra.plan.context import PlanContext
from egov_infra.policy.subject import Kind, Planned, Stacks, Subject, model_kind
from egov_infra.source.frozen import frozen


@frozen
class Backup:
    """Backups beside the tier of what they copy."""

    tier: Tier
    """Tier of the tenancy, or of the shared account."""
    recovery_point_minutes: int
    """How much the tier lets get lost."""
    copies: int
    """Backup copies that the tier demands; two and more include another account."""
    interval_minutes: int
    """Minutes between two backups."""
    retention_days: int
    """How long a backup is kept."""


def find(planned: Planned) -> Iterator[Subject]:
    """The backups of the institution's tenancy, if it has one."""
    tenancy = planned.loaded.institution.tenancy
    if tenancy is not None:
        facts = _backup(planned.context.estate, tenancy.tier, tenancy.backup)
        yield Subject(facts, "tenancy/backup", ("tenancy", "backup"))


def shared(context: PlanContext, _stacks: Stacks) -> Iterator[Subject]:
    """The backups of each application of the platform."""
    for role, application in context.estate.hosting.items():
        facts = _backup(context.estate, application.in_tier, application.backup)
        yield Subject(facts, f"accounts/{role}/backup", (*application_path(role), "backup"))


def _backup(estate: Estate, tier: Tier, declared: Declared) -> Backup:
    wanted = estate.tiers[tier]
    return Backup(
        tier,
        wanted.recovery_point_minutes,
        wanted.copies,
        declared.interval_minutes,
        declared.retention_days,
    )


KIND: Kind = model_kind("backup", Backup, find, shared)
