"""Alarms, the topic that an account's alarms are sent to, and who hears them."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Value
from egov_infra.source.frozen import frozen

TOPIC = "egov-alarms"
AT_LEAST, AT_MOST, BELOW = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold", "LessThanThreshold"


@frozen
class Alarm:
    """What raises an alarm: a metric of CloudWatch that passes a threshold for so many periods in a row."""

    name: str
    """Its name in the account."""
    description: str
    namespace: str
    metric: str
    threshold: int
    dimensions: Mapping[str, Value] | None = None
    statistic: str = "Maximum"
    comparison: str = AT_LEAST
    period_seconds: int = 300
    periods: int = 1
    missing: str = "notBreaching"
    """How periods without data count."""


def add_alarm(
    add: Adder, role: str, alarm: Alarm, actions: tuple[Value, ...], tags: dict[str, str]
) -> PlannedResource:
    """Plan an alarm; `actions` are the topics that it tells."""
    return add(
        "cloudwatch.MetricAlarm",
        role,
        name=alarm.name,
        alarm_description=alarm.description,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=alarm.dimensions,
        statistic=alarm.statistic,
        period=alarm.period_seconds,
        evaluation_periods=alarm.periods,
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        treat_missing_data=alarm.missing,
        alarm_actions=actions or None,
        tags=tags,
    )


def add_alarms_topic(
    add: Adder, key: PlannedResource, subscriber: str, mailbox: str, tags: dict[str, str]
) -> PlannedResource:
    """Plan the topic, encrypted, and the subscription of a mailbox; `subscriber` names it among others."""
    topic = add("sns.Topic", "alarms", name=TOPIC, kms_master_key_id=key.id, tags=tags)
    add(
        "sns.TopicSubscription",
        f"alarms-{subscriber}",
        topic=topic.arn,
        protocol="email",
        endpoint=mailbox,
    )
    return topic
