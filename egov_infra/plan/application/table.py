"""Tables of Amazon DynamoDB that an application keeps beside its database."""

from __future__ import annotations

from egov_infra.plan.application.ground import Ground
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.source.frozen import frozen

USE = (
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
"""What an application does with its tables: never a scan, for that reads what all citizens have."""


@frozen
class Table:
    """What to plan: a table with one text as key."""

    role: str
    key: str
    expires_at: str | None = None
    """Attribute with the second at which an item goes by itself."""


def table_name(ground: Ground, role: str) -> str:
    """The name of a table in its account."""
    return ground.called(role, limit=255)


def table_arn(ground: Ground, role: str) -> str:
    """A table, known before it exists."""
    return ground.arn("dynamodb", f"table/{table_name(ground, role)}")


def add_table(ground: Ground, wanted: Table) -> PlannedResource:
    """Plan a table, encrypted, guarded, restorable to any second of 35 days."""
    return ground.add(
        "dynamodb.Table",
        f"{wanted.role}-table",
        opts=Options(protect=True),
        name=table_name(ground, wanted.role),
        billing_mode="PAY_PER_REQUEST",
        hash_key=wanted.key,
        attributes=({"name": wanted.key, "type": "S"},),
        ttl={"attribute_name": wanted.expires_at, "enabled": True} if wanted.expires_at else None,
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True, "kms_key_arn": ground.key_arn},
        deletion_protection_enabled=not ground.is_closing,
        tags=ground.tags,
    )
