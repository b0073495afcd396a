"""Input values of planned resources: literals, and references known only after creation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from egov_infra.source.frozen import frozen


@frozen
class Ref:
    """An output of another resource of the same stack; to a rule it is unknown, never absent."""

    resource: str
    """Logical name of the resource."""
    output: str
    """Name of the output in snake_case, such as `arn`; `id` is the provider's id."""

    def __str__(self) -> str:
        return f"{self.output} of {self.resource}"


@frozen
class StackRef:
    """An exported output of another stack of the same owner, or of a platform stack."""

    stack: str
    output: str

    def __str__(self) -> str:
        return f"{self.output} of stack {self.stack}"


UNSURE = StackRef("?", "?")
"""What is not known yet, and nobody says what it comes from."""


@frozen
class SecretRef:
    """The value of a secret that somebody keeps in AWS Secrets Manager: read while applying, shown nowhere."""

    name: str
    """The secret's name in the account of the resource."""

    def __str__(self) -> str:
        return f"secret {self.name}"


@frozen
class Join:
    """A string around references: its parts, to be concatenated."""

    parts: tuple[str | Ref | StackRef, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else f"<{part}>" for part in self.parts)


@frozen
class Document:
    """Embedded JSON, such as an IAM policy or a list of containers: structured until the engine serialises it."""

    body: Mapping[str, Value] | tuple[Value, ...]


class MisplacedSecretError(ValueError):
    """A secret stands in a document: that is text which the cloud gives back to whoever may read it."""


Reference: TypeAlias = "Ref | StackRef | SecretRef"
Value: TypeAlias = "str | int | float | bool | Ref | StackRef | SecretRef | Join | Document | tuple[Value, ...] | Mapping[str, Value] | None"


def references(value: Value) -> list[Reference]:
    """Every reference inside a value, in order. Raises MisplacedSecretError."""
    found: list[Reference] = []
    gather(value, found)
    return found


def gather(value: Value, found: list[Reference]) -> None:
    """Append every reference inside a value, in order. Raises MisplacedSecretError."""
    # exact types and no call for text: this runs for every input of every resource
    kind = type(value)
    if kind is Ref or kind is StackRef or kind is SecretRef:
        found.append(value)  # type: ignore[arg-type]
    elif kind is dict:
        for item in value.values():  # type: ignore[union-attr]
            if type(item) is not str:
                gather(item, found)
    elif kind is tuple:
        for item in value:  # type: ignore[union-attr]
            if type(item) is not str:
                gather(item, found)
    elif kind is Join:
        found.extend(part for part in value.parts if not isinstance(part, str))  # type: ignore[union-attr]
    elif kind is Document:
        inside: list[Reference] = []
        gather(value.body, inside)  # type: ignore[union-attr]
        if SecretRef in map(type, inside):
            raise MisplacedSecretError("a document holds a secret: it would be read back in clear")
        found += inside
