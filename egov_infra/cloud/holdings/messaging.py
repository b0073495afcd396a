"""Amazon SQS, SNS and SES: who may put messages in, and who may send mail."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.adapters.sqs import QUEUE
from egov_infra.cloud.holding import Holding, lets_everyone_in

HOLDINGS = (
    Holding(
        "public queue",
        "sqs",
        # without a number AWS gives the first thousand only
        Call("list_queues", {"MaxResults": 1000}, at="QueueUrls[].{id: @}", is_paged=True),
        "takes and gives messages to everyone",
        types=(QUEUE.type,),
        id=QUEUE.id.replace("{name}", "{tail}"),
        detail=Call(
            "get_queue_attributes",
            {"QueueUrl": "{id}", "AttributeNames": ["Policy"]},
            at="{policy: Attributes.Policy}",
        ),
        is_worth=lambda row: lets_everyone_in(row["policy"]),
    ),
    Holding(
        "public topic",
        "sns",
        Call("list_topics", at="Topics[].{id: TopicArn}", is_paged=True),
        "takes and gives messages to everyone",
        types=("aws:sns/topic:Topic",),
        detail=Call("get_topic_attributes", {"TopicArn": "{id}"}, at="{policy: Attributes.Policy}"),
        is_worth=lambda row: lets_everyone_in(row["policy"]),
    ),
    Holding(
        "mail identity",
        "sesv2",
        Call("list_email_identities", at="EmailIdentities[].{id: IdentityName}", is_paged=True),
        "can send mail in its name",
        types=("aws:sesv2/emailIdentity:EmailIdentity",),
    ),
)
