"""DynamoDB tables that services read: who is served, and how. A row is a documented, versioned item of one institution."""

from __future__ import annotations

import json
from collections.abc import Mapping

from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Join, Ref, StackRef, Value

HASH_KEY, RANGE_KEY = "institution", "route"
READ_TABLE = ("dynamodb:GetItem", "dynamodb:Query")
"""What a reader of a table may do."""


def add_route_table(
    add: Adder, role: str, name: str, key: PlannedResource, tags: dict[str, str]
) -> PlannedResource:
    """Plan a table; an institution's rows are one partition, and who looks a row up reads the index on `route`."""
    return add(
        "dynamodb.Table",
        role,
        opts=Options(protect=True),
        name=name,
        billing_mode="PAY_PER_REQUEST",
        hash_key=HASH_KEY,
        range_key=RANGE_KEY,
        attributes=({"name": HASH_KEY, "type": "S"}, {"name": RANGE_KEY, "type": "S"}),
        global_secondary_indexes=({"name": RANGE_KEY, "hash_key": RANGE_KEY, "projection_type": "ALL"},),
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
        deletion_protection_enabled=True,
        tags=tags,
    )


def add_row(add: Adder, role: str, table: Value, row: Mapping[str, object]) -> PlannedResource:
    """Plan a row of a table; it has the two keys and what else is said."""
    return add(
        "dynamodb.TableItem",
        role,
        table_name=table,
        hash_key=HASH_KEY,
        range_key=RANGE_KEY,
        item=Document({name: _attribute(value) for name, value in row.items()}),
    )


def _attribute(value: object) -> Value:
    """A value as DynamoDB writes it (DynamoDB API reference, AttributeValue)."""
    if isinstance(value, Mapping):
        return {"M": {name: _attribute(item) for name, item in value.items()}}
    if isinstance(value, tuple):
        return {"L": tuple(_attribute(item) for item in value)}
    if isinstance(value, Join | Ref | StackRef):
        return {"S": value}
    return {"N": json.dumps(value)} if isinstance(value, int) else {"S": str(value)}
