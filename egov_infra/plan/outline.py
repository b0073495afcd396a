"""What is kept of a stack where the stack itself would be too much to keep: enough to tell whether it has changed."""

from __future__ import annotations

from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import SecretRef, StackRef, references
from egov_infra.source.frozen import frozen


@frozen
class SecretPlace:
    """A secret that a plan reads, and where."""

    account: str
    region: str
    name: str


@frozen
class Outline:
    """A planned stack in short."""

    stack: str
    owner: str
    digest: str
    """SHA-256 of the plan."""
    reads: tuple[StackRef, ...]
    """Outputs of other stacks that it reads, sorted."""
    secrets: tuple[SecretPlace, ...]
    """Secrets that it reads, sorted."""


def outline(plan: StackPlan) -> Outline:
    """The outline of a plan."""
    return Outline(plan.name, plan.owner, plan_digest(plan), *_reads(plan))


def stack_references(plan: StackPlan) -> tuple[StackRef, ...]:
    """Outputs of other stacks that a plan reads, sorted."""
    return _reads(plan)[0]


def secret_references(plan: StackPlan) -> tuple[SecretPlace, ...]:
    """Secrets that a plan reads, sorted; each stands in the account and region of what it is for."""
    return _reads(plan)[1]


def _reads(plan: StackPlan) -> tuple[tuple[StackRef, ...], tuple[SecretPlace, ...]]:
    outputs: set[StackRef] = set()
    secrets: set[SecretPlace] = set()
    for resource in plan.resources:
        for value in resource.inputs.values():
            for reference in references(value) if type(value) is not str else ():
                if isinstance(reference, StackRef):
                    outputs.add(reference)
                elif isinstance(reference, SecretRef):
                    secrets.add(SecretPlace(resource.account, resource.region, reference.name))
    return (
        tuple(sorted(outputs, key=lambda item: (item.stack, item.output))),
        tuple(sorted(secrets, key=lambda item: (item.account, item.region, item.name))),
    )
