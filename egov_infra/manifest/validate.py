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
        return Fault(path, "key-missing", f"misses {dotted((*path, loc[-1]))!r}")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(path, error)
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


def _wrong_tag(path: Path, error: dict[str, Any]) -> Fault:
    """A key that says of which kind a mapping is, and does not."""
    key = error["ctx"]["discriminator"].strip("'")
    if not isinstance(error["input"], Mapping) or key not in error["input"]:
        return Fault(path, "key-missing", f"misses {dotted((*path, key))!r}")
    found = error["input"][key]
    expected = [text.strip(" '") for text in error["ctx"]["expected_tags"].split(",")]
    message = f"{_shown(found)} is not one of {', '.join(expected)}"
    return Fault((*path, key), "value-unknown", message, closest(str(found), expected))


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
    found: list[Any] = [model]
    for step in path:
        found = [inner for one in found for inner in _below(one, step)]
    return [
        field.alias or name for one in found if _is_model(one) for name, field in one.model_fields.items()
    ]


def _below(found: Any, step: str | int) -> list[Any]:
    """The models, and containers of models, that may stand below a model or container."""
    if _is_model(found):
        return [
            inner
            for name, field in found.model_fields.items()
            if step in (name, field.alias)
            for inner in _models(field.annotation)
        ]
    return [inner for argument in found.__args__ for inner in _models(argument)]


def _models(annotation: Any) -> list[Any]:
    """The models, and containers of models, inside an optional, a union or an alias."""
    if _is_model(annotation) or getattr(annotation, "__origin__", None) in (tuple, Mapping):
        return [annotation]
    return [inner for argument in getattr(annotation, "__args__", ()) for inner in _models(argument)]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
