"""JSON Schema of a plan's file, for those who write or read one without us; `plan_file` says the same of each resource."""

from __future__ import annotations

import json
from typing import Any

from egov_infra.plan.canonical import MARKS
from egov_infra.plan.catalogue import tokens
from egov_infra.plan.plan_file import RESOURCE_LISTS, RESOURCE_TEXTS, STACK_TEXTS, VERSION

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_VALUE = {"$ref": "#/$defs/value"}
_PAIR = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
_ABOUT = {
    "stack": "Name of the stack, such as `erb.domain`; it begins with its owner.",
    "owner": "Slug of the institution, or `platform`.",
    "account": "Number of the account.",
    "region": "AWS region.",
    "type": "Pulumi type token.",
    "name": "Logical name, unique in its stack.",
    "inputs": "What it is made with, by the snake_case names of pulumi_aws.",
    "protect": "Whether Pulumi refuses to delete it.",
    "depends_on": "Logical names of resources of the same stack.",
    "aliases": "Former logical names.",
    "outputs": "Exported values that other stacks may read.",
    "notes": "What a person must do outside.",
    "digest": "Digest of what would change, as `plan` prints it beside a stack; not read.",
    "steps": "What would change, as `plan` prints it beside a stack; not read.",
}


def plan_schema() -> str:
    """The schema, as text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan",
        "description": "What `egov-infra plan … --format json` prints, or a single stack of it.",
        "anyOf": [
            {
                "type": "object",
                "not": {"required": ["resources"]},
                "properties": {
                    "version": {"const": VERSION},
                    "stacks": {"type": "array", "items": {"$ref": "#/$defs/stack"}, "minItems": 1},
                },
                "required": ["version", "stacks"],
            },
            {"$ref": "#/$defs/stack"},
        ],
        "$defs": {
            "stack": _object(
                {
                    "version": {"const": VERSION},
                    **dict.fromkeys(STACK_TEXTS, _TEXT),
                    "resources": {"type": "array", "items": {"$ref": "#/$defs/resource"}},
                    "outputs": {"type": "object", "additionalProperties": _VALUE},
                    "notes": _TEXTS,
                    "digest": {},
                    "steps": {},
                },
                ("version", *STACK_TEXTS, "resources"),
            ),
            "resource": _object(
                {
                    **dict.fromkeys(RESOURCE_TEXTS, _TEXT),
                    "type": {"enum": list(tokens())},
                    "inputs": {"type": "object", "additionalProperties": _VALUE},
                    "protect": {"type": "boolean"},
                    **dict.fromkeys(RESOURCE_LISTS, _TEXTS),
                },
                (*RESOURCE_TEXTS, "inputs"),
            ),
            "value": {
                "description": "A value; an object whose one key begins with `$` stands for what JSON has no word for.",
                "anyOf": [
                    {"type": ["string", "number", "boolean", "null"]},
                    {"type": "array", "items": _VALUE},
                    *(_marked(mark, *found) for mark, found in _DESCRIBED.items()),
                    {
                        "type": "object",
                        "additionalProperties": _VALUE,
                        "not": {"anyOf": [_single(mark) for mark in _DESCRIBED]},
                    },
                ],
            },
        },
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    described = {
        name: {"description": _ABOUT[name], **found} if name in _ABOUT else found
        for name, found in properties.items()
    }
    return {
        "type": "object",
        "properties": described,
        "required": list(required),
        "additionalProperties": False,
    }


def _marked(mark: str, text: str, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": text,
        "properties": {mark: found},
        "required": [mark],
        "additionalProperties": False,
    }


_REFERENCE = {
    "$ref": ("An output of another resource of the stack: its logical name, and the output's.", _PAIR),
    "$stack": ("An exported output of another stack: its name, and the output's.", _PAIR),
}
_DESCRIBED: dict[str, tuple[str, dict[str, Any]]] = {
    **_REFERENCE,
    "$secret": ("The value of a secret, by the secret's name.", _TEXT),
    "$join": (
        "A text around references: its parts.",
        {
            "type": "array",
            "items": {
                "anyOf": [{"type": "string"}, *(_marked(mark, *found) for mark, found in _REFERENCE.items())]
            },
        },
    ),
    "$document": ("Embedded JSON.", {"type": ["object", "array"], **_VALUE}),
    "$object": (
        "An object that looks like one of these, and is none.",
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": {"enum": list(MARKS)},
            "additionalProperties": _VALUE,
        },
    ),
}


def _single(mark: str) -> dict[str, Any]:
    return {"required": [mark], "maxProperties": 1}
