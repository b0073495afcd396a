"""Parameters of rules: numbers, words and lists that are a matter of an authority's standard, with the JSON Schema of each.

A rule declares them with defaults, a profile sets them. What a declaration may say is a subset of JSON Schema, with the
same meaning; a declaration is itself a JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from egov_infra.manifest.fault import Fault
from egov_infra.model.record import Record
from egov_infra.policy.expression.fold import Constant
from egov_infra.policy.expression.pattern import PatternError, compile_pattern
from egov_infra.policy.expression.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    ListType,
    RecordType,
    ScalarType,
    Type,
)
from egov_infra.source.diagnostic import Path
from egov_infra.source.spelling import closest

VARIABLE = "parameters"
"""The name by which expressions read them."""
ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Number: TypeAlias = int | float
_NUMERIC = ("integer", "number")
_WORDS: Mapping[str, str] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
}
_TYPES: Mapping[str, Type] = {"integer": INT, "number": DOUBLE, "boolean": BOOL, "string": STRING}


class Item(Record):
    """What each item of a list may be."""

    type: Literal["integer", "string"]
    """JSON type of the items."""
    minimum: Number | None = None
    """Least number."""
    maximum: Number | None = None
    """Greatest number."""
    enum: Annotated[tuple[int | str, ...] | None, Field(min_length=1)] = None
    """All that an item may be."""
    pattern: str | None = None
    """Pattern that a text matches somewhere, as that of `matches`."""


class Parameter(Record):
    """What a parameter may be. Each key has the meaning of JSON Schema."""

    type: Literal["integer", "number", "boolean", "string", "array"]
    """JSON type. A number that is to compare with whole numbers is an integer."""
    description: Annotated[str, Field(min_length=8)]
    """What it means, and in which unit; the unit stands at the end of its name too."""
    default: object
    """What it is where no profile sets it."""
    minimum: Number | None = None
    """Least number."""
    maximum: Number | None = None
    """Greatest number."""
    enum: Annotated[tuple[int | str, ...] | None, Field(min_length=1)] = None
    """All that it may be."""
    pattern: str | None = None
    """Pattern that a text matches somewhere, as that of `matches`."""
    items: Item | None = None
    """What each item of a list may be."""
    min_items: Annotated[int | None, Field(alias="minItems", ge=0)] = None
    """Fewest items of a list."""
    max_items: Annotated[int | None, Field(alias="maxItems", ge=0)] = None
    """Most items of a list."""

    def schema_part(self) -> dict[str, Any]:
        """The declaration as JSON Schema."""
        return self.model_dump(by_alias=True, exclude_none=True, mode="json")


Declared: TypeAlias = Mapping[str, Parameter]


def parameters_type(declared: Declared) -> RecordType:
    """The type by which expressions are checked."""
    return RecordType("Parameters", lambda: {name: _type_of(one) for name, one in declared.items()})


def _type_of(found: Parameter | Item) -> Type:
    if isinstance(found, Parameter) and found.items is not None:
        return ListType(_type_of(found.items))
    if found.type == "string" and found.enum:
        return ScalarType("string", frozenset(map(str, found.enum)))
    return _TYPES.get(found.type, ListType(DYN))


def defaults(declared: Declared) -> dict[str, Constant]:
    """What each parameter is where nothing sets it."""
    return {name: constant(one, one.default) for name, one in declared.items()}


def constant(declared: Parameter, value: object) -> Constant:
    """A value without faults as expressions take it."""
    if isinstance(value, list | tuple):
        is_whole = declared.items is not None and declared.items.type == "integer"
        return tuple(int(item) if is_whole else item for item in value)
    assert isinstance(value, bool | int | float | str)
    if declared.type == "number":
        return float(value)
    return int(value) if declared.type == "integer" else value


def declaration_faults(declared: Declared, path: Path) -> Iterator[Fault]:
    """In what declarations at a path contradict themselves, or their defaults."""
    for name, one in declared.items():
        at = (*path, name)
        wrong = [*_misplaced(one, at), *(_misplaced(one.items, (*at, "items")) if one.items else ())]
        yield from wrong
        if not wrong:
            yield from _value_faults(one, one.default, (*at, "default"), name)


def _misplaced(one: Parameter | Item, path: Path) -> Iterator[Fault]:
    """Keys that say nothing of this type, or nothing that can be."""
    fits = {
        "minimum": _NUMERIC,
        "maximum": _NUMERIC,
        "enum": ("integer", "string"),
        "pattern": ("string",),
        "items": ("array",),
        "min_items": ("array",),
        "max_items": ("array",),
    }
    for key, types in fits.items():
        if getattr(one, key, None) is not None and one.type not in types:
            written = Parameter.model_fields[key].alias or key
            yield Fault(
                (*path, written), "parameter-schema", f"{written} says nothing of {one.type}", is_key=True
            )
    if one.type == "array" and isinstance(one, Parameter) and one.items is None:
        yield Fault(path, "parameter-schema", "a list says under items what they are")
    for value in one.enum or ():
        if one.type in fits["enum"] and isinstance(value, str) is not (one.type == "string"):
            yield Fault((*path, "enum"), "parameter-schema", f"{value!r} is not of type {one.type}")
    if one.pattern is not None:
        try:
            compile_pattern(one.pattern)
        except PatternError as error:
            message = f"pattern: {error} (character {error.offset + 1})"
            yield Fault((*path, "pattern"), "parameter-schema", message)


def given_faults(declared: Declared, given: object, path: Path) -> Iterator[Fault]:
    """What is wrong with the values of a profile or an example, which stand at a path."""
    if not isinstance(given, Mapping):
        yield Fault(path, "parameter-value", f"{_shown(given)} where a mapping of parameters belongs")
        return
    for name, value in given.items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            message = f"no parameter {name!r}; the rule has {known}"
            yield Fault((*path, name), "parameter-unknown", message, closest(name, declared), is_key=True)
            continue
        yield from _value_faults(declared[name], value, (*path, name), name)


def _value_faults(one: Parameter | Item, value: object, path: Path, name: str) -> Iterator[Fault]:
    def fault(message: str, suggestion: str | None = None) -> Fault:
        return Fault(path, "parameter-value", f"{name}: {message}", suggestion)

    if not _is_of(one.type, value):
        yield fault(f"{_shown(value)} where {_WORDS[one.type]} belongs")
        return
    if one.enum is not None and value not in one.enum:
        words = [str(word) for word in one.enum]
        yield fault(f"{_shown(value)} is not one of {', '.join(words)}", closest(str(value), words))
    if isinstance(value, int | float):
        if one.minimum is not None and value < one.minimum:
            yield fault(f"{value} is less than {one.minimum}")
        if one.maximum is not None and value > one.maximum:
            yield fault(f"{value} is more than {one.maximum}")
    if isinstance(value, str) and one.pattern is not None and not compile_pattern(one.pattern).search(value):
        yield fault(f"{value!r} does not match {one.pattern}")
    if isinstance(value, list | tuple) and isinstance(one, Parameter):
        yield from _list_faults(one, value, path, name, fault)


def _list_faults(
    one: Parameter, value: list[object] | tuple[object, ...], path: Path, name: str, fault: Any
) -> Iterator[Fault]:
    if one.min_items is not None and len(value) < one.min_items:
        yield fault(f"{len(value)} items, at least {one.min_items} belong here")
    if one.max_items is not None and len(value) > one.max_items:
        yield fault(f"{len(value)} items, at most {one.max_items} belong here")
    for number, item in enumerate(value):
        if one.items is not None:
            yield from _value_faults(one.items, item, (*path, number), name)


def _is_of(kind: str, value: object) -> bool:
    """Whether a value is of a JSON type."""
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return is_whole and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case _:
            return isinstance(value, list | tuple)


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return repr(value)
