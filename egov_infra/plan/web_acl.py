"""A web ACL with its log: what stands before everything that the public reaches."""

from __future__ import annotations

from egov_infra.plan.builder import Adder
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


def add_web_acl(
    add: Adder, name: str, description: str, key_arn: Value, tags: dict[str, str]
) -> PlannedResource:
    """Plan a regional web ACL with its log group; returns the ACL."""
    acl = add(
        "wafv2.WebAcl",
        "web-acl",
        name=name,
        description=description,
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
        visibility_config=_seen(name),
        tags=tags,
    )
    logs = add(
        "cloudwatch.LogGroup",
        "web-acl-logs",
        name=f"aws-waf-logs-{name}",
        retention_in_days=LOG_DAYS[tags["classification"]],
        kms_key_id=key_arn,
        tags=tags,
    )
    add(
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
