"""A queue with everything that belongs to it: what cannot be delivered is kept apart, and somebody hears of it."""

from __future__ import annotations

from egov_infra.plan import names
from egov_infra.plan.access_policy import WITHOUT_TLS, policy, statement
from egov_infra.plan.alarms import Alarm, add_alarm
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Document, Value
from egov_infra.source.frozen import frozen

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
MESSAGE_BYTES = 65536
"""Longest message: far more than a text message in parts, far less than SQS takes."""
KEPT_SECONDS = 4 * DAY_SECONDS
DEAD_SECONDS = 14 * DAY_SECONDS
"""How long an undelivered message waits for a person: the most that SQS keeps."""
WAITING_SECONDS = HOUR_SECONDS
"""Age of the oldest message at which people are told."""
READ = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
"""What a reader of a queue may do."""
_LIMIT = 80


@frozen
class QueueSet:
    """What to plan. `prefix` and `role` make the queue's name; the dead letters' ends with `-dead`."""

    prefix: str
    role: str
    key: Value
    """Id or alias of the key that encrypts messages."""
    tries: int
    """Failures after which a message is a dead letter."""
    retry_seconds: int
    """How long a message is out of sight while somebody works on it."""
    alarms: tuple[Value, ...]
    """Topics that are told."""
    tags: dict[str, str]
    statements: tuple[dict[str, Value], ...] = ()
    """Further statements of the queue's policy."""
    waiting_seconds: int = WAITING_SECONDS
    """Age of the oldest message at which people are told."""

    @property
    def name(self) -> str:
        """The queue's name in its account."""
        return _called(self.prefix, self.role)

    @property
    def dead_name(self) -> str:
        """The name of the queue of dead letters."""
        return _called(self.prefix, self.role, "dead")


def _called(*words: str) -> str:
    return names.shortened("-".join(words), _LIMIT)


def queue_arn(account: str, region: str, prefix: str, role: str) -> str:
    """The queue of a set, known before it exists."""
    return arn("sqs", account, region, _called(prefix, role))


def add_queue_set(add: Adder, wanted: QueueSet) -> PlannedResource:
    """Plan the queue and its dead-letter queue, their policies and alarms; returns the queue."""
    role = wanted.role
    dead = _add_queue(add, wanted, f"{role}-dead", wanted.dead_name, DEAD_SECONDS)
    redrive = Document({"deadLetterTargetArn": dead.arn, "maxReceiveCount": wanted.tries})
    queue = _add_queue(add, wanted, role, wanted.name, KEPT_SECONDS, wanted.retry_seconds, redrive)
    add(
        "sqs.RedriveAllowPolicy",
        f"{role}-redrive-allow",
        queue_url=dead.id,
        redrive_allow_policy=Document(
            {"redrivePermission": "byQueue", "sourceQueueArns": (_arn(add, wanted.name),)}
        ),
    )
    _add_policy(add, f"{role}-dead", dead, wanted.dead_name)
    _add_policy(add, role, queue, wanted.name, *wanted.statements)
    _add_alarm(add, wanted, f"{role}-waiting", queue, "ApproximateAgeOfOldestMessage", wanted.waiting_seconds)
    _add_alarm(add, wanted, f"{role}-dead", dead, "ApproximateNumberOfMessagesVisible", 1)
    return queue


def _arn(add: Adder, name: str) -> str:
    return arn("sqs", add.account, add.region, name)


def _add_queue(
    add: Adder,
    wanted: QueueSet,
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
        kms_master_key_id=wanted.key,
        max_message_size=MESSAGE_BYTES,
        message_retention_seconds=kept_seconds,
        receive_wait_time_seconds=20,
        visibility_timeout_seconds=visibility_timeout_seconds,
        redrive_policy=redrive_policy,
        tags=wanted.tags,
    )


def _add_policy(
    add: Adder, role: str, queue: PlannedResource, name: str, *statements: dict[str, Value]
) -> None:
    tls_only = statement("*", "sqs:*", _arn(add, name), WITHOUT_TLS, sid="OnlyTls", effect="Deny")
    add(
        "sqs.QueuePolicy",
        f"{role}-queue-policy",
        queue_url=queue.id,
        policy=policy(tls_only, *statements),
    )


def _add_alarm(
    add: Adder, wanted: QueueSet, role: str, queue: PlannedResource, metric: str, threshold: int
) -> None:
    alarm = Alarm(
        name=names.shortened(f"{wanted.prefix}-{role}", 255),
        description=f"Messages do not arrive: {metric} of {queue.inputs['name']}",
        namespace="AWS/SQS",
        metric=metric,
        threshold=threshold,
        dimensions={"QueueName": queue.output("name")},
    )
    add_alarm(add, f"{role}-alarm", alarm, wanted.alarms, wanted.tags)
