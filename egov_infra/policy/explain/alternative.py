"""What else a value of a file could be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from egov_infra.policy.explain.scene import MODELS, File, put
from egov_infra.source.diagnostic import Path

_IMPOSSIBLE = "\N{REPLACEMENT CHARACTER}"


def alternatives(file: File, data: Any, path: Path, wished: Iterable[Any] = ()) -> list[Any]:
    """Other values that the file's model takes at a path: those that are wished for first."""
    value = data
    for step in path:
        value = value[step]
    found: list[Any] = []
    for other in (*wished, *_others(file, data, path, value)):
        is_new = other != value or type(other) is not type(value)
        if is_new and other not in found and _fault(file, data, path, other) is None:
            found.append(other)
    return found


def _others(file: File, data: Any, path: Path, value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value + 1, value - 1)
        case datetime.date():
            yield from (value + datetime.timedelta(days=1), value - datetime.timedelta(days=1))
        case str():
            yield from _words(_fault(file, data, path, _IMPOSSIBLE))
            for digit in re.finditer(r"\d", value):
                other = "1" if digit[0] == "0" else "0"
                yield value[: digit.start()] + other + value[digit.end() :]
            yield from (f"{value}x", f"x{value}", value[:-1])


def _words(fault: ValidationError | None) -> Iterator[str]:
    """All that a value may be, as the model's own complaint says."""
    for error in fault.errors() if fault is not None else ():
        if error["type"] == "literal_error":
            yield from re.findall(r"'([^']*)'", error["ctx"]["expected"])


def _fault(file: File, data: Any, path: Path, value: Any) -> ValidationError | None:
    try:
        MODELS[file].model_validate(put(data, path, value))
    except ValidationError as error:
        return error
    return None
