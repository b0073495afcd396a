"""What a change makes of plans: which resources of which stacks are created, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from egov_infra.plan.canonical import describe_resource
from egov_infra.plan.outline import Outline
from egov_infra.plan.resource import PlannedResource, StackPlan


@dataclass(frozen=True, slots=True)
class ResourceDifference:
    """A planned resource that is not what it was."""

    type: str
    name: str
    """Logical name, of after the change where it is there then."""
    fields: tuple[str, ...] = ()
    """What differs, sorted: inputs by name; `type`, `account`, `region`, `protect`, `depends_on` and `aliases` as such."""


@dataclass(frozen=True, slots=True)
class StackDifference:
    """A stack that is not planned as it was; each part is sorted by logical name."""

    stack: str
    owner: str
    created: tuple[ResourceDifference, ...]
    changed: tuple[ResourceDifference, ...]
    removed: tuple[ResourceDifference, ...]

    @property
    def count(self) -> int:
        """How many resources differ; none where only outputs do."""
        return len(self.created) + len(self.changed) + len(self.removed)


def changed_owners(before: Iterable[Outline], after: Iterable[Outline]) -> tuple[str, ...]:
    """Whose stacks are not planned as they were, sorted: institutions and the platform."""
    then = {item.stack: item for item in before}
    now = {item.stack: item for item in after}
    return tuple(
        sorted(
            {
                (now.get(name) or then[name]).owner
                for name in then.keys() | now.keys()
                if name not in then or name not in now or then[name].digest != now[name].digest
            }
        )
    )


def differences(before: Iterable[StackPlan], after: Iterable[StackPlan]) -> tuple[StackDifference, ...]:
    """What differs between the stacks of an owner, by name of the stack; one that is equal is left out.

    A resource that kept its type under another name, and says so by an alias, is changed.
    """
    then = {plan.name: plan for plan in before}
    now = {plan.name: plan for plan in after}
    found = (_difference(then.get(name), now.get(name)) for name in sorted(then.keys() | now.keys()))
    return tuple(item for item in found if item is not None)


def _difference(before: StackPlan | None, after: StackPlan | None) -> StackDifference | None:
    then, now = _by_name(before), _by_name(after)
    created: list[ResourceDifference] = []
    changed: list[ResourceDifference] = []
    kept: set[str] = set()
    for name, resource in sorted(now.items()):
        former = next((old for old in (name, *resource.options.aliases) if old in then), None)
        if former is None:
            created.append(ResourceDifference(resource.type, name))
            continue
        kept.add(former)
        if fields := _fields(then[former], resource):
            changed.append(ResourceDifference(resource.type, name, fields))
    removed = [
        ResourceDifference(resource.type, name) for name, resource in sorted(then.items()) if name not in kept
    ]
    stack = after or before
    if stack is None or not (
        created or changed or removed or (before and after and before.outputs != after.outputs)
    ):
        return None
    return StackDifference(stack.name, stack.owner, tuple(created), tuple(changed), tuple(removed))


def _by_name(plan: StackPlan | None) -> Mapping[str, PlannedResource]:
    return {resource.name: resource for resource in plan.resources} if plan else {}


def _fields(before: PlannedResource, after: PlannedResource) -> tuple[str, ...]:
    then, now = describe_resource(before), describe_resource(after)
    old, new = then.pop("inputs"), now.pop("inputs")
    found = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    return tuple(sorted(found | {key for key in then.keys() | now.keys() if then.get(key) != now.get(key)}))
