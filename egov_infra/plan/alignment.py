"""Stacks that an engine keeps, laid over what is planned: where a value is what the plan comes to, it is as planned.

An engine keeps what references came to, not where they came from, and of an input that it does not know yet it says
nothing. What the plan says of the same resource is believed where the value may be just that, and where the engine says
that it came from the same resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import UNSURE, Document, Join, Ref, SecretRef, StackRef, Value, references


class Opened(str):
    """A text that is kept secret, in clear."""

    __slots__ = ()


def opened(value: Any) -> Any:
    """Plain data that is kept secret: each text of it is marked."""
    if isinstance(value, str):
        return Opened(value)
    if isinstance(value, Mapping):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(opened(item) for item in value)
    return value


@dataclass(frozen=True, slots=True)
class Kept:
    """What an engine keeps of a resource, beside the planned resource that was made of it."""

    values: Mapping[str, Value]
    """Inputs as they are kept, secrets in clear: to be compared, never to be shown."""
    came_from: Mapping[str, frozenset[str]]
    """Input to the logical names of the resources that its value came from."""


def as_planned(found: StackPlan, kept: Mapping[str, Kept], planned: StackPlan) -> StackPlan:
    """A stack as planned wherever it may be just that. `kept` is by logical name."""
    known = {(item.type, item.name): item for item in planned.resources}

    def laid_over(item: PlannedResource) -> PlannedResource:
        plan, engine = known.get((item.type, item.name)), kept.get(item.name)
        if plan is None or engine is None:
            return item
        return replace(item, inputs=_inputs(item.inputs, engine, plan.inputs))

    return replace(found, resources=tuple(map(laid_over, found.resources)))


def _inputs(found: Mapping[str, Value], kept: Kept, planned: Mapping[str, Value]) -> Mapping[str, Value]:
    nothing: frozenset[str] = frozenset()
    return {
        name: align(value, kept.values.get(name), planned.get(name), kept.came_from.get(name, nothing))
        for name, value in found.items()
    }


def align(found: Value, kept: Value, planned: Value, came_from: frozenset[str]) -> Value:
    """A value, as planned where what was kept is what that comes to. `came_from` names resources."""
    if _is_from(planned, came_from) and _comes_to(planned, kept):
        return planned
    if isinstance(found, Document) and isinstance(kept, Document) and isinstance(planned, Document):
        return Document(align(found.body, kept.body, planned.body, came_from))  # type: ignore[arg-type]
    if isinstance(found, Mapping) and isinstance(kept, Mapping) and isinstance(planned, Mapping):
        return {key: align(item, kept.get(key), planned.get(key), came_from) for key, item in found.items()}
    if isinstance(found, tuple) and isinstance(kept, tuple) and isinstance(planned, tuple):
        if len(found) != len(kept):
            return found
        return tuple(
            align(item, kept[number], _counterpart(number, kept, planned), came_from)
            for number, item in enumerate(found)
        )
    return found


def _counterpart(number: int, kept: tuple[Value, ...], planned: tuple[Value, ...]) -> Value:
    """The planned item that an item of a list comes from: that at its place, or in another list one that says as much."""
    if len(kept) == len(planned):
        return planned[number]
    item = kept[number]
    return next((one for one in planned if isinstance(one, Mapping) and _comes_to(one, item)), None)


def _is_from(planned: Value, came_from: frozenset[str]) -> bool:
    return all(not isinstance(part, Ref) or part.resource in came_from for part in references(planned))


def _comes_to(planned: Value, kept: Value) -> bool:
    """Whether a planned value may have come to this."""
    if planned is None or kept is None:
        return planned is kept
    if kept is UNSURE:
        return isinstance(planned, Ref | StackRef | Join) or (
            isinstance(planned, Document) and bool(references(planned))
        )
    if isinstance(planned, SecretRef):
        return isinstance(kept, Opened | SecretRef)
    if isinstance(planned, Ref | StackRef):
        return not isinstance(kept, Mapping)
    if isinstance(planned, Join):
        return isinstance(kept, str) and _stand_in(planned, kept)
    if isinstance(planned, Document):
        return isinstance(kept, Document) and _comes_to(planned.body, kept.body)
    if isinstance(planned, tuple):
        return isinstance(kept, tuple) and len(planned) == len(kept) and all(map(_comes_to, planned, kept))
    if isinstance(planned, Mapping):
        return (
            isinstance(kept, Mapping)
            and planned.keys() == kept.keys()
            and all(_comes_to(item, kept[key]) for key, item in planned.items())
        )
    return isinstance(planned, bool) is isinstance(kept, bool) and planned == kept


def _stand_in(planned: Join, text: str) -> bool:
    """Whether the known parts of a text stand in another one, in this order, and at its ends if they are its ends."""
    at = 0
    for number, part in enumerate(planned.parts):
        if not isinstance(part, str):
            continue
        found = text.find(part, at) if number else 0 if text.startswith(part) else -1
        if found < 0:
            return False
        at = found + len(part)
    last = planned.parts[-1] if planned.parts else ""
    return not isinstance(last, str) or text.endswith(last)
