"""Plans as canonical JSON: sorted keys, no spaces, UTF-8; the same plan gives the same bytes everywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value

MARKS = ("$ref", "$stack", "$secret", "$join", "$document", "$object")
"""Keys of the objects that stand for what JSON has no word for; `$object` is for one that only looks like that."""


def plain(value: Value) -> Any:
    """A value as JSON data; references become objects whose one key starts with `$`. `plan_file` reads them back."""
    if isinstance(value, Ref):
        return {"$ref": [value.resource, value.output]}
    if isinstance(value, StackRef):
        return {"$stack": [value.stack, value.output]}
    if isinstance(value, SecretRef):
        return {"$secret": value.name}
    if isinstance(value, Join):
        return {"$join": [plain(part) for part in value.parts]}
    if isinstance(value, Document):
        return {"$document": plain(value.body)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        found = {key: plain(item) for key, item in value.items()}
        return {"$object": found} if len(found) == 1 and next(iter(found)) in MARKS else found
    return value


def describe_resource(resource: PlannedResource) -> dict[str, Any]:
    """A planned resource as JSON data. Its manifest path is left out: moving a value changes nothing planned."""
    options = resource.options
    described = {
        "type": resource.type,
        "name": resource.name,
        "account": resource.account,
        "region": resource.region,
        "inputs": plain(resource.inputs),
    }
    if options.protect:
        described["protect"] = True
    if options.depends_on:
        described["depends_on"] = sorted(options.depends_on)
    if options.aliases:
        described["aliases"] = sorted(options.aliases)
    return described


def describe_stack(plan: StackPlan) -> dict[str, Any]:
    """A stack's plan as JSON data, resources in the order of their names."""
    return {
        "version": 1,
        "stack": plan.name,
        "owner": plan.owner,
        "account": plan.account,
        "region": plan.region,
        "resources": [describe_resource(item) for item in sorted(plan.resources, key=lambda item: item.name)],
        "outputs": plain(plan.outputs),
    }


def canonical_json(data: Any) -> bytes:
    """The one encoding of JSON data that digests are taken of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def plan_digest(plan: StackPlan) -> str:
    """SHA-256 of the canonical JSON of a stack's plan, in hexadecimal."""
    return hashlib.sha256(canonical_json(describe_stack(plan))).hexdigest()
