"""Placeholders in parameters and ids, and JMESPath in answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

PLACEHOLDER = re.compile(r"\{(\w+(?:\.\w+)*)\}")
"""A name, or a dotted path that begins with one."""


def placeholders(params: Any) -> Iterable[str]:
    """The names that stand in parameters."""
    if isinstance(params, str):
        yield from (name.partition(".")[0] for name in PLACEHOLDER.findall(params))
    elif isinstance(params, Mapping):
        for item in params.values():
            yield from placeholders(item)
    elif isinstance(params, list | tuple):
        for item in params:
            yield from placeholders(item)


def resolved(template: Any, scope: Mapping[str, Any]) -> Any:
    """A parameter with its placeholders filled; what comes out empty for want of a value is left out."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        return _value(whole.group(1), scope) if whole else text(template, scope)
    if isinstance(template, Mapping):
        items = ((key, item, resolved(item, scope)) for key, item in template.items())
        return {key: found for key, item, found in items if not _is_void(item, found)}
    if isinstance(template, list | tuple):
        return [found for item in template if not _is_void(item, found := resolved(item, scope))]
    return template


def _is_void(template: Any, found: Any) -> bool:
    """Whether nothing is left of a part of a parameter that says something."""
    return found is None or (isinstance(template, Mapping | list) and bool(template) and not found)


def text(template: str, scope: Mapping[str, Any]) -> str:
    """A text with its placeholders filled."""
    return PLACEHOLDER.sub(lambda found: _text(_value(found.group(1), scope)), template)


def _value(path: str, scope: Mapping[str, Any]) -> Any:
    """What a placeholder stands for."""
    head, *steps = path.split(".")
    found = scope.get(head)
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def at(answer: Any, path: str, scope: Mapping[str, Any]) -> Any:
    """What a JMESPath finds in an answer; besides, `after(text, mark)` gives the end of a text."""
    if not path:
        return answer
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - previews need none

    return jmespath.search(text(path, scope), answer, options=_options())


@cache
def _options() -> Any:
    from jmespath import Options, functions  # noqa: PLC0415 - previews need none

    class Functions(functions.Functions):  # type: ignore[misc]
        @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
        def _func_after(self, text: str | None, mark: str) -> str | None:
            return text.partition(mark)[2] if text else None

    return Options(custom_functions=Functions())
