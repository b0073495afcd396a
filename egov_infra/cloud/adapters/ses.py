"""Amazon SES, version 1: who takes mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Step

RULE_SET = Adapter(
    type="aws:ses/receiptRuleSet:ReceiptRuleSet",
    service="ses",
    properties="rule_set_name",
    id="{rule_set_name}",
    create=Call("create_receipt_rule_set"),
    reads=(Call("describe_receipt_rule_set", at="{RuleSetName: Metadata.Name}"),),
    delete=Call("delete_receipt_rule_set"),
    outputs={"arn": "arn:aws:ses:{region}:{account}:receipt-rule-set/{rule_set_name}"},
)

_ACTIVATE = Call("set_active_receipt_rule_set", {"RuleSetName": "{rule_set_name}"})
ACTIVE = Adapter(
    type="aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet",
    service="ses",
    properties="rule_set_name",
    id="{rule_set_name}",
    create=_ACTIVATE,
    reads=(
        Call(
            "describe_active_receipt_rule_set",
            at="Metadata.Name == '{rule_set_name}' && {RuleSetName: Metadata.Name} || `null`",
        ),
    ),
    delete=Call("set_active_receipt_rule_set", {"RuleSetName": None}),
)


def _actions(_operation: str, params: dict[str, Any], scope: Mapping[str, Any]) -> None:
    """Actions are one list in the API, in the order of their positions."""
    rule = params.get("Rule")
    if rule is None:
        return
    actions = sorted(scope.get("s3_actions") or (), key=lambda action: action["position"])
    rule["Actions"] = [
        {"S3Action": {_ACTION[name]: value for name, value in action.items() if name in _ACTION}}
        for action in actions
    ]


def _s3_actions(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    if "Actions" not in answer:
        return answer
    actions = [
        {
            **{
                name: action["S3Action"][place]
                for name, place in _ACTION.items()
                if place in action["S3Action"]
            },
            "position": position,
        }
        for position, action in enumerate(answer["Actions"], 1)
        if "S3Action" in action
    ]
    return {**answer, "s3_actions": actions}


_ACTION = {
    "bucket_name": "BucketName",
    "object_key_prefix": "ObjectKeyPrefix",
    "kms_key_arn": "KmsKeyArn",
    "topic_arn": "TopicArn",
    "iam_role_arn": "IamRoleArn",
}
_RULE = "enabled recipients s3_actions scan_enabled tls_policy"
RULE = Adapter(
    type="aws:ses/receiptRule:ReceiptRule",
    service="ses",
    properties=f"rule_set_name name {_RULE}",
    id="{rule_set_name}:{name}",
    names={"name": "Rule.Name"},
    create=Call("create_receipt_rule", inside="Rule"),
    reads=(Call("describe_receipt_rule", {"RuleName": "{name}"}, at="Rule"),),
    steps=(Step(_RULE, Call("update_receipt_rule", inside="Rule")),),
    delete=None,
    stays="moto has no DeleteReceiptRule: it goes with its rule set",
    encode=_actions,
    decode=_s3_actions,
    sets="recipients",
)

ADAPTERS = (RULE_SET, ACTIVE, RULE)
