"""Placeholders in parameters and ids, and JMESPath in answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(params: Any) -> Iterable[str]:
    """The names that stand in parameters."""
    if isinstance(params, str):
        yield from PLACEHOLDER.findall(params)
    elif isinstance(params, Mapping):
        for item in params.values():
            yield from placeholders(item)
    elif isinstance(params, list | tuple):
        for item in params:
            yield from placeholders(item)


def resolved(template: Any, scope: Mapping[str, Any]) -> Any:
    """A parameter with its placeholders filled; a mapping leaves out what has no value."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        return scope.get(whole.group(1)) if whole else text(template, scope)
    if isinstance(template, Mapping):
        items = ((key, item, resolved(item, scope)) for key, item in template.items())
        return {key: found for key, item, found in items if found is not None and (found != {} or item == {})}
    if isinstance(template, list | tuple):
        return [resolved(item, scope) for item in template]
    return template


def text(template: str, scope: Mapping[str, Any]) -> str:
    """A text with its placeholders filled."""
    return PLACEHOLDER.sub(lambda found: str(scope.get(found.group(1), "")), template)


def at(answer: Any, path: str, scope: Mapping[str, Any]) -> Any:
    """What a JMESPath finds in an answer."""
    if not path:
        return answer
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - previews need none

    return jmespath.search(text(path, scope), answer)
