"""What an adapter makes of answers: live properties by their catalogue kind, and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud import shape, tagging, template
from egov_infra.cloud.adapter import Adapter


def decoded(adapter: Adapter, document: dict[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """Live properties and outputs, out of all answers laid over each other."""
    found: dict[str, Any] = {}
    for name in adapter.readable:
        if name in adapter.answers:
            raw = template.at(document, adapter.answers[name], scope)
        elif name == "tags":
            raw = tagging.in_answer(document)
        else:
            raw = shape.answer_at(document, name, adapter.names)
        if raw is None and name in adapter.id_parts:
            raw = scope.get(name)
        value = shape.from_api(raw, adapter.kind(name), name, adapter.names)
        if name == "tags" and value:
            value = {key: text for key, text in value.items() if not key.startswith("aws:")}
        if value is not None:
            found[name] = value
    return found | outputs(adapter, document, {**scope, **found})


def outputs(adapter: Adapter, document: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs as far as the answers and the values for placeholders give them."""
    found: dict[str, Any] = {}
    for name, place in adapter.outputs.items():
        if needed := set(template.PLACEHOLDER.findall(place)):
            if all(scope.get(part) is not None or part in found for part in needed):
                found[name] = template.text(place, {**scope, **found})
        elif document:
            value = shape.snake_keys(template.at(document, place, scope))
            if value is not None:
                found[name] = value
    return found
