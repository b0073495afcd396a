"""JSON that others wrote, as plain data, and where each value stands in it: found only when something is to be said.

Strict where the standard library is not: a key that stands twice, `NaN` and `Infinity` are errors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import Any, TypeAlias

from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.text import decode

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
_DECODER = json.JSONDecoder()


@frozen
class JsonText:
    """What a file says."""

    file: str
    text: str
    data: Json

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a value (or its key) stands; of a path that is not there, the nearest parent that is."""
        at = key_at = _skip(self.text, 0)
        for step in path:
            for name, child_key_at, child_at in _children(self.text, at):
                if name == step:
                    at, key_at = child_at, child_key_at
                    break
            else:
                return _place(self.file, self.text, at)
        return _place(self.file, self.text, key_at if key else at)


def parse_json(content: bytes, file: str) -> JsonText:
    """Parse the bytes of a JSON file that messages call `file`. Raises InputError."""
    text = decode(content, file, "utf-8-sig")
    twice = False

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice = twice or len(found) != len(pairs)
        return found

    try:
        data = json.loads(text, object_pairs_hook=mapping, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise InputError([Diagnostic(place, "json-syntax", error.msg)]) from None
    except _ConstantError as error:
        message = f"{error} is no number of JSON"
        raise InputError([Diagnostic(Place(file), "json-syntax", message)]) from None
    except RecursionError:
        raise InputError([Diagnostic(Place(file), "json-depth", "nested too deeply")]) from None
    except ValueError as error:  # such as an integer of more digits than Python reads
        raise InputError([Diagnostic(Place(file), "json-syntax", str(error))]) from None
    if twice:
        raise InputError(
            Diagnostic(_place(file, text, at), "key-duplicate", f"key {name!r} stands twice")
            for name, at in _repeated(text, _skip(text, 0))
        )
    return JsonText(file, text, data)


class _ConstantError(ValueError):
    """`NaN` or `Infinity`."""


def _refuse(word: str) -> None:
    raise _ConstantError(word)


def _place(file: str, text: str, at: int) -> Place:
    return Place(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _skip(text: str, at: int) -> int:
    """The next position that is no white space."""
    found = WHITESPACE.match(text, at)
    return found.end() if found else at


def _children(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Name, position of the key and position of the value of each child, in text that is valid."""
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return
    position, number = _skip(text, at + 1), 0
    while text[position] not in "}]":
        key_at = position
        name: str | int = number
        if opening == "{":
            name, position = scanstring(text, position + 1)
            position = _skip(text, _skip(text, position) + 1)  # past the colon
        yield name, key_at, position
        position = _skip(text, _DECODER.raw_decode(text, position)[1])
        position = _skip(text, position + (text[position] == ","))
        number += 1


def _repeated(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Every key that stood before in the same object, at any depth, and where."""
    seen: set[str | int] = set()
    for name, key_at, value_at in _children(text, at):
        if name in seen:
            yield str(name), key_at
        seen.add(name)
        yield from _repeated(text, value_at)
