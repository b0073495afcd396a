"""The plan of a stack as it is live, for the rules to judge: what differs is live, what was added is there, what is gone is not.

What does not differ stays as planned, references too: rules follow them from resource to resource.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from egov_infra.audit.live import Live, Reading
from egov_infra.audit.member import Added
from egov_infra.cloud.adapter import Adapter
from egov_infra.cloud.compare import are_same, is_blank
from egov_infra.cloud.registry import adapter_of
from egov_infra.plan.catalogue import aws_type, object_properties
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
    mix = _Mix(adapter, names)
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
    mix = _Mix(adapter, names)
    inputs: dict[str, Value] = {}
    for name in adapter.readable:
        value = mix.value(adapter.kind(name), name, None, None, added.found.get(name))
        if value is not None:
            inputs[name] = Ref(parent.name, "id") if value == parent_id else value
    name = f"{parent.name}:{added.id}"
    return replace(parent, type=adapter.type, name=name, inputs=inputs, options=NO_OPTIONS)


@dataclass(frozen=True, slots=True)
class _Mix:
    """Planned and live values of a resource laid over each other."""

    adapter: Adapter
    names: _Names

    def value(self, kind: str, path: str, planned: Any, declared: Any, live: Any) -> Value:
        """What is live, as planned wherever it is as declared; None if there is nothing."""
        comparison = self.adapter.comparison
        if path in comparison.unread:
            return planned  # type: ignore[no-any-return]
        differs = any(True for _ in comparison.differences(kind, path, declared, live))
        if planned is None:
            is_usual = path in comparison.defaults and not differs
            return None if is_usual or is_blank(live) else self._new(path, live)
        if live is None:
            return None if differs else planned
        if kind.startswith("@") and isinstance(planned, Mapping) and isinstance(live, Mapping):
            return self._object(kind, path, planned, declared, live)
        if kind.startswith("[@") and isinstance(planned, tuple) and isinstance(live, list | tuple):
            return self._list(kind[1:], path, planned, declared, live)
        if not differs:
            return planned  # type: ignore[no-any-return]
        if path in comparison.documents and isinstance(planned, Document):
            body = _mixed(planned.body, json.loads(declared), _json(live), _literal)
            return Document(body) if isinstance(body, Mapping) else _literal(live)
        return _mixed(planned, declared, live, self.names.value)

    def _new(self, path: str, live: Any) -> Value:
        document = _json(live) if path in self.adapter.comparison.documents else None
        return Document(_literal(document)) if isinstance(document, Mapping) else self.names.value(live)  # type: ignore[arg-type]

    def _object(
        self,
        kind: str,
        path: str,
        planned: Mapping[str, Any],
        declared: Mapping[str, Any],
        live: Mapping[str, Any],
    ) -> Value:
        """An object property by property; it may have more than was declared."""
        found: dict[str, Value] = {}
        for name, prop in object_properties(kind[1:]).items():
            inner = f"{path}.{name}"
            value = self.value(prop.kind, inner, planned.get(name), declared.get(name), live.get(name))
            if value is not None:
                found[name] = value
        return found

    def _list(
        self, kind: str, path: str, planned: Sequence[Any], declared: Sequence[Any], live: Sequence[Any]
    ) -> Value:
        """A list of objects: each with the one that it is as declared, or that stands at its place."""
        comparison = self.adapter.comparison
        is_paired = len(declared) == len(live) and path not in comparison.sets
        free = list(range(len(declared)))
        found: list[Value] = []
        for position, item in enumerate(live):
            match = position if is_paired else None
            if match is None:
                same = (
                    one
                    for one in free
                    if not any(True for _ in comparison.differences(kind, path, declared[one], item))
                )
                match = next(same, None)
            if match is None:
                found.append(self.names.value(item))
            else:
                free.remove(match)
                found.append(self.value(kind, path, planned[match], declared[match], item))
        return tuple(found)


def _mixed(planned: Any, declared: Any, live: Any, new: Callable[[Any], Value]) -> Value:
    """Free data, such as a map or a document: as planned wherever it is as declared, else what `new` makes of it."""
    if planned is not None and are_same(declared, live):
        return planned  # type: ignore[no-any-return]
    if all(isinstance(item, Mapping) for item in (planned, declared, live)):
        return {
            key: _mixed(planned.get(key), declared.get(key), item, new)
            for key, item in live.items()
            if item is not None
        }
    if isinstance(planned, tuple) and isinstance(declared, list) and isinstance(live, list | tuple):
        return _mixed_list(planned, declared, live, new)
    return new(live)


def _mixed_list(
    planned: Sequence[Any], declared: Sequence[Any], live: Sequence[Any], new: Callable[[Any], Value]
) -> Value:
    """Each item with the one that it is as declared; what is left over, in order."""
    free = list(range(len(declared)))
    pairs: dict[int, int] = {}
    for number, item in enumerate(live):
        match = next((one for one in free if are_same(declared[one], item)), None)
        if match is not None:
            pairs[number] = match
            free.remove(match)
    found = []
    for number, item in enumerate(live):
        match = pairs[number] if number in pairs else free.pop(0) if free else None
        found.append(new(item) if match is None else _mixed(planned[match], declared[match], item, new))
    return tuple(found)


def _json(text: Any) -> Any:
    """What a text says as JSON; None if it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def _literal(value: Any) -> Value:
    """A value as it is, frozen."""
    if isinstance(value, list | tuple):
        return tuple(map(_literal, value))
    if isinstance(value, Mapping):
        return {key: _literal(item) for key, item in value.items() if item is not None}
    found: Value = value
    return found


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
            return Document({key: cut(item, stack) for key, item in value.body.items()})
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
