"""`environment`: one account of a tenancy, and what is planned for it."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.policy.subjects.contents import Contents, contents_of
from egov_infra.source.frozen import frozen


@frozen
class Environment:
    """An environment beside its tier."""

    name: str
    """`prod` or `test`."""
    account: str
    """Number of its AWS account, of twelve digits."""
    recovery_point_minutes: int
    """How much the tier lets get lost."""
    copies: int
    """Backup copies that the tier demands; two and more include another account."""
    alert_percent: tuple[int, ...]
    """Shares of the limit of cost at which somebody is to be told, in percent."""
    monthly_usd: int
    """Limit of cost of the tenancy as a whole, in US dollars a month."""
    plan: Contents | None
    """What is planned for it; absent until the address lock gives a range, and where its stack is not judged."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each environment of the institution."""
    institution, context = planned.loaded.institution, planned.context
    if institution.tenancy is None:
        return
    tier = context.estate.tiers[institution.tenancy.tier]
    stacks = {stack.name: stack for stack in planned.stacks}
    for name, environment in institution.tenancy.environments.items():
        stack = stacks.get(f"{institution.slug}.tenancy.{name}")
        facts = Environment(
            name=name,
            account=environment.account,
            recovery_point_minutes=tier.recovery_point_minutes,
            copies=tier.copies,
            alert_percent=tuple(institution.tenancy.budget.alert_percent),
            monthly_usd=institution.tenancy.budget.monthly_usd,
            plan=contents_of(stack) if stack else None,
        )
        yield Subject(facts, f"tenancy/environments/{name}", ("tenancy", "environments", name))


KIND: Kind = model_kind("environment", Environment, find)
