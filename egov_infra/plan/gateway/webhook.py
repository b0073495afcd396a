"""Webhooks: a pipe takes messages from the target's queue and calls the institution's address."""

from __future__ import annotations

from egov_infra.plan.access_policy import allow, service_trust
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.gateway.queue import queue_arn
from egov_infra.plan.gateway.scope import GatewayScope, shared
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import SecretRef, Value

CALLS_PER_SECOND = 20
"""Calls to one institution's webhook: an address that serves people stands that, and a burst waits in the queue."""
KEY_HEADER = "X-Gateway-Key"
NO_KEY = "none"
"""What the header says where the manifest names no secret: API destinations always send one."""
PIPE_ACTIONS = (
    "events:InvokeApiDestination",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)


def add_webhook(scope: GatewayScope, target: str, queue: PlannedResource) -> None:
    """Plan connection, API destination, role and pipe of a webhook target."""
    wanted = scope.gateway.targets[target]
    assert wanted.url is not None
    add = scope.add("targets", target)
    key: Value = SecretRef(wanted.secret.name) if wanted.secret else NO_KEY
    connection = add(
        "cloudwatch.EventConnection",
        f"{target}-connection",
        name=scope.name(target),
        description=f"{scope.institution.slug}: {target}",
        authorization_type="API_KEY",
        auth_parameters={"api_key": {"key": KEY_HEADER, "value": key}},
    )
    destination = add(
        "cloudwatch.EventApiDestination",
        f"{target}-destination",
        name=scope.name(target),
        description=f"{scope.institution.slug}: {target}",
        connection_arn=connection.arn,
        http_method="POST",
        invocation_endpoint=wanted.url,
        invocation_rate_limit_per_second=CALLS_PER_SECOND,
    )
    role = _add_role(scope, target, destination)
    add(
        "pipes.Pipe",
        f"{target}-pipe",
        name=scope.name(target),
        description=f"Messages to {target} of {scope.institution.slug}",
        desired_state="RUNNING",
        role_arn=role.arn,
        source=queue.arn,
        source_parameters={"sqs_queue_parameters": {"batch_size": 1}},
        target=destination.arn,
        target_parameters={
            "http_parameters": {"header_parameters": {"Content-Type": "application/json"}},
            "input_template": "<$.body>",
        },
        tags=scope.tags,
    )


def _add_role(scope: GatewayScope, target: str, destination: PlannedResource) -> PlannedResource:
    add, number = scope.add("targets", target), scope.stack.account
    role = add(
        "iam.Role",
        f"{target}-role",
        name=scope.name(target, "pipe"),
        description=f"Reads the queue of {target}, calls its address",
        assume_role_policy=service_trust("pipes", number),
        permissions_boundary=boundary_arn(number),
        tags=scope.tags,
    )
    resources: tuple[Value, ...] = (queue_arn(scope, target), destination.arn, shared("key_arn"))
    add(
        "iam.RolePolicy",
        f"{target}-role-policy",
        role=role.output("name"),
        name="deliver",
        policy=allow((*PIPE_ACTIONS, "kms:Decrypt"), resources),
    )
    return role
