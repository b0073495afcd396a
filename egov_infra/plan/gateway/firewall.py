"""The web ACL in front of every institution's API, and its log."""

from __future__ import annotations

from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.log_retention import LOG_DAYS
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Value

REQUESTS_PER_ADDRESS = 2000
"""Requests in five minutes from one address, above which it waits."""
GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
"""AWS managed rule groups, in the order in which they look at a request."""


def add_web_acl(shared: SharedAccount, key: PlannedResource) -> PlannedResource:
    """Plan the web ACL with its log group; returns the ACL."""
    acl = shared.add(
        "wafv2.WebAcl",
        "web-acl",
        name="gmp",
        description="In front of all routes of the mobile platform",
        scope="REGIONAL",
        default_action={"allow": {}},
        rules=(
            *(_managed(priority, group) for priority, group in enumerate(GROUPS)),
            {
                "name": "rate",
                "priority": len(GROUPS),
                "action": {"block": {}},
                "statement": {
                    "rate_based_statement": {"limit": REQUESTS_PER_ADDRESS, "aggregate_key_type": "IP"}
                },
                "visibility_config": _seen("rate"),
            },
        ),
        visibility_config=_seen("gmp"),
        tags=shared.tags,
    )
    logs = shared.add(
        "cloudwatch.LogGroup",
        "web-acl-logs",
        name="aws-waf-logs-gmp",
        retention_in_days=LOG_DAYS[shared.tags["classification"]],
        kms_key_id=key.arn,
        tags=shared.tags,
    )
    shared.add(
        "wafv2.WebAclLoggingConfiguration",
        "web-acl-logging",
        resource_arn=acl.arn,
        log_destination_configs=(logs.arn,),
        redacted_fields=(
            {"single_header": {"name": "authorization"}},
            {"single_header": {"name": "x-api-key"}},
        ),
    )
    return acl


def _managed(priority: int, group: str) -> dict[str, Value]:
    return {
        "name": group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group}},
        "visibility_config": _seen(group),
    }


def _seen(metric: str) -> dict[str, Value]:
    """Counted, but no request is kept as a sample: samples hold what people sent."""
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": False}
