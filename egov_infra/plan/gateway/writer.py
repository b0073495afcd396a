"""The role that changes an institution's rows of the dispatch table, and no one else's."""

from __future__ import annotations

from egov_infra.plan.access_policy import account, policy, statement, trust
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.gateway.scope import TABLE, GatewayScope
from egov_infra.plan.value import Value

TABLE_ACTIONS = (
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)


def add_writer(scope: GatewayScope) -> None:
    """Plan the role: people of the account take it with a second factor; it reaches one partition of the table."""
    add, number = scope.add(), scope.stack.account
    mfa: dict[str, Value] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role = add(
        "iam.Role",
        "writer-role",
        name=scope.name("routes"),
        description=f"Writes the dispatch rows of {scope.institution.slug}",
        assume_role_policy=trust(account(number), mfa, "People"),
        max_session_duration=3600,
        permissions_boundary=boundary_arn(number),
        tags=scope.tags,
    )
    own: dict[str, Value] = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": (scope.institution.slug,)}}
    table = scope.arn("dynamodb", f"table/{TABLE}")
    add(
        "iam.RolePolicy",
        "writer-role-policy",
        role=role.output("name"),
        name="routes",
        policy=policy(statement(None, TABLE_ACTIONS, table, own, sid="OwnRows")),
    )
