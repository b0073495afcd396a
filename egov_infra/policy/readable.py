"""What rules can read: every field of a subject, from the record types by which expressions are checked."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from egov_infra.plan.catalogue import pulumi_aws_version
from egov_infra.policy import subjects
from egov_infra.policy.expression.types import (
    DOUBLE,
    INT,
    ListType,
    MapType,
    RecordType,
    ScalarType,
    Type,
)
from egov_infra.policy.subject import Kind
from egov_infra.source.frozen import frozen

_UNITS: Mapping[str, str] = {
    **{word: word for word in ("seconds", "minutes", "hours", "days", "years", "bits", "bytes")},
    "gib": "GiB",
    "hour": "hour of the day",
    "percent": "%",
    "usd": "US dollars",
}
"""Last word of a number's name to the unit that it is in; other numbers count things."""


@frozen
class Field:
    """A field as rules read it."""

    path: str
    """Such as `subject.dkim[].bits`, where `[]` stands for each item of a list."""
    type: Type
    description: str | None
    """None where only the provider describes it."""

    @property
    def type_name(self) -> str:
        """The type in words."""
        return _name(self.type)

    @property
    def choices(self) -> tuple[str, ...]:
        """All that a text may be, where that is known."""
        scalar = self.type.item if isinstance(self.type, ListType) else self.type
        return tuple(sorted(scalar.choices)) if isinstance(scalar, ScalarType) else ()

    @property
    def unit(self) -> str | None:
        """What a number is measured in; None where it counts things."""
        scalar = self.type.item if isinstance(self.type, ListType) else self.type
        return _UNITS.get(self.path.rpartition("_")[2]) if scalar in (INT, DOUBLE) else None

    @property
    def holds_fields(self) -> bool:
        """Whether it has no value of its own, only fields."""
        return record_in(self.type) is not None


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Every field of a kind of subject. A record that stands in several places is followed in the first of them."""
    followed: set[str] = set()
    return tuple(
        field
        for name, found in kind.variables.items()
        for field in _below(name, found, kind.texts.get(name), followed)
    )


def _below(path: str, found: Type, text: str | None, followed: set[str]) -> Iterator[Field]:
    record = record_in(found)
    if "." in path or record is None:
        yield Field(path, found, text)
    if record is None or record.name in followed:
        return
    followed.add(record.name)
    texts = record.texts()
    inner = f"{path}[]" if isinstance(found, ListType) else path
    for name, child in record.fields().items():
        yield from _below(f"{inner}.{name}", child, texts.get(name), followed)


def record_in(found: Type) -> RecordType | None:
    """The record that a type is, or that each item of it is."""
    while isinstance(found, ListType):
        found = found.item
    return found if isinstance(found, RecordType) else None


def _name(found: Type) -> str:
    match found:
        case ListType(item):
            return f"list of {_name(item)}"
        case MapType(value):
            return f"map of {_name(value)}"
        case RecordType():
            return "record"
        case ScalarType(name):
            return {"dyn": "anything", "double": "number", "int": "whole number", "bool": "true or false", "string": "text"}.get(name, name)  # fmt: skip


def describe(kind: Kind) -> str:
    """What a kind is, in a sentence."""
    if kind.name.startswith("aws:"):
        return f"inputs of {kind.name}, as pulumi_aws {pulumi_aws_version()} takes them"
    text = importlib.import_module(f"{subjects.__name__}.{kind.name}").__doc__ or ""
    return text.partition(": ")[2].partition("\n")[0].rstrip(".")


def reference_of(kind: Kind) -> str | None:
    """Where the provider describes an AWS type; None for kinds of the model, which describe themselves."""
    if not kind.name.startswith("aws:"):
        return None
    module, _, name = kind.name.removeprefix("aws:").partition("/")
    return (
        f"https://www.pulumi.com/registry/packages/aws/api-docs/{module}/{name.rpartition(':')[2].lower()}/"
    )
