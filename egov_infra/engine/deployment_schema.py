"""What `pulumi stack export` writes, as far as it is read here: Pulumi's deployment format, version 3, as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema

from egov_infra.engine.checkpoint import FORMAT_VERSION
from egov_infra.manifest.fault import Fault, dotted
from egov_infra.source.diagnostic import Path

_URNS = {"type": ["array", "null"], "items": {"type": "string"}}
_VALUES = {"type": ["object", "null"]}
_TEXT, _FLAG = {"type": "string"}, {"type": "boolean"}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["version", "deployment"],
    "properties": {
        "version": {"const": FORMAT_VERSION},
        "deployment": {
            "type": "object",
            "required": ["resources"],
            "properties": {
                "resources": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["urn", "custom", "type"],
                        "properties": {
                            "urn": {"type": "string", "pattern": r"^urn:pulumi:[^:]+::[^:]+::[^:].*::.+$"},
                            "custom": {"type": "boolean"},
                            "type": {"type": "string", "minLength": 1},
                            **dict.fromkeys(("id", "parent", "provider"), _TEXT),
                            **dict.fromkeys(("protect", "delete"), _FLAG),
                            **dict.fromkeys(("inputs", "outputs"), _VALUES),
                            "dependencies": _URNS,
                            "propertyDependencies": {
                                "type": ["object", "null"],
                                "additionalProperties": _URNS,
                            },
                        },
                    },
                }
            },
        },
    },
}
_VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def deployment_faults(data: Any) -> Iterator[Fault]:
    """Everything in which a document is no exported deployment. No value is repeated: it may be a secret."""
    for error in _VALIDATOR.iter_errors(data):
        path: Path = tuple(error.absolute_path)
        where = f"{dotted(path)}: " if path else ""
        yield Fault(path, "state-file", f"{where}{_said(error.validator, error.validator_value, error)}")


def _said(keyword: Any, wanted: Any, error: jsonschema.ValidationError) -> str:
    match keyword:
        case "required":
            missing = [key for key in wanted if key not in error.instance]  # type: ignore[operator]
            return f"misses {', '.join(map(repr, missing))}"
        case "type":
            return f"expects {' or '.join([wanted] if isinstance(wanted, str) else wanted)}"
        case "const":
            return f"expects {wanted}"
        case "minItems" | "minLength":
            return "is empty"
        case _:
            return f"does not match {wanted}"
