"""The topic that an account's alarms are sent to, and who hears them."""

from __future__ import annotations

from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import PlannedResource

TOPIC = "egov-alarms"


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
