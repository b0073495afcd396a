"""A document to a model: every error of the model becomes a diagnostic at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from egov_infra.source.diagnostic import Diagnostic, Path
from egov_infra.source.document import Document
from egov_infra.source.spelling import closest

M = TypeVar("M", bound=BaseModel)


def validate(document: Document, model: type[M]) -> tuple[M | None, tuple[Diagnostic, ...]]:
    """The model of a document, or None and all that is wrong with it."""
    try:
        return model.model_validate(document.data), ()
    except ValidationError as error:
        return None, tuple(
            _diagnostic(document, dict(fault), model) for fault in error.errors(include_url=False)
        )


def _diagnostic(document: Document, fault: dict[str, Any], model: type[BaseModel]) -> Diagnostic:
    path = _data_path(document.data, fault["loc"])
    kind = fault["type"]
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        hint = closest(name, _fields_at(model, path[:-1]))
        return Diagnostic(document.place(path, key=True), "key-unknown", f"unknown key {name!r}", hint)
    if kind == "missing":
        return Diagnostic(document.place(path), "key-missing", f"misses {'.'.join(map(str, fault['loc']))!r}")
    if kind == "literal_error":
        expected = [
            text.strip(" '") for text in str(fault["ctx"]["expected"]).replace(" or ", ",").split(",")
        ]
        hint = closest(str(fault["input"]), expected)
        return Diagnostic(
            document.place(path),
            "value-unknown",
            f"{fault['input']!r} is not one of {', '.join(expected)}",
            hint,
        )
    code = "value-type" if kind.endswith("_type") or kind == "model_type" else "value-wrong"
    return Diagnostic(document.place(path), code, f"{'.'.join(map(str, path))}: {_sentence(fault)}")


def _sentence(fault: dict[str, Any]) -> str:
    value = fault["input"]
    shown = (
        f"{value!r}" if isinstance(value, str | int | float | bool) or value is None else type(value).__name__
    )
    kind = fault["type"]
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{shown} is a number where text belongs: put it in quotes"
    if kind == "bool_type" and isinstance(value, str):
        return f"{shown} is text where true or false belongs"
    if kind == "string_pattern_mismatch":
        return f"{shown} does not match {fault['ctx']['pattern']}"
    message = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{shown}: {message[:1].lower()}{message[1:]}"


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
