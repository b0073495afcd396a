"""Compare what is declared with what is live, as AWS sees it: what it reorders or respells is no difference."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov_infra.plan.catalogue import object_properties
from egov_infra.plan.value import SecretRef


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that is live with another value than declared. `path` has no list positions."""

    path: str
    declared: Any
    live: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the properties of a type compare; all names are dotted paths."""

    documents: Collection[str]
    """Properties that hold JSON."""
    ordered: Collection[str]
    """Lists of scalars whose order means something; all others are sets."""
    sets: Collection[str]
    """Lists of objects whose order means nothing; all others have one."""
    defaults: Mapping[str, Any]
    """What is live where nothing is declared."""
    unread: Collection[str] = ()
    """Properties that the cloud does not give back."""
    tails: Collection[str] = ()
    """Properties of which only what follows the last `/` counts."""

    def differences(self, kind: str, path: str, declared: Any, live: Any) -> Iterator[Difference]:
        """The innermost differences between two values of a catalogue kind. Of a secret nothing is said."""
        if isinstance(declared, SecretRef):
            return
        if kind.startswith("@") and declared == {} and live is None:  # such as an action without settings
            yield Difference(path, declared, live)
            return
        if is_blank(declared):
            declared = self.defaults.get(path)
        if is_blank(live):
            live = self.defaults.get(path)
        if is_blank(declared) and (path not in self.defaults or is_blank(live)):
            if not is_blank(live) and kind[:1] in "[{":
                yield Difference(path, declared, live)
            return
        if kind.startswith("@") and isinstance(declared, Mapping) and isinstance(live, Mapping):
            yield from self._objects(kind, path, declared, live)
        elif kind.startswith("[@") and isinstance(declared, list | tuple) and isinstance(live, list | tuple):
            yield from self._lists(kind[1:], path, declared, live)
        elif not self.is_same(path, self._read(path, declared), self._read(path, live)):
            yield Difference(path, declared, live)

    def _read(self, path: str, value: Any) -> Any:
        """A map without those of its keys that the cloud does not give back."""
        if not isinstance(value, Mapping):
            return value
        return {key: item for key, item in value.items() if f"{path}.{key}" not in self.unread}

    def _objects(
        self, kind: str, path: str, declared: Mapping[str, Any], live: Mapping[str, Any]
    ) -> Iterator[Difference]:
        for name, prop in object_properties(kind[1:]).items():
            inner = f"{path}.{name}"
            if inner in self.unread:
                continue
            if declared.get(name) is not None or inner in self.defaults:
                yield from self.differences(prop.kind, inner, declared.get(name), live.get(name))

    def _lists(self, kind: str, path: str, declared: Any, live: Any) -> Iterator[Difference]:
        if len(declared) != len(live):
            yield Difference(path, declared, live)
            return
        remaining = list(live)
        for position, item in enumerate(declared):
            if path in self.sets:
                match = next((one for one in remaining if self.agree(kind, path, item, one)), None)
                if match is None:
                    yield Difference(path, declared, live)
                    return
                remaining.remove(match)
            else:
                yield from self.differences(kind, path, item, live[position])

    def agree(self, kind: str, path: str, declared: Any, live: Any) -> bool:
        """Whether two values of a catalogue kind do not differ."""
        return next(self.differences(kind, path, declared, live), None) is None

    def is_same(self, path: str, one: Any, other: Any) -> bool:
        """Whether two values of a property mean the same."""
        return _are_alike(self.normal(path, one), self.normal(path, other))

    def normal(self, path: str, value: Any) -> Any:
        """One spelling of all values that mean the same."""
        if path in self.documents and isinstance(value, str):
            try:
                return _normal_document(json.loads(value))
            except ValueError:
                return value
        if path in self.tails and isinstance(value, str):
            return value.rpartition("/")[2]
        if isinstance(value, Mapping):
            return {
                key: self.normal(f"{path}.{key}", item) for key, item in value.items() if item is not None
            }
        if isinstance(value, list | tuple):
            items = [self.normal(path, item) for item in value]
            scalars = all(isinstance(item, str | int | float) for item in items)
            return sorted(items, key=str) if scalars and path not in self.ordered else items
        return value


def filled(live: Any, declared: Any, steps: Sequence[str]) -> Any:
    """A live value with one nested property as declared; lists are paired by position."""
    if isinstance(live, list | tuple) and isinstance(declared, list | tuple):
        if len(live) != len(declared):
            return live
        return [filled(one, other, steps) for one, other in zip(live, declared, strict=True)]
    if not isinstance(live, Mapping) or not isinstance(declared, Mapping):
        return live
    head, *rest = steps
    if declared.get(head) is None:
        return live
    value = filled(live.get(head), declared[head], rest) if rest else declared[head]
    return {**live, head: value}


def is_blank(value: Any) -> bool:
    """Whether a value says no more than one that is not there."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and len(value) == 0)


def _normal_document(value: Any) -> Any:
    """AWS gives a list of one as its item, and lists in another order (IAM user guide, policy grammar)."""
    if isinstance(value, dict):
        return {key: _normal_document(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_normal_document(item) for item in value]
        if len(items) == 1:
            return items[0]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


_ANY = Comparison(frozenset(), frozenset(), frozenset(), {})


def normal(name: str, value: Any) -> Any:
    """A value of an unknown type in the form in which it compares; text that holds JSON compares as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _normal_document(json.loads(value))
        except ValueError:
            return value
    return _ANY.normal(name, value)


def is_same_input(name: str, one: Any, other: Any) -> bool:
    """Whether two values of an input, of which only the name is known, mean the same."""
    return _are_alike(normal(name, one), normal(name, other))


def are_same(one: Any, other: Any) -> bool:
    """Whether two values of an unknown type, such as parts of a document, mean the same."""
    return _are_alike(_comparable(one), _comparable(other))


def _are_alike(one: Any, other: Any) -> bool:
    """Equality as JSON has it: to Python, false is 0 and true is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_are_alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_are_alike, one, other))
    return bool(one == other)


def _comparable(value: Any) -> Any:
    return _normal_document(value) if isinstance(value, dict | list) else normal("", value)
