"""Queues of webhook and queue targets."""

from __future__ import annotations

from egov_infra.plan import queue_set
from egov_infra.plan.access_policy import account, statement
from egov_infra.plan.gateway.scope import KEY_ALIAS, GatewayScope
from egov_infra.plan.queue_set import DAY_SECONDS, READ, QueueSet, add_queue_set
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Value

RETRY_SECONDS = 900
WEBHOOK_TRIES = DAY_SECONDS // RETRY_SECONDS
"""A webhook is tried for 24 hours (GovStack Messaging 5.1.24.2)."""
POLL_SECONDS = 60
POLL_TRIES = 5


def queue_arn(scope: GatewayScope, target: str) -> str:
    """The queue of a target, known before it exists."""
    return queue_set.queue_arn(scope.stack.account, scope.stack.region, scope.institution.slug, target)


def add_queue(scope: GatewayScope, target: str) -> PlannedResource:
    """Plan a target's queue and its dead-letter queue, their policies and alarms; returns the queue."""
    is_webhook = scope.gateway.targets[target].kind == "webhook"
    wanted = QueueSet(
        prefix=scope.institution.slug,
        role=target,
        key=KEY_ALIAS,
        tries=WEBHOOK_TRIES if is_webhook else POLL_TRIES,
        retry_seconds=RETRY_SECONDS if is_webhook else POLL_SECONDS,
        alarms=scope.alarms,
        tags=scope.tags,
        statements=() if is_webhook else _readers(scope, target),
    )
    return add_queue_set(scope.add("targets", target), wanted)


def _readers(scope: GatewayScope, target: str) -> tuple[dict[str, Value], ...]:
    """An institution reads its queue from its own environments, if it has any."""
    if scope.institution.tenancy is None:
        return ()
    environments = scope.institution.tenancy.environments.values()
    own = account(*(environment.account for environment in environments))
    return (statement(own, READ, queue_arn(scope, target), sid="Readers"),)
