"""AWS Budgets."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs


def _with_subscribers(inputs: Inputs) -> dict[str, Any]:
    """Notifications as the API takes them, tags as it calls them."""
    found = [
        {
            "Notification": {
                "NotificationType": item["notification_type"],
                "ComparisonOperator": item["comparison_operator"],
                "Threshold": float(item["threshold"]),
                "ThresholdType": item["threshold_type"],
            },
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for kind, key in (("EMAIL", "email_addresses"), ("SNS", "sns_topic_arns"))
                for address in item.get(f"subscriber_{key}") or ()
            ],
        }
        for item in inputs.get("notifications") or ()
    ]
    tags = [{"Key": key, "Value": value} for key, value in sorted((inputs.get("tags") or {}).items())]
    return {"notifications_with_subscribers": found or None, "resource_tags": tags or None}


# moto has no UpdateBudget, so that every change replaces it
BUDGET = Adapter(
    type="aws:budgets/budget:Budget",
    service="budgets",
    properties="account_id name budget_type time_unit limit_amount limit_unit notifications tags",
    id="{account_id}:{name}",
    names={"name": "BudgetName", "limit_amount": "BudgetLimit.Amount", "limit_unit": "BudgetLimit.Unit"},
    create=Call(
        "create_budget",
        {
            "NotificationsWithSubscribers": "{notifications_with_subscribers}",
            "ResourceTags": "{resource_tags}",
        },
        inside="Budget",
    ),
    reads=(Call("describe_budget", at="Budget"), Call("describe_notifications_for_budget", is_paged=True)),
    delete=Call("delete_budget"),
    derive=_with_subscribers,
    outputs={"arn": "arn:aws:budgets::{account_id}:budget/{name}"},
    sets="notifications",
    unread={
        "tags": "moto keeps no tags of budgets",
        "notifications.subscriber_email_addresses": "moto has no DescribeSubscribersForNotification",
        "notifications.subscriber_sns_topic_arns": "moto has no DescribeSubscribersForNotification",
    },
)

ADAPTERS = (BUDGET,)
