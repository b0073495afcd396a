"""`environment`: one account of a tenancy, the addresses that the lock gives it, and what is planned for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.policy.subjects.contents import Contents, contents_of


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment beside its class and its tier."""

    name: str
    account: str
    range: str | None
    """Its range in CIDR notation; absent until the address lock gives one."""
    prefix_length: int
    """Length of the prefix that the manifest asks for, in bits."""
    supernets: tuple[str, ...]
    """Ranges from which environments of the class get theirs."""
    other_supernets: tuple[str, ...]
    """Ranges of the other classes."""
    reserved: tuple[str, ...]
    """Ranges held elsewhere."""
    internet_purpose: str | None
    """Why it may reach the internet; absent if it may not."""
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
    estate = context.estate
    network, tier = estate.network, estate.tiers[institution.tenancy.tier]
    stacks = {stack.name: stack for stack in planned.stacks}
    for name, environment in institution.tenancy.environments.items():
        others = (item for other, item in network.classes.items() if other != name)
        stack = stacks.get(f"{institution.slug}.tenancy.{name}")
        facts = Environment(
            name=name,
            account=environment.account,
            range=context.addresses.get(f"{institution.slug}/{name}"),
            prefix_length=environment.network.prefix_length,
            supernets=tuple(network.classes[name].supernets),
            other_supernets=tuple(supernet for other in others for supernet in other.supernets),
            reserved=tuple(reserved.range for reserved in network.reserved),
            internet_purpose=environment.internet.purpose if environment.internet else None,
            recovery_point_minutes=tier.recovery_point_minutes,
            copies=tier.copies,
            alert_percent=tuple(institution.tenancy.budget.alert_percent),
            monthly_usd=institution.tenancy.budget.monthly_usd,
            plan=contents_of(stack) if stack else None,
        )
        yield Subject(facts, f"tenancy/environments/{name}", ("tenancy", "environments", name))


KIND: Kind = model_kind("environment", Environment, find)
