"""`network`: a network of an environment, or of a shared account, the addresses that the lock gives it, and what is planned."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.estate import SHARED_CLASS
from egov_infra.plan.account.shared import application_path
from egov_infra.plan.addresses import platform_key
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.subject import Kind, Planned, Stacks, Subject, model_kind
from egov_infra.policy.subjects.contents import Contents, contents_of
from egov_infra.source.frozen import frozen


@frozen
class Network:
    """A network beside its class."""

    name: str
    """Its class: the name of the environment, or `shared`."""
    range: str | None
    """Its range in CIDR notation; absent until the address lock gives one."""
    supernets: tuple[str, ...]
    """Ranges from which networks of the class get theirs."""
    other_supernets: tuple[str, ...]
    """Ranges of the other classes."""
    reserved: tuple[str, ...]
    """Ranges held elsewhere."""
    internet_purpose: str | None
    """Why it may reach the internet; absent if it may not."""
    plan: Contents | None
    """What is planned for it; absent until the address lock gives a range, and where its stack is not judged."""


def find(planned: Planned) -> Iterator[Subject]:
    """The network of each environment of the institution."""
    institution = planned.loaded.institution
    environments = institution.tenancy.environments if institution.tenancy else {}
    stacks = {stack.name: stack for stack in planned.stacks}
    for name, environment in environments.items():
        purpose = environment.internet.purpose if environment.internet else None
        stack = stacks.get(f"{institution.slug}.tenancy.{name}")
        facts = _network(planned.context, name, f"{institution.slug}/{name}", purpose, stack)
        yield Subject(facts, f"tenancy/environments/{name}", ("tenancy", "environments", name))


def shared(context: PlanContext, stacks: Stacks) -> Iterator[Subject]:
    """The network of each shared account in which an application runs."""
    named = {stack.name: stack for stack in stacks}
    for role, application in context.estate.hosting.items():
        stack = named.get(f"{PLATFORM}.{role}")
        purpose = application.internet.purpose
        facts = _network(context, SHARED_CLASS, platform_key(role), purpose, stack)
        yield Subject(facts, f"accounts/{role}/network", (*application_path(role), "network"))


def _network(
    context: PlanContext, name: str, key: str, purpose: str | None, stack: StackPlan | None
) -> Network:
    network = context.estate.network
    others = (item for other, item in network.classes.items() if other != name)
    return Network(
        name=name,
        range=context.addresses.get(key),
        supernets=tuple(network.classes[name].supernets),
        other_supernets=tuple(supernet for other in others for supernet in other.supernets),
        reserved=tuple(reserved.range for reserved in network.reserved),
        internet_purpose=purpose,
        plan=contents_of(stack) if stack else None,
    )


KIND: Kind = model_kind("network", Network, find, shared)
