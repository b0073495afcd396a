"""What is kept of a stack where the stack itself would be too much to keep: enough to tell whether it has changed."""

from __future__ import annotations

from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import StackRef, references
from egov_infra.source.frozen import frozen


@frozen
class Outline:
    """A planned stack in short."""

    stack: str
    owner: str
    digest: str
    """SHA-256 of the plan."""
    reads: tuple[StackRef, ...]
    """Outputs of other stacks that it reads, sorted."""


def outline(plan: StackPlan) -> Outline:
    """The outline of a plan."""
    return Outline(plan.name, plan.owner, plan_digest(plan), stack_references(plan))


def stack_references(plan: StackPlan) -> tuple[StackRef, ...]:
    """Outputs of other stacks that a plan reads, sorted."""
    found = {
        reference
        for resource in plan.resources
        for value in resource.inputs.values()
        if type(value) is not str
        for reference in references(value)
        if isinstance(reference, StackRef)
    }
    return tuple(sorted(found, key=lambda reference: (reference.stack, reference.output)))
