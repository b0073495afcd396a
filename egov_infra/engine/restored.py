"""Planned values from recorded ones: a text that came from another resource is a reference again, JSON text a document.

An engine keeps what references came to, and beside each input the resources that it came from. Rules follow references,
and are asked of what is known before anything exists: so they are put back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from egov_infra.plan.catalogue import aws_type, from_wire, holds_document, object_properties, wire_names
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value

SECRET_VALUE = SecretRef("?")
"""A secret of which nobody said where it is kept."""
_SHORTEST = 3
"""Characters below which a part of a text says nothing of where it came from."""
_UNIQUE = ("arn:", "http://", "https://")

Reference = Ref | StackRef


@dataclass(frozen=True, slots=True)
class Origin:
    """A resource that values may have come from, with what it says of itself."""

    made: Mapping[str | tuple[str, ...], Reference]
    """What creation made up: its id, and outputs that are no inputs."""
    given: Mapping[str | tuple[str, ...], Reference]
    """Outputs that repeat inputs."""

    @classmethod
    def of_resource(cls, token: str, name: str, identifier: str, outputs: Mapping[str, Any]) -> Origin:
        """A resource of an AWS type; `outputs` have wire names."""
        inputs = aws_type(token).inputs
        made: dict[str | tuple[str, ...], Reference] = {}
        given: dict[str | tuple[str, ...], Reference] = {}
        for output, value in from_wire(token, outputs).items():
            side = given if output in inputs and output != "arn" else made
            for path, found in _texts(value, output):
                side.setdefault(found, Ref(name, path))
        if identifier:
            side = given if identifier in given else made  # many an id is just a name
            side[identifier] = Ref(name, "id")
        return cls(made, given)

    @classmethod
    def of_stack(cls, named: object, outputs: Mapping[str, Any] | None) -> Origin:
        """Another stack by its name, which may begin with organization and project, with what it exports."""
        stack, outputs = str(named).rpartition("/")[2], outputs or {}
        found = ((path, text) for name, value in outputs.items() for path, text in _texts(value, name))
        return cls({text: StackRef(stack, path) for path, text in found}, {})


def _texts(value: Any, path: str) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every text in an output, and every list of texts, with the path that a `Ref` reads it by."""
    if isinstance(value, str):
        if len(value) >= _SHORTEST:
            yield path, value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield path, tuple(value)
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")


def frozen(token: str, inputs: Mapping[str, Any]) -> dict[str, Value]:
    """Inputs with snake_case names as plans have them: numbers, tuples and documents, but no references."""
    properties = aws_type(token).inputs
    return {
        name: _frozen(value, properties[name].kind if name in properties else "j", name)
        for name, value in inputs.items()
        if value is not None
    }


class Origins:
    """What values may have come from, by URN; each is prepared when it is first asked for."""

    def __init__(self, prepare: Callable[[str], Origin | None]) -> None:
        self.find = cache(prepare)
        """What a resource or another stack says of itself; None for what says nothing."""

    def restore(self, inputs: Mapping[str, Value], urns: Mapping[str, Iterable[str]]) -> dict[str, Value]:
        """Frozen inputs with their references. `urns` has for each input what its value came from."""
        return {
            name: self._search(urns[name]).restored(value) if name in urns else value
            for name, value in inputs.items()
        }

    def _search(self, urns: Iterable[str]) -> _Search:
        return _Search([one for urn in urns if (one := self.find(urn)) is not None])


def by_input(token: str, came_from: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """What the engine says that inputs of a type came from, by their snake_case names."""
    properties = wire_names(token)
    return {properties.get(wire, wire): tuple(urns) for wire, urns in came_from.items()}


def _frozen(value: Any, kind: str, name: str) -> Value:
    """A recorded value without references: numbers, tuples and documents as plans have them."""
    if isinstance(value, float) and value.is_integer() and kind != "n":
        return int(value)
    if isinstance(value, str) and holds_document(name, kind):
        return document(value)
    if isinstance(value, list | tuple):
        return tuple(_frozen(item, kind.removeprefix("["), name) for item in value)
    if not isinstance(value, Mapping):
        return value  # type: ignore[no-any-return]
    present = {key: item for key, item in value.items() if item is not None}
    if kind.startswith("@"):
        known = object_properties(kind[1:])
        return {
            key: _frozen(item, known[key].kind if key in known else "j", key) for key, item in present.items()
        }
    inner = kind[1:] if kind.startswith("{") else "j"
    return {key: _frozen(item, inner, "") for key, item in present.items()}


def document(text: str) -> Value:
    """JSON text as the document that it holds; any other text as it is."""
    try:
        body = json.loads(text)
    except ValueError:
        return text
    return Document(_literal(body)) if isinstance(body, dict | list) else text  # type: ignore[arg-type]


def _literal(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(map(_literal, value))
    return {key: _literal(item) for key, item in value.items()} if isinstance(value, dict) else value


class _Search:
    """Finds where the texts of one input came from."""

    def __init__(self, origins: list[Origin]) -> None:
        self._origins = origins
        self._met: set[int] = set()

    def restored(self, value: Value) -> Value:
        """The value with references: first by what nothing else is called, then by what is left to find."""
        whole = {
            text: (number, ref) for number, one in enumerate(self._origins) for text, ref in one.made.items()
        }
        parts = {
            text: found for text, found in whole.items() if isinstance(text, str) and text.startswith(_UNIQUE)
        }
        value = self._replaced(value, whole, parts)
        left = [number for number in range(len(self._origins)) if number not in self._met]
        if left:
            known = {
                text: (number, ref)
                for number in left
                for side in (self._origins[number].given, self._origins[number].made)
                for text, ref in side.items()
            }
            value = self._replaced(
                value, known, {text: ref for text, ref in known.items() if isinstance(text, str)}
            )
        return value

    def _replaced(self, value: Value, whole: Mapping[Any, Any], parts: Mapping[str, Any]) -> Value:
        if isinstance(value, str):
            return self._text(value, whole, parts)
        if isinstance(value, tuple):
            if value and all(isinstance(item, str) for item in value) and value in whole:
                return self._meet(whole[value])
            return tuple(self._replaced(item, whole, parts) for item in value)
        if isinstance(value, Document):
            return Document(self._replaced(value.body, whole, parts))  # type: ignore[arg-type]
        if isinstance(value, Mapping):
            return {key: self._replaced(item, whole, parts) for key, item in value.items()}
        return value

    def _meet(self, found: tuple[int, Reference]) -> Reference:
        self._met.add(found[0])
        return found[1]

    def _text(self, text: str, whole: Mapping[Any, Any], parts: Mapping[str, Any]) -> Value:
        if text in whole:
            return self._meet(whole[text])
        found = next((part for part in sorted(parts, key=len, reverse=True) if part in text), None)
        if found is None:
            return text
        before, _, after = text.partition(found)
        pieces: list[str | Reference] = []
        for piece in (self._text(before, {}, parts), self._meet(parts[found]), self._text(after, {}, parts)):
            pieces += piece.parts if isinstance(piece, Join) else [piece] if piece != "" else []  # type: ignore[list-item]
        return Join(tuple(pieces))
