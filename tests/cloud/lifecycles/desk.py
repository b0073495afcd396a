"""What the helpdesk needs: mail that comes in, and buckets that tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, LifeCycle, World, call, given

SET = "aws:ses/receiptRuleSet:ReceiptRuleSet"
BUCKET = "desk-mail"


def _active(world: World) -> Mapping[str, Any]:
    for name in ("desk", "other"):
        world.make(SET, rule_set_name=name)
    return {"rule_set_name": "desk"}


def _rule(world: World) -> Mapping[str, Any]:
    world.make(SET, rule_set_name="desk")
    for bucket in (BUCKET, "elsewhere"):
        world.make("aws:s3/bucket:Bucket", bucket=bucket)
    return {
        "rule_set_name": "desk",
        "name": "mail-in",
        "enabled": True,
        "recipients": ("desk.go.tz",),
        "scan_enabled": True,
        "tls_policy": "Require",
        "s3_actions": ({"bucket_name": BUCKET, "object_key_prefix": "in/", "position": 1},),
    }


def _notification(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket=BUCKET)
    for name in ("mail", "other"):
        world.make("aws:sqs/queue:Queue", name=name)
    return {"bucket": BUCKET, "queues": (_queue("mail"),)}


def _queue(name: str) -> Mapping[str, Any]:
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    return {"id": name, "queue_arn": arn, "events": ("s3:ObjectCreated:*",)}


_MAIL_RULE = {
    "Name": "mail-in",
    "Enabled": True,
    "Recipients": ["desk.go.tz"],
    "ScanEnabled": False,
    "TlsPolicy": "Require",
    "Actions": [{"S3Action": {"BucketName": BUCKET, "ObjectKeyPrefix": "in/"}}],
}

LIFE_CYCLES = (
    LifeCycle(
        SET, given(rule_set_name="desk"), None, call("ses", "delete_receipt_rule_set", RuleSetName="{id}"), ""
    ),
    LifeCycle(
        "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet",
        _active,
        {"rule_set_name": "other"},
        call("ses", "set_active_receipt_rule_set", RuleSetName="other"),
        "",
    ),
    LifeCycle(
        "aws:ses/receiptRule:ReceiptRule",
        _rule,
        {
            "enabled": False,
            "recipients": ("desk.go.tz", "help.go.tz"),
            "scan_enabled": False,
            "tls_policy": "Optional",
            "s3_actions": ({"bucket_name": "elsewhere", "object_key_prefix": "x/", "position": 1},),
        },
        call("ses", "update_receipt_rule", RuleSetName="desk", Rule=_MAIL_RULE),
        "scan_enabled",
    ),
    LifeCycle(
        "aws:s3/bucketNotification:BucketNotification",
        _notification,
        {"queues": (_queue("other"),)},
        call("s3", "put_bucket_notification_configuration", Bucket=BUCKET, NotificationConfiguration={}),
        "",
    ),
)
