"""Queues of webhook and queue targets: what cannot be delivered is kept apart, and somebody hears of it."""

from __future__ import annotations

from egov_infra.plan.access_policy import WITHOUT_TLS, account, policy, statement
from egov_infra.plan.builder import Adder
from egov_infra.plan.gateway.scope import KEY_ALIAS, GatewayScope
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Document, Value

_HOUR_SECONDS = 3600
_DAY_SECONDS = 24 * _HOUR_SECONDS
MESSAGE_BYTES = 65536
"""Longest message: far more than a text message in parts, far less than SQS takes."""
KEPT_SECONDS = 4 * _DAY_SECONDS
DEAD_SECONDS = 14 * _DAY_SECONDS
"""How long an undelivered message waits for a person: the most that SQS keeps."""
RETRY_SECONDS = 900
WEBHOOK_TRIES = _DAY_SECONDS // RETRY_SECONDS
"""A webhook is tried for 24 hours (GovStack Messaging 5.1.24.2)."""
POLL_SECONDS = 60
POLL_TRIES = 5
WAITING_SECONDS = _HOUR_SECONDS
"""Age of the oldest message at which people are told."""
_READ = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")


def queue_arn(scope: GatewayScope, target: str) -> str:
    """The queue of a target, known before it exists."""
    return scope.arn("sqs", _name(scope, target))


def add_queue(scope: GatewayScope, target: str) -> PlannedResource:
    """Plan a target's queue and its dead-letter queue, their policies and alarms; returns the queue."""
    add = scope.add("targets", target)
    is_webhook = scope.gateway.targets[target].kind == "webhook"
    dead = _add_queue(scope, add, f"{target}-dead", _name(scope, target, "dead"), DEAD_SECONDS)
    queue = _add_queue(
        scope,
        add,
        target,
        _name(scope, target),
        KEPT_SECONDS,
        RETRY_SECONDS if is_webhook else POLL_SECONDS,
        Document(
            {
                "deadLetterTargetArn": dead.arn,
                "maxReceiveCount": WEBHOOK_TRIES if is_webhook else POLL_TRIES,
            }
        ),
    )
    add(
        "sqs.RedriveAllowPolicy",
        f"{target}-redrive-allow",
        queue_url=dead.id,
        redrive_allow_policy=Document(
            {"redrivePermission": "byQueue", "sourceQueueArns": (queue_arn(scope, target),)}
        ),
    )
    readers = () if is_webhook else _readers(scope, target)
    _add_policy(scope, add, f"{target}-dead", dead, _name(scope, target, "dead"))
    _add_policy(scope, add, target, queue, _name(scope, target), *readers)
    waiting = ("ApproximateAgeOfOldestMessage", WAITING_SECONDS)
    _add_alarm(scope, add, f"{target}-waiting", queue, *waiting)
    dead_letters = ("ApproximateNumberOfMessagesVisible", 1)
    _add_alarm(scope, add, f"{target}-dead", dead, *dead_letters)
    return queue


def _name(scope: GatewayScope, *words: str) -> str:
    return scope.name(*words, limit=80)


def _add_queue(
    scope: GatewayScope,
    add: Adder,
    role: str,
    name: str,
    kept_seconds: int,
    visibility_timeout_seconds: int | None = None,
    redrive_policy: Document | None = None,
) -> PlannedResource:
    return add(
        "sqs.Queue",
        f"{role}-queue",
        name=name,
        kms_master_key_id=KEY_ALIAS,
        max_message_size=MESSAGE_BYTES,
        message_retention_seconds=kept_seconds,
        receive_wait_time_seconds=20,
        visibility_timeout_seconds=visibility_timeout_seconds,
        redrive_policy=redrive_policy,
        tags=scope.tags,
    )


def _readers(scope: GatewayScope, target: str) -> tuple[dict[str, Value], ...]:
    """An institution reads its queue from its own environments, if it has any."""
    if scope.institution.tenancy is None:
        return ()
    environments = scope.institution.tenancy.environments.values()
    own = account(*(environment.account for environment in environments))
    return (statement(own, _READ, queue_arn(scope, target), sid="Readers"),)


def _add_policy(
    scope: GatewayScope,
    add: Adder,
    role: str,
    queue: PlannedResource,
    name: str,
    *statements: dict[str, Value],
) -> None:
    tls_only = statement("*", "sqs:*", scope.arn("sqs", name), WITHOUT_TLS, sid="OnlyTls", effect="Deny")
    add(
        "sqs.QueuePolicy",
        f"{role}-queue-policy",
        queue_url=queue.id,
        policy=policy(tls_only, *statements),
    )


def _add_alarm(
    scope: GatewayScope, add: Adder, role: str, queue: PlannedResource, metric: str, threshold: int
) -> None:
    add(
        "cloudwatch.MetricAlarm",
        f"{role}-alarm",
        name=scope.name(role, limit=255),
        alarm_description=f"Messages do not arrive: {metric} of {queue.inputs['name']}",
        namespace="AWS/SQS",
        metric_name=metric,
        dimensions={"QueueName": queue.output("name")},
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=threshold,
        treat_missing_data="notBreaching",
        alarm_actions=scope.alarms,
        tags=scope.tags,
    )
