"""JSON Patch operations: API Gateway's updates take a list of them instead of properties.

Where a property stands follows from the answer of the update, which is the whole resource; `pointers` says it where
it does not. Text and members of objects are replaced, entries of lists added and removed by their value (AWS: API
Gateway API reference, patch operations).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.shape import Names, NoPlaceError, place_of, to_text

PARAMETER = "patchOperations"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where properties stand: the shape of the whole resource, and what an adapter says of names and pointers."""

    shape: Any
    names: Names
    pointers: Mapping[str, str]

    def operations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
        """What turns old properties into new ones. Raises NoPlaceError for what the API lacks."""
        found = [step for name in old for step in self._removals(name, old[name], new.get(name))]
        for name, value in new.items():
            known = set(self._leaves(name, old[name])) if old.get(name) is not None else set()
            for leaf in self._leaves(name, value):
                if not leaf.is_entry or leaf not in known:
                    operation = "add" if leaf.is_entry else "replace"
                    found.append({"op": operation, "path": leaf.pointer, "value": leaf.value})
        return found

    def _removals(self, name: str, old: Any, new: Any) -> Iterator[dict[str, str]]:
        if new is None and self._is_object(name):
            yield {"op": "remove", "path": f"/{place_of(self.shape, name, self.names)}"}
            return
        left = list(self._leaves(name, new)) if new is not None else []
        for leaf in self._leaves(name, old):
            if leaf.is_entry and leaf not in left:
                yield {"op": "remove", "path": leaf.pointer, "value": leaf.value}
            elif not leaf.is_entry and leaf.pointer not in {one.pointer for one in left}:
                is_text = not isinstance(old, Mapping)
                yield {"path": leaf.pointer} | (
                    {"op": "replace", "value": ""} if is_text else {"op": "remove"}
                )

    def _is_object(self, name: str) -> bool:
        place = place_of(self.shape, name, self.names)
        return place is not None and self.shape.members[place].type_name == "structure"

    def _leaves(self, name: str, value: Any) -> Iterator[_Leaf]:
        if value is not None:
            yield from self._inner(name, value, "", self.shape)

    def _inner(self, path: str, value: Any, above: str, shape: Any) -> Iterator[_Leaf]:
        """What stands below a property; `above` and `shape` are of what holds it."""
        pointer, inner = self._place(path, above, shape)
        if isinstance(value, Mapping):
            for key, item in value.items():
                if item is None:
                    continue
                if inner is not None and inner.type_name == "map":
                    escaped = key.replace("~", "~0").replace("/", "~1")
                    yield _Leaf(f"{pointer}/{escaped}", str(to_text(item)))
                else:
                    yield from self._inner(f"{path}.{key}", item, pointer, inner)
        elif isinstance(value, list | tuple):
            for item in value:
                yield _Leaf(pointer, self._entry(path, item, inner), is_entry=True)
        else:
            yield _Leaf(pointer, str(to_text(value)))

    def _place(self, path: str, above: str, shape: Any) -> tuple[str, Any]:
        if path in self.pointers:
            return self.pointers[path], None
        place = None if shape is None else place_of(shape, path, self.names)
        if place is None:
            raise NoPlaceError(path)
        return f"{above}/{place}", shape.members[place]

    def _entry(self, path: str, item: Any, shape: Any) -> str:
        """An entry of a list: its text, or its members with colons between them, in the order of the API."""
        if not isinstance(item, Mapping):
            return str(to_text(item))
        found = {place_of(shape.member, f"{path}.{key}", self.names): value for key, value in item.items()}
        if None in found:
            raise NoPlaceError(path)
        return ":".join(str(found[member]) for member in shape.member.members if member in found)


@dataclass(frozen=True, slots=True)
class _Leaf:
    pointer: str
    value: str
    is_entry: bool = False
    """Whether it is one of several in a list."""
