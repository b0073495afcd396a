"""Input values of planned resources: literals, and references known only after creation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another resource of the same stack; to a rule it is unknown, never absent."""

    resource: str
    """Logical name of the resource."""
    output: str
    """Name of the output in snake_case, such as `arn`; `id` is the provider's id."""


@dataclass(frozen=True, slots=True)
class StackRef:
    """An exported output of another stack of the same owner, or of a platform stack."""

    stack: str
    output: str


@dataclass(frozen=True, slots=True)
class Join:
    """A string around references: its parts, to be concatenated."""

    parts: tuple[str | Ref | StackRef, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Embedded JSON, such as an IAM policy: structured until the engine serialises it."""

    body: Mapping[str, Value]


Value: TypeAlias = "str | int | float | bool | Ref | StackRef | Join | Document | tuple[Value, ...] | Mapping[str, Value] | None"


def references(value: Value) -> Iterator[Ref | StackRef]:
    """Every reference inside a value, in order."""
    if isinstance(value, Ref | StackRef):
        yield value
    elif isinstance(value, Join):
        for part in value.parts:
            if not isinstance(part, str):
                yield part
    elif isinstance(value, Document):
        yield from references(value.body)
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
