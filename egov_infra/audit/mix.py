"""Planned and live values laid over each other: as planned, references too, wherever something is as declared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.adapter import Adapter
from egov_infra.cloud.compare import are_same, is_blank
from egov_infra.plan.catalogue import object_properties
from egov_infra.plan.value import Document, Value


@dataclass(frozen=True, slots=True)
class Mix:
    """Planned and live values of a resource laid over each other."""

    adapter: Adapter
    new: Callable[[Any], Value]
    """Makes a planned value of a live one that was not declared."""

    def value(self, kind: str, path: str, planned: Any, declared: Any, live: Any) -> Value:
        """What is live, as planned wherever it is as declared; None if there is nothing."""
        comparison = self.adapter.comparison
        if path in comparison.unread:
            return planned  # type: ignore[no-any-return]
        differs = not comparison.agree(kind, path, declared, live)
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
            return Document(body) if isinstance(body, Mapping | tuple) else _literal(live)
        return _mixed(planned, declared, live, self.new)

    def _new(self, path: str, live: Any) -> Value:
        document = _json(live) if path in self.adapter.comparison.documents else None
        return Document(_literal(document)) if isinstance(document, Mapping | list) else self.new(live)  # type: ignore[arg-type]

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
            same = (one for one in free if comparison.agree(kind, path, declared[one], item))
            match = position if is_paired else next(same, None)
            if match is None:
                found.append(self.new(item))
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
