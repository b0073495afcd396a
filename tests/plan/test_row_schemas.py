"""Rows of tables are contracts with applications that others write: each has a schema in docs/reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from boto3.dynamodb.types import TypeDeserializer

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, Join, Ref, StackRef, Value

SCHEMAS = {"gateway": "dispatch-row", "helpdesk": "desk-row", "e-office": "office-row"}


def _known(value: Value) -> Any:
    """A value as it might be once everything is known."""
    if isinstance(value, Ref | StackRef | Join):
        return "arn:aws:iam::made" if isinstance(value, Ref) and value.output == "arn" else "made"
    if isinstance(value, tuple):
        return [_known(item) for item in value]
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return value


def _rows(stack: StackPlan) -> Iterator[dict[str, Any]]:
    for resource in stack.resources:
        if resource.type == "aws:dynamodb/tableItem:TableItem":
            item = resource.inputs["item"]
            assert isinstance(item, Document)
            found = TypeDeserializer().deserialize({"M": _known(item.body)})
            yield json.loads(json.dumps(found, default=int))


@pytest.mark.parametrize("part", SCHEMAS)
def test_every_row_of_the_estate_has_the_documented_shape(
    part: str, source: EstateSource, context: PlanContext, root: Path
) -> None:
    """All rows of all institutions and of the platform, and no route twice: each answers for one thing."""
    schema = json.loads(
        (root / "docs" / "reference" / f"{SCHEMAS[part]}.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    stacks = list(plan_platform(context))
    for loaded in source.institutions():
        stacks += plan_institution(loaded.institution, context)
    rows = [row for stack in stacks if stack.name.endswith(f".{part}") for row in _rows(stack)]
    wrong = [(row["route"], error.message) for row in rows for error in validator.iter_errors(row)]
    assert wrong == []
    routes = [row["route"] for row in rows]
    assert len(routes) == len(set(routes)) > 40
