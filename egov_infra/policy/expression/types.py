"""The types that expressions are checked against: those of subjects, from annotations or from the catalogue."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from egov_infra.plan.catalogue import AwsType, Property, aws_type, holds_document, object_properties
from egov_infra.source.frozen import frozen


@frozen
class ScalarType:
    """`bool`, `int`, `double`, `string`, `date`, `null`, or `dyn`: not known before it is read."""

    name: str
    choices: frozenset[str] = dataclasses.field(default=frozenset(), compare=False)
    """What a string may be, where that is known."""

    def __str__(self) -> str:
        return self.name


@frozen
class ListType:
    """A list of items of one type."""

    item: Type

    def __str__(self) -> str:
        return f"list({self.item})"


@frozen
class MapType:
    """A map from free keys to values of one type; macros run over its keys."""

    value: Type

    def __str__(self) -> str:
        return f"map({self.value})"


@frozen
class RecordType:
    """Named fields. `is_mapping` says whether values are dicts (planned inputs) or objects (subjects of the model)."""

    name: str
    fields: Callable[[], Mapping[str, Type]] = dataclasses.field(compare=False)
    is_mapping: bool = False
    texts: Callable[[], Mapping[str, str]] = dataclasses.field(default=dict, compare=False)
    """What fields mean, in words: read when people ask."""

    def __str__(self) -> str:
        return self.name


Type: TypeAlias = ScalarType | ListType | MapType | RecordType

BOOL, INT, DOUBLE = ScalarType("bool"), ScalarType("int"), ScalarType("double")
STRING, DATE, NULL, DYN = ScalarType("string"), ScalarType("date"), ScalarType("null"), ScalarType("dyn")

_PYTHON: dict[object, Type] = {
    bool: BOOL,
    int: INT,
    float: DOUBLE,
    str: STRING,
    datetime.date: DATE,
    type(None): NULL,
}
_KINDS: dict[str, Type] = {"s": STRING, "b": BOOL, "i": INT, "n": DOUBLE, "j": DYN}


@cache
def record_of(cls: type) -> RecordType:
    """The type of a frozen dataclass: its fields, and its properties with an annotated return."""

    def fields() -> Mapping[str, Type]:
        hints = typing.get_type_hints(cls)
        found = {field.name: type_of(hints[field.name]) for field in dataclasses.fields(cls)}
        for name, member in vars(cls).items():
            if isinstance(member, property) and member.fget is not None:
                found[name] = type_of(typing.get_type_hints(member.fget)["return"])
        return found

    return RecordType(cls.__name__, cache(fields), texts=lambda: texts_of(cls))


@cache
def texts_of(cls: type) -> Mapping[str, str]:
    """The text under each field of a class."""
    from egov_infra.source.field_text import field_texts  # noqa: PLC0415 - `check` does not pay for it

    return field_texts(cls)


def type_of(annotation: Any) -> Type:
    """The type of a Python annotation. Raises TypeError for what a rule cannot read."""
    if annotation in _PYTHON:
        return _PYTHON[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        members = [argument for argument in arguments if argument is not type(None)]
        return type_of(members[0]) if len(members) == 1 else DYN
    if origin is tuple:
        return ListType(type_of(arguments[0]))
    if origin in (dict, collections.abc.Mapping):
        return MapType(type_of(arguments[1]))
    if origin is typing.Literal:
        return ScalarType("string", frozenset(map(str, arguments)))
    if dataclasses.is_dataclass(annotation):
        return record_of(annotation)  # type: ignore[arg-type]
    raise TypeError(f"a rule cannot read {annotation!r}")


@cache
def aws_record(token: str) -> RecordType:
    """The type of an AWS type's inputs. Raises UnknownTypeError."""
    kind: AwsType = aws_type(token)
    return RecordType(kind.token, cache(lambda: _kinds(kind.inputs)), is_mapping=True)


def _kinds(properties: Mapping[str, Property]) -> Mapping[str, Type]:
    return {
        name: DYN if holds_document(name, prop.kind) else _kind(prop.kind)
        for name, prop in properties.items()
    }


@cache
def _kind(kind: str) -> Type:
    if kind in _KINDS:
        return _KINDS[kind]
    if kind.startswith("["):
        return ListType(_kind(kind[1:]))
    if kind.startswith("{"):
        return MapType(_kind(kind[1:]))
    return RecordType(kind[1:], cache(lambda: _kinds(object_properties(kind[1:]))), is_mapping=True)
