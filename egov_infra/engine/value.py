"""Planned values to plain ones: references are looked up, embedded documents become JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value

UNKNOWN = object()
"""A value that only creation will tell."""


class SecretText(str):
    """A text that Pulumi keeps secret in a state, opened in memory. Equal to what it says."""

    __slots__ = ()


_STEP = re.compile(r"([a-z0-9_]+)|\[(\d+)\]")


def steps(output: str) -> list[str | int]:
    """`options[0].name` to `["options", 0, "name"]`."""
    return [match[1] or int(match[2]) for match in _STEP.finditer(output)]


def walk(value: Any, path: list[str | int]) -> Any:
    """The value below a path; UNKNOWN where it is not there."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return UNKNOWN
    return value


def resolve(value: Value, look_up: Callable[[Ref | StackRef | SecretRef], Any]) -> Any:
    """A plain value, UNKNOWN as a whole where a part of a string is unknown."""
    if isinstance(value, Ref | StackRef | SecretRef):
        return look_up(value)
    if isinstance(value, Join):
        parts = [part if isinstance(part, str) else look_up(part) for part in value.parts]
        return UNKNOWN if UNKNOWN in parts else "".join(map(str, parts))
    if isinstance(value, Document):
        body = resolve(value.body, look_up)
        return UNKNOWN if contains_unknown(body) else document_text(body)
    if isinstance(value, tuple):
        return [resolve(item, look_up) for item in value]
    if isinstance(value, Mapping):
        return {key: resolve(item, look_up) for key, item in value.items()}
    return value


def contains_unknown(value: Any) -> bool:
    """Whether a resolved value is, or holds, UNKNOWN."""
    if isinstance(value, dict):
        return any(map(contains_unknown, value.values()))
    if isinstance(value, list):
        return any(map(contains_unknown, value))
    return value is UNKNOWN


def document_text(body: Any) -> str:
    """An embedded document as text: one spelling, so that the same document never shows as a change."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def only_secret(data: Any) -> SecretText | None:
    """The one text in plain data that is kept secret; None if there is none, or more than one."""
    found = list(_secret_texts(data))
    return found[0] if len(found) == 1 else None


def _secret_texts(data: Any) -> Iterator[SecretText]:
    if isinstance(data, SecretText):
        yield data
    elif isinstance(data, Mapping):
        for item in data.values():
            yield from _secret_texts(item)
    elif isinstance(data, list):
        for item in data:
            yield from _secret_texts(item)
