"""How an institution's API is reached: deployment, stage behind the platform's web ACL, throttles, base path."""

from __future__ import annotations

import json

from egov_infra.plan.gateway.rest_api import Api, path_role
from egov_infra.plan.gateway.scope import GatewayScope, shared
from egov_infra.plan.log_retention import LOG_DAYS
from egov_infra.plan.resource import Options, PlannedResource

STAGE = "live"
FULL_RATE_HOURS = 8
"""A day's requests are those of so many hours at the full rate: nobody spends the platform's money unseen (OWASP API4)."""
_ACCESS_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "route": "$context.resourcePath",
        "status": "$context.status",
        "latency": "$context.responseLatency",
        "caller": "$context.authorizer.claims.client_id",
        "error": "$context.error.responseType",
    },
    separators=(",", ":"),
)
"""What is logged of a request: the route's template, never its values, body or address (GovStack Messaging 5.1.10)."""


def add_stage(scope: GatewayScope, api: Api) -> None:
    """Plan everything between the API and the platform's host."""
    add = scope.add("http")
    logs = add(
        "cloudwatch.LogGroup",
        "api-logs",
        name=f"/egov/gateway/{scope.institution.slug}",
        retention_in_days=LOG_DAYS[scope.institution.institution.classification],
        kms_key_id=shared("key_arn"),
        tags=scope.tags,
    )
    deployment = add(
        "apigateway.Deployment",
        "api-deployment",
        opts=Options(depends_on=tuple(item.name for item in api.methods)),
        rest_api=api.resource.id,
        description=f"Routes {api.digest[:12]}",
        triggers={"routes": api.digest},
    )
    stage = add(
        "apigateway.Stage",
        "api-stage",
        rest_api=api.resource.id,
        deployment=deployment.id,
        stage_name=STAGE,
        access_log_settings={"destination_arn": logs.arn, "format": _ACCESS_LOG},
        tags=scope.tags,
    )
    add(
        "wafv2.WebAclAssociation",
        "api-web-acl",
        resource_arn=stage.arn,
        web_acl_arn=shared("web_acl_arn"),
    )
    _add_throttles(scope, api.resource, stage)
    _add_usage_plan(scope, api.resource, stage)
    add(
        "apigateway.BasePathMapping",
        "api-base-path",
        domain_name=shared("host"),
        base_path=scope.institution.slug,
        rest_api=api.resource.id,
        stage_name=stage.output("stage_name"),
    )


def _add_throttles(scope: GatewayScope, api: PlannedResource, stage: PlannedResource) -> None:
    for index, route in enumerate(scope.gateway.http):
        for method in route.methods:
            scope.add("http", index)(
                "apigateway.MethodSettings",
                f"api-{method.lower()}-{path_role(route.path)}-settings",
                rest_api=api.id,
                stage_name=stage.output("stage_name"),
                method_path=f"{route.path.lstrip('/').replace('/', '~1')}/{method}",
                settings={
                    "throttling_rate_limit": route.rate_per_second,
                    "throttling_burst_limit": route.burst,
                    "metrics_enabled": True,
                    "logging_level": "ERROR",
                    "data_trace_enabled": False,
                },
            )


def _add_usage_plan(scope: GatewayScope, api: PlannedResource, stage: PlannedResource) -> None:
    """Callers with tokens are metered by a key, so that one of them cannot use up what the others need."""
    routes = [route for route in scope.gateway.http if route.auth == "jwt"]
    if not routes:
        return
    add = scope.add("http")
    rate = sum(route.rate_per_second for route in routes)
    plan = add(
        "apigateway.UsagePlan",
        "api-usage-plan",
        name=scope.name("callers"),
        description=f"Callers of {scope.institution.slug}",
        api_stages=({"api_id": api.id, "stage": stage.output("stage_name")},),
        throttle_settings={"rate_limit": rate, "burst_limit": sum(route.burst for route in routes)},
        quota_settings={"limit": rate * 3600 * FULL_RATE_HOURS, "period": "DAY"},
        tags=scope.tags,
    )
    key = add(
        "apigateway.ApiKey",
        "api-key",
        name=scope.name("callers"),
        description=f"Callers of {scope.institution.slug}",
        enabled=True,
        tags=scope.tags,
    )
    add(
        "apigateway.UsagePlanKey",
        "api-usage-plan-key",
        usage_plan_id=plan.id,
        key_id=key.id,
        key_type="API_KEY",
    )
