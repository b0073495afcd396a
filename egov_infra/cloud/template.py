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
    """A parameter with its placeholders filled; what comes out empty for want of a value is left out."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        return scope.get(whole.group(1)) if whole else text(template, scope)
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
    return PLACEHOLDER.sub(lambda found: str(scope.get(found.group(1), "")), template)


def at(answer: Any, path: str, scope: Mapping[str, Any]) -> Any:
    """What a JMESPath finds in an answer."""
    if not path:
        return answer
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - previews need none

    return jmespath.search(text(path, scope), answer)
