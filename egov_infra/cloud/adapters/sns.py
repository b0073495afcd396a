"""Amazon SNS."""

from __future__ import annotations

import json

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags


def _set(operation: str, name: str, attribute: str) -> Step:
    """A step that sets one attribute."""
    of = {"TopicArn" if operation == _TOPIC else "SubscriptionArn": "{id}"}
    return Step(name, Call(operation, {**of, "AttributeName": attribute, "AttributeValue": f"{{{name}}}"}))


_TOPIC = "set_topic_attributes"
TOPIC = Adapter(
    type="aws:sns/topic:Topic",
    service="sns",
    properties="name display_name kms_master_key_id fifo_topic content_based_deduplication policy "
    "signature_version tags",
    id="arn:aws:sns:{region}:{account}:{name}",
    names={"name": "Name"},
    answers={"name": "TopicName"},
    create=Call("create_topic", inside="Attributes"),
    reads=(Call("get_topic_attributes", {"TopicArn": "{id}"}, at="Attributes"),),
    steps=(
        _set(_TOPIC, "display_name", "DisplayName"),
        _set(_TOPIC, "kms_master_key_id", "KmsMasterKeyId"),
        _set(_TOPIC, "policy", "Policy"),
        _set(_TOPIC, "content_based_deduplication", "ContentBasedDeduplication"),
        _set(_TOPIC, "signature_version", "SignatureVersion"),
    ),
    tags=Tags(params={"ResourceArn": "{id}"}),
    delete=Call("delete_topic", {"TopicArn": "{id}"}),
    outputs={"arn": "{id}", "owner": "{account}"},
    unread={"signature_version": "moto keeps no version"},
    defaults={
        "display_name": "",
        "kms_master_key_id": "",
        "fifo_topic": False,
        "content_based_deduplication": False,
    },
)

TOPIC_POLICY = Adapter(
    type="aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    properties="arn policy",
    id="{arn}",
    names={"arn": "TopicArn"},
    create=Call(_TOPIC, {"AttributeName": "Policy", "AttributeValue": "{policy}"}),
    reads=(Call("get_topic_attributes", at="Attributes"),),
    steps=(_set(_TOPIC, "policy", "Policy"),),
    delete=Call(_TOPIC, {"AttributeName": "Policy", "AttributeValue": "{default_policy}"}),
    derive=lambda inputs: {"default_policy": _default_policy(str(inputs.get("arn", "")), inputs["account"])},
    stays="a topic always has a policy: without this one, AWS's default",
    outputs={"owner": "{account}"},
)

_SUBSCRIPTION = "set_subscription_attributes"
SUBSCRIPTION = Adapter(
    type="aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    properties="topic protocol endpoint filter_policy filter_policy_scope raw_message_delivery redrive_policy",
    local="endpoint_auto_confirms confirmation_timeout_in_minutes",
    id="{subscription_arn}",
    names={"topic": "TopicArn"},
    documents="filter_policy redrive_policy",
    create=Call("subscribe", {"ReturnSubscriptionArn": True}, inside="Attributes"),
    reads=(Call("get_subscription_attributes", at="Attributes"),),
    steps=(
        _set(_SUBSCRIPTION, "filter_policy", "FilterPolicy"),
        _set(_SUBSCRIPTION, "filter_policy_scope", "FilterPolicyScope"),
        _set(_SUBSCRIPTION, "raw_message_delivery", "RawMessageDelivery"),
        _set(_SUBSCRIPTION, "redrive_policy", "RedrivePolicy"),
    ),
    delete=Call("unsubscribe"),
    outputs={"arn": "{subscription_arn}"},
    defaults={"raw_message_delivery": False},
    listing=Call("list_subscriptions", at="Subscriptions[].SubscriptionArn", is_paged=True),
    members=(
        Members(
            TOPIC.type,
            Call(
                "list_subscriptions_by_topic",
                {"TopicArn": "{id}"},
                at="Subscriptions[?starts_with(SubscriptionArn, 'arn:')].SubscriptionArn",
                is_paged=True,
            ),
        ),
    ),
)


def _default_policy(topic: str, account: str) -> str:
    """What AWS gives a new topic: its account may do everything with it."""
    return json.dumps(
        {
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [
                {
                    "Sid": "__default_statement_ID",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": [f"SNS:{action}" for action in _OWN_ACTIONS],
                    "Resource": topic,
                    "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
                }
            ],
        }
    )


_OWN_ACTIONS = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)

ADAPTERS = (TOPIC, TOPIC_POLICY, SUBSCRIPTION)
