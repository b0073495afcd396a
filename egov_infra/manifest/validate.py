"""Data to a model: every error of the model becomes a fault at its path, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from egov_infra.manifest.fault import Fault, diagnose, dotted
from egov_infra.model.value import MEANING
from egov_infra.source.diagnostic import Diagnostic, Path
from egov_infra.source.document import Document
from egov_infra.source.spelling import closest

M = TypeVar("M", bound=BaseModel)

_BELONGS = {
    "bool_type": "true or false",
    "date_type": "a date",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_type": "a whole number",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "string_type": "text",
    "tuple_type": "a list",
}
_SHOWN_LENGTH = 60


def validate(document: Document, model: type[M]) -> tuple[M | None, tuple[Diagnostic, ...]]:
    """The model of a document, or None and all that is wrong with it."""
    found, faults = validate_data(document.data, model)
    return found, tuple(diagnose(document, [faults]))


def validate_data(data: object, model: type[M]) -> tuple[M | None, tuple[Fault, ...]]:
    """The model of plain data, or None and all that is wrong with it."""
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(_fault(data, dict(item), model) for item in error.errors(include_url=False))


def _fault(data: object, error: dict[str, Any], model: type[BaseModel]) -> Fault:
    loc: tuple[str | int, ...] = error["loc"]
    path = _data_path(data, loc)
    kind = error["type"]
    if kind == "extra_forbidden":
        name = str(path[-1])
        hint = closest(name, _fields_at(model, path[:-1]))
        return Fault(path, "key-unknown", f"unknown key {name!r}", hint, is_key=True)
    if kind == "missing":
        return Fault(path, "key-missing", f"misses {dotted(loc)!r}")
    said = f"{dotted(path)}: " if path else "the file: "
    if kind == "literal_error":
        expected = [
            text.strip(" '") for text in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")
        ]
        hint = closest(str(error["input"]), expected)
        message = f"{_shown(error['input'])} is not one of {', '.join(expected)}"
        return Fault(path, "value-unknown", message, hint)
    if kind in _BELONGS:
        return Fault(path, "value-type", said + _wrong_type(error["input"], kind))
    return Fault(path, "value-wrong", said + _wrong_value(error), is_key=loc[-1:] == ("[key]",))


def _wrong_type(value: object, kind: str) -> str:
    match value:
        case None:
            found = "nothing"
        case bool():
            found = str(value).lower()
        case int() | float():
            found = f"number {_shown(value)}"
        case str():
            found = f"text {_shown(value)}"
        case Mapping():
            found = "a mapping"
        case _:
            found = "a list"
    quotes = ": put it in quotes" if kind == "string_type" and isinstance(value, int | float) else ""
    return f"{found} where {_BELONGS[kind]} belongs{quotes}"


def _wrong_value(error: dict[str, Any]) -> str:
    shown = _shown(error["input"])
    if error["type"] == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        return (
            f"{shown} is not {MEANING[pattern]}"
            if pattern in MEANING
            else f"{shown} does not match {pattern}"
        )
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{shown}: {message[:1].lower()}{message[1:]}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "the mapping"
    if isinstance(value, tuple):
        return "the list"
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def _data_path(data: object, loc: tuple[str | int, ...]) -> Path:
    """The part of pydantic's location that exists in the data; it also names keys and branches of unions."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(data, Mapping):
            if step not in data:
                continue
            data = data[step]
        elif isinstance(data, tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def _fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """Names of the fields that a mapping at this path may have; for the did-you-mean."""
    found: Any = model
    for step in path:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = next((f for n, f in found.model_fields.items() if step in (n, f.alias)), None)
            found = field.annotation if field else None
        else:
            found = _inner(found)
        while found is not None and not (isinstance(found, type) and issubclass(found, BaseModel)):
            if getattr(found, "__origin__", None) in _CONTAINERS:
                break
            found = _inner(found)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


_CONTAINERS = (tuple, Mapping)


def _inner(annotation: Any) -> Any:
    """The model, or the container of models, inside an optional, a tuple or a mapping."""
    for argument in reversed(getattr(annotation, "__args__", ())):
        if argument in (type(None), Ellipsis):
            continue
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
        inner = _inner(argument)
        if inner is not None:
            return inner
    return None
