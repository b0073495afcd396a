"""What a plan would change against the recorded state: computed without an engine, a cloud or pulumi."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from egov_infra.cloud.compare import is_same_input
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.registry import adapter_of
from egov_infra.cloud.secret import SecretReader, seal_of
from egov_infra.engine.checkpoint import Checkpoint, Entry
from egov_infra.engine.value import UNKNOWN, contains_unknown, only_secret, resolve, steps, walk
from egov_infra.plan.canonical import canonical_json, plan_digest
from egov_infra.plan.catalogue import aws_type, from_wire
from egov_infra.plan.outline import SecretPlace
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, SecretRef, StackRef

StackOutputs = Callable[[str], Mapping[str, Any]]
"""Exported outputs of a stack by its name; empty if it was never applied."""


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one resource, and which properties are why."""

    action: Action
    type: str
    name: str
    properties: tuple[str, ...] = ()
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen to a stack. `digest` covers the plan and every step: approval is bound to it."""

    stack: str
    steps: tuple[Step, ...]
    digest: str

    def count(self, *actions: Action) -> int:
        """How many resources one of these actions happens to."""
        return sum(step.action in actions for step in self.steps)

    @property
    def changes(self) -> tuple[Step, ...]:
        """Steps that do something."""
        return tuple(step for step in self.steps if step.action is not Action.SAME)


def preview_stack(
    plan: StackPlan,
    checkpoint: Checkpoint,
    stack_outputs: StackOutputs,
    secrets: SecretReader | None = None,
) -> Preview:
    """Compare a plan with what is recorded. Without `secrets`, whether one was rotated does not show."""
    recorded = under_new_names(plan, checkpoint.by_name())
    fresh: set[str] = set()
    found = []
    for resource in plan.resources:
        old = recorded.get(resource.name)
        moved = _moved(resource, plan.region, checkpoint.place_of(old)) if old else ()
        step = _step(resource, old, moved, recorded, fresh, stack_outputs, secrets)
        if step.action in (Action.CREATE, Action.REPLACE):
            fresh.add(resource.name)
        found.append(step)
    planned = {resource.name for resource in plan.resources}
    found += [
        Step(Action.DELETE, entry.type, name, (), entry.is_protected)
        for name, entry in reversed(recorded.items())
        if name not in planned
    ]
    return preview_of(plan.name, plan_digest(plan), tuple(found))


def preview_of(stack: str, digest: str, found: tuple[Step, ...]) -> Preview:
    """The preview of these steps; `digest` is the plan's."""
    described = [[step.action.value, step.type, step.name, list(step.properties)] for step in found]
    return Preview(stack, found, hashlib.sha256(canonical_json([digest, described])).hexdigest())


def under_new_names(plan: StackPlan, recorded: dict[str, Entry]) -> dict[str, Entry]:
    """What is recorded, by the names that its resources have in the plan."""
    for resource in plan.resources:
        former = next((name for name in resource.options.aliases if name in recorded), None)
        if former is not None and resource.name not in recorded:
            recorded[resource.name] = recorded.pop(former)
    return recorded


def _moved(resource: PlannedResource, stack_region: str, place: tuple[str, str] | None) -> tuple[str, ...]:
    """Which of account and region are others than those in which a resource was made."""
    if place is None:
        return ()
    region = resource.region if "region" in aws_type(resource.type).inputs else stack_region
    pairs = (("account", place[0], resource.account), ("region", place[1], region))
    return tuple(what for what, there, here in pairs if there != here)


def _step(
    resource: PlannedResource,
    old: Entry | None,
    moved: tuple[str, ...],
    recorded: Mapping[str, Entry],
    fresh: set[str],
    stack_outputs: StackOutputs,
    secrets: SecretReader | None,
) -> Step:
    protected = old.is_protected if old else False
    if old is None:
        return Step(Action.CREATE, resource.type, resource.name)
    if old.type != resource.type:
        return Step(Action.REPLACE, resource.type, resource.name, ("type",), protected)

    def look_up(reference: Ref | StackRef | SecretRef) -> Any:
        if isinstance(reference, SecretRef):
            return _secret(reference, resource, old, secrets)
        if isinstance(reference, StackRef):
            return stack_outputs(reference.stack).get(reference.output, UNKNOWN)
        if reference.resource in fresh or reference.resource not in recorded:
            return UNKNOWN
        entry = recorded[reference.resource]
        if reference.output == "id":
            return entry.id
        return walk(from_wire(entry.type, entry.outputs), steps(reference.output))

    new = {name: resolve(value, look_up) for name, value in resource.inputs.items()}
    before = from_wire(old.type, old.inputs)
    changed = changed_properties(before, new)
    if moved:
        return Step(Action.REPLACE, resource.type, resource.name, (*moved, *changed), protected)
    if not changed and old.name != resource.name:
        changed, action = ("name",), Action.UPDATE
    elif not changed:
        action = Action.SAME
    else:
        action = Action.REPLACE if replaces(resource.type, changed) else Action.UPDATE
    return Step(action, resource.type, resource.name, changed, protected)


def _secret(reference: SecretRef, resource: PlannedResource, old: Entry, secrets: SecretReader | None) -> Any:
    """The seal of a secret, for that is what was recorded; without a reader what was recorded of it."""
    if secrets is None:
        return seal_of(old.inputs, reference.name) or only_secret(old.inputs) or UNKNOWN
    try:
        return secrets.read(SecretPlace(resource.account, resource.region, reference.name)).seal
    except CloudError:  # an error only when it is applied
        return UNKNOWN


def changed_properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Properties that differ; one that holds something unknown counts as different. The region is compared apart."""
    names = sorted((old.keys() | new.keys()) - {"region"})
    return tuple(
        name
        for name in names
        if contains_unknown(new.get(name)) or not is_same_input(name, old.get(name), new.get(name))
    )


def replaces(token: str, changed: tuple[str, ...]) -> tuple[str, ...]:
    """Those changed properties that demand a replacement, by the adapter, or by what pulumi_aws states."""
    adapter = adapter_of(token)
    if adapter is None:
        return tuple(name for name in changed if name in aws_type(token).replaces)
    return adapter.difference(dict.fromkeys(changed, 0), dict.fromkeys(changed, 1)).replaces
