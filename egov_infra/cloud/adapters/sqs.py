"""Amazon SQS."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

_SET = "set_queue_attributes"
_ALL = {"AttributeNames": ["All"]}
_ATTRIBUTES = (
    "visibility_timeout_seconds message_retention_seconds max_message_size delay_seconds "
    "receive_wait_time_seconds redrive_policy kms_master_key_id kms_data_key_reuse_period_seconds"
)
QUEUE = Adapter(
    type="aws:sqs/queue:Queue",
    service="sqs",
    properties=f"name fifo_queue content_based_deduplication sqs_managed_sse_enabled {_ATTRIBUTES} tags",
    id="https://sqs.{region}.amazonaws.com/{account}/{name}",
    names={
        "name": "QueueName",
        "visibility_timeout_seconds": "VisibilityTimeout",
        "message_retention_seconds": "MessageRetentionPeriod",
        "max_message_size": "MaximumMessageSize",
        "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
    },
    documents="redrive_policy",
    create=Call("create_queue", {"QueueName": "{name}"}, inside="Attributes"),
    reads=(Call("get_queue_attributes", {"QueueUrl": "{id}", **_ALL}, at="Attributes"),),
    steps=(
        Step(_ATTRIBUTES, Call(_SET, {"QueueUrl": "{id}"}, inside="Attributes")),
        Step("content_based_deduplication", Call(_SET, {"QueueUrl": "{id}"}, inside="Attributes")),
        Step("sqs_managed_sse_enabled", Call(_SET, {"QueueUrl": "{id}"}, inside="Attributes")),
    ),
    tags=Tags("tag_queue", "untag_queue", "list_queue_tags", {"QueueUrl": "{id}"}),
    delete=Call("delete_queue", {"QueueUrl": "{id}"}),
    outputs={"arn": "arn:aws:sqs:{region}:{account}:{name}", "url": "{id}"},
    defaults={
        "visibility_timeout_seconds": 30,
        "message_retention_seconds": 345600,
        "delay_seconds": 0,
        "receive_wait_time_seconds": 0,
        "redrive_policy": "",
        "kms_master_key_id": "",
        "kms_data_key_reuse_period_seconds": 300,
    },
)


def _attribute(token: str, name: str, attribute: str, **more: Any) -> Adapter:
    """An attribute of a queue that is a resource of its own."""
    put = Call(_SET, {"Attributes": {attribute: f"{{{name}}}"}})
    return Adapter(
        type=token,
        service="sqs",
        properties=f"queue_url {name}",
        id="{queue_url}",
        documents=name,
        create=put,
        reads=(Call("get_queue_attributes", _ALL, at="Attributes"),),
        steps=(Step(name, put),),
        delete=Call(_SET, {"Attributes": {attribute: ""}}),
        gone=f"!(Attributes.{attribute})",
        **more,
    )


QUEUE_POLICY = _attribute(
    "aws:sqs/queuePolicy:QueuePolicy", "policy", "Policy", members=(Members(QUEUE.type, id="{id}"),)
)
REDRIVE_POLICY = _attribute("aws:sqs/redrivePolicy:RedrivePolicy", "redrive_policy", "RedrivePolicy")

ADAPTERS = (QUEUE, QUEUE_POLICY, REDRIVE_POLICY)
