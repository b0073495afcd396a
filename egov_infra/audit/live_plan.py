"""The plan of a stack as it is live, for the rules to judge: what differs is live, what was added is there, what is gone is not.

What does not differ stays as planned, references too: rules follow them from resource to resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from egov_infra.audit.live import Live, Reading
from egov_infra.audit.member import Added
from egov_infra.audit.mix import Mix
from egov_infra.cloud.registry import adapter_of
from egov_infra.plan.catalogue import aws_type
from egov_infra.plan.resource import NO_OPTIONS, PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, Value, references


def live_plan(
    live: Live,
    plan: StackPlan,
    readings: Mapping[str, Reading],
    declared: Mapping[str, Mapping[str, Any]],
    added: Iterable[Added],
) -> StackPlan:
    """The plan as it is live. `declared` holds the resolved inputs of what was read.

    What could not be read, and what is recorded only, stays as planned.
    """
    recorded = live.recorded(plan.name)
    names = _Names(live, plan)
    resources = []
    for resource in plan.resources:
        if resource.name not in recorded:
            continue
        reading = readings.get(resource.name)
        if reading is None or reading.error:
            resources.append(resource)
        elif reading.found is not None:
            resources.append(_as_live(resource, declared[resource.name], reading.found, names))
    resources += [_planned(item, recorded[item.parent.name].id, names) for item in added]
    return replace(plan, resources=_connected(live, resources))


class _Names:
    """Texts of a stack that name one of its resources: ids, and what AWS made up when it created one."""

    def __init__(self, live: Live, plan: StackPlan) -> None:
        self._live = live
        self._plan = plan

    @cached_property
    def _known(self) -> Mapping[str, Ref]:
        stack = self._plan.name
        recorded = self._live.recorded(stack)
        types = {resource.name: aws_type(resource.type) for resource in self._plan.resources}
        found: dict[str, Ref] = {}
        for resource in self._plan.resources:
            for reference in references(resource.inputs):
                if not isinstance(reference, Ref) or reference.resource not in recorded:
                    continue
                text = self._live.resolved(stack, reference)
                is_declared = reference.output in types[reference.resource].inputs
                if isinstance(text, str) and (text == recorded[reference.resource].id or not is_declared):
                    found.setdefault(text, reference)
        return found

    def value(self, live: Any) -> Value:
        """A live value as a planned one: a text that the plan refers to elsewhere is that reference."""
        if isinstance(live, str):
            return self._known.get(live, live)
        if isinstance(live, list | tuple):
            return tuple(map(self.value, live))
        if isinstance(live, Mapping):
            return {key: self.value(item) for key, item in live.items() if item is not None}
        found: Value = live
        return found


def _as_live(
    resource: PlannedResource, declared: Mapping[str, Any], found: Mapping[str, Any], names: _Names
) -> PlannedResource:
    adapter = adapter_of(resource.type)
    assert adapter is not None
    actual = adapter.with_unread(declared, found)
    inputs = dict(resource.inputs)
    mix = Mix(adapter, names.value)
    for name in adapter.readable:
        planned = resource.inputs.get(name)
        if name in adapter.unread or (planned is not None and name not in declared):
            continue  # nobody knows what is live, or what was declared
        value = mix.value(adapter.kind(name), name, planned, declared.get(name), actual.get(name))
        if value is None:
            inputs.pop(name, None)
        else:
            inputs[name] = value
    return replace(resource, inputs=inputs)


def _planned(added: Added, parent_id: str, names: _Names) -> PlannedResource:
    """Something that was added, as if it were planned where it was added to."""
    parent, adapter = added.parent, added.adapter
    mix = Mix(adapter, names.value)
    inputs: dict[str, Value] = {}
    for name in adapter.readable:
        value = mix.value(adapter.kind(name), name, None, None, added.found.get(name))
        if value is not None:
            inputs[name] = Ref(parent.name, "id") if value == parent_id else value
    name = f"{parent.name}:{added.id}"
    return replace(parent, type=adapter.type, name=name, inputs=inputs, options=NO_OPTIONS)


def _connected(live: Live, resources: Sequence[PlannedResource]) -> tuple[PlannedResource, ...]:
    """The resources without references to what is not there any more: these are texts that lead nowhere."""
    there = {resource.name for resource in resources}

    def cut(value: Value, stack: str) -> Value:
        if isinstance(value, Ref):
            return value if value.resource in there else str(live.resolved(stack, value) or value.resource)
        if isinstance(value, Join):
            parts = [cut(part, stack) for part in value.parts]
            is_text = all(isinstance(part, str) for part in parts)
            return "".join(parts) if is_text else Join(tuple(parts))  # type: ignore[arg-type]
        if isinstance(value, Document):
            return Document(cut(value.body, stack))  # type: ignore[arg-type]
        if isinstance(value, tuple):
            return tuple(cut(item, stack) for item in value)
        if isinstance(value, Mapping):
            return {key: cut(item, stack) for key, item in value.items()}
        return value

    def is_cut_off(resource: PlannedResource) -> bool:
        return any(isinstance(one, Ref) and one.resource not in there for one in references(resource.inputs))

    return tuple(
        replace(one, inputs={name: cut(value, one.stack) for name, value in one.inputs.items()})
        if is_cut_off(one)
        else one
        for one in resources
    )
