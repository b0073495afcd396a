"""Tags: each service has its own calls for them, and its own spelling of a list of tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud import shape

_ADD = ("tags", "tagslist", "addtags", "tagset")
_REMOVE = ("tagkeys", "tagkeylist", "removetagkeys", "tags", "tagslist")
_ANSWERS = ("tags", "tagset", "tagslist", "taglist")


def where(params: Mapping[str, Any], found: Any) -> dict[str, Any]:
    """The parameters that say whose tags, as far as an operation of this input shape has them."""
    return {name: item for name, item in params.items() if name in found.members}


def added(params: dict[str, Any], found: Any, tags: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of the call that adds tags."""
    target, inner, member = _place(params, found, _ADD)
    target[member] = shape.to_api(tags, inner, "tags", {})
    return params


def removed(params: dict[str, Any], found: Any, keys: list[str]) -> dict[str, Any]:
    """Parameters of the call that removes tags: it takes keys, or tags of which only the key counts."""
    target, inner, member = _place(params, found, _REMOVE)
    if inner.type_name == "list" and inner.member.type_name == "structure":
        key = next(name for name in inner.member.members if shape.letters(name) in ("key", "tagkey"))
        target[member] = [{key: item} for item in keys]
    else:
        target[member] = keys
    return params


def in_answer(answer: Mapping[str, Any]) -> Any:
    """The tags in an answer; None if it has none."""
    return next((item for member, item in answer.items() if shape.letters(member) in _ANSWERS), None)


def _place(params: dict[str, Any], found: Any, members: tuple[str, ...]) -> tuple[dict[str, Any], Any, str]:
    """Where tags stand among the parameters, their shape there, and the member."""
    target = params
    if "Tagging" in found.members:  # S3 wraps them
        target, found = params.setdefault("Tagging", {}), found.members["Tagging"]
    by_letters = {shape.letters(member): member for member in found.members}
    member = next(by_letters[name] for name in members if name in by_letters)
    inner = found.members[member]
    if inner.type_name == "structure":  # CloudFront wraps them once more, as items
        target = target.setdefault(member, {})
        ((member, inner),) = inner.members.items()
    return target, inner, member
