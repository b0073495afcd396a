"""`environment`: one account of a tenancy, and the addresses that the lock gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment beside its class."""

    name: str
    account: str
    range: str | None
    """Its range in CIDR notation; absent until the address lock gives one."""
    prefix_length: int
    """Length of the prefix that the manifest asks for, in bits."""
    supernets: tuple[str, ...]
    """Ranges from which environments of the class get theirs."""
    reserved: tuple[str, ...]
    """Ranges held elsewhere."""
    internet_purpose: str | None
    """Why it may reach the internet; absent if it may not."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each environment of the institution."""
    institution, context = planned.loaded.institution, planned.context
    if institution.tenancy is None:
        return
    network = context.estate.network
    for name, environment in institution.tenancy.environments.items():
        facts = Environment(
            name=name,
            account=environment.account,
            range=context.addresses.get(f"{institution.slug}/{name}"),
            prefix_length=environment.network.prefix_length,
            supernets=tuple(network.classes[name].supernets),
            reserved=tuple(reserved.range for reserved in network.reserved),
            internet_purpose=environment.internet.purpose if environment.internet else None,
        )
        yield Subject(facts, f"tenancy/environments/{name}", ("tenancy", "environments", name))


KIND: Kind = model_kind("environment", Environment, find)
