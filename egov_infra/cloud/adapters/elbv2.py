"""Elastic Load Balancing: application load balancers, their targets, listeners and the rules of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

_TAGS = Tags("add_tags", "remove_tags", "describe_tags", {"ResourceArns": ["{arn}"]}, at="TagDescriptions[0]")


def _set(operation: str, of: Mapping[str, Any], attributes: Mapping[str, str], name: str = "") -> Step:
    """A step that sets attributes, which are pairs of key and value; `attributes` maps each to its property."""
    pairs = [{"Key": key, "Value": f"{{{place}}}"} for key, place in attributes.items()]
    return Step(name or " ".join(attributes.values()), Call(operation, {**of, "Attributes": pairs}))


def _value(key: str) -> str:
    """The value of an attribute in an answer."""
    return f"Attributes[?Key=='{key}'].Value | [0]"


_BALANCER = {
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "enable_deletion_protection": "deletion_protection.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
}
_LOGS = {name: f"access_logs.s3.{name}" for name in ("bucket", "prefix", "enabled")}
BALANCER = Adapter(
    type="aws:lb/loadBalancer:LoadBalancer",
    service="elbv2",
    properties=f"name internal load_balancer_type security_groups subnets access_logs {' '.join(_BALANCER)} tags",
    id="{arn}",
    names={"load_balancer_type": "Type", "name": "Name", "arn": "LoadBalancerArn"},
    answers={
        "name": "LoadBalancerName",
        "internal": "Scheme == 'internal'",
        "subnets": "AvailabilityZones[].SubnetId",
        "access_logs": "{" + ", ".join(f"{name}: {_value(key)}" for name, key in _LOGS.items()) + "}",
        **{name: _value(key) for name, key in _BALANCER.items()},
    },
    create=Call("create_load_balancer", {"Scheme": "{scheme}"}, at="LoadBalancers[0]"),
    reads=(
        Call("describe_load_balancers", {"LoadBalancerArns": ["{arn}"]}, at="LoadBalancers[0]"),
        Call("describe_load_balancer_attributes"),
    ),
    steps=(
        Step("security_groups", Call("set_security_groups")),
        Step("subnets", Call("set_subnets")),
        *(
            _set("modify_load_balancer_attributes", {"LoadBalancerArn": "{arn}"}, {key: name})
            for name, key in _BALANCER.items()
        ),
        Step(
            "access_logs",
            Call(
                "modify_load_balancer_attributes",
                {
                    "LoadBalancerArn": "{arn}",
                    "Attributes": [
                        {"Key": key, "Value": f"{{access_logs.{name}}}"} for name, key in _LOGS.items()
                    ],
                },
            ),
        ),
    ),
    derive=lambda inputs: {"scheme": "internal" if inputs.get("internal") else "internet-facing"},
    tags=_TAGS,
    delete=Call("delete_load_balancer"),
    outputs={
        "arn": "LoadBalancerArn",
        # what metrics call it (CloudWatch metrics for Application Load Balancers)
        "arn_suffix": "after(LoadBalancerArn, ':loadbalancer/')",
        "dns_name": "DNSName",
        "zone_id": "CanonicalHostedZoneId",
        "vpc_id": "VpcId",
    },
    defaults={
        "load_balancer_type": "application",
        "internal": False,
        "desync_mitigation_mode": "defensive",
        "drop_invalid_header_fields": False,
        "enable_deletion_protection": False,
        "idle_timeout": 60,
        "access_logs": {"bucket": "", "enabled": False},
    },
    listing=Call("describe_load_balancers", at="LoadBalancers[].LoadBalancerArn", is_paged=True),
)

_CHECK = {
    "enabled": "HealthCheckEnabled",
    "path": "HealthCheckPath",
    "protocol": "HealthCheckProtocol",
    "port": "HealthCheckPort",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthy_threshold": "HealthyThresholdCount",
    "unhealthy_threshold": "UnhealthyThresholdCount",
    "matcher": "Matcher.HttpCode",
}
_CHECK_PARAMETERS = {
    **{place: f"{{health_check.{name}}}" for name, place in _CHECK.items() if "." not in place},
    "Matcher": {"HttpCode": "{health_check.matcher}"},
}
TARGET_GROUP = Adapter(
    type="aws:lb/targetGroup:TargetGroup",
    service="elbv2",
    properties="name port protocol target_type vpc_id health_check deregistration_delay tags",
    id="{arn}",
    names={"name": "Name", "arn": "TargetGroupArn"},
    answers={
        "name": "TargetGroupName",
        "health_check": "{" + ", ".join(f"{name}: {place}" for name, place in _CHECK.items()) + "}",
        "deregistration_delay": _value("deregistration_delay.timeout_seconds"),
    },
    create=Call("create_target_group", _CHECK_PARAMETERS, at="TargetGroups[0]"),
    reads=(
        Call("describe_target_groups", {"TargetGroupArns": ["{arn}"]}, at="TargetGroups[0]"),
        Call("describe_target_group_attributes"),
    ),
    steps=(
        Step("health_check", Call("modify_target_group", _CHECK_PARAMETERS)),
        _set(
            "modify_target_group_attributes",
            {"TargetGroupArn": "{arn}"},
            {"deregistration_delay.timeout_seconds": "deregistration_delay"},
        ),
    ),
    tags=_TAGS,
    delete=Call("delete_target_group"),
    outputs={
        "arn": "TargetGroupArn",
        "arn_suffix": "join('/', ['targetgroup', after(TargetGroupArn, ':targetgroup/')])",
    },
    defaults={"target_type": "instance", "deregistration_delay": 300},
    listing=Call("describe_target_groups", at="TargetGroups[].TargetGroupArn", is_paged=True),
)

_RESPONSE = "routing.http.response"
_LISTENER = {
    "routing_http_response_strict_transport_security_header_value": f"{_RESPONSE}.strict_transport_security.header_value",
    "routing_http_response_x_content_type_options_header_value": f"{_RESPONSE}.x_content_type_options.header_value",
    "routing_http_response_server_enabled": f"{_RESPONSE}.server.enabled",
}
_CHANGEABLE = "port ssl_policy certificate_arn default_actions"


def _actions(path: str) -> dict[str, str]:
    """Where the parts of actions stand in the API."""
    return {
        f"{path}.authenticate_cognito": "AuthenticateCognitoConfig",
        f"{path}.authenticate_oidc": "AuthenticateOidcConfig",
        f"{path}.fixed_response": "FixedResponseConfig",
        f"{path}.redirect": "RedirectConfig",
        f"{path}.jwt_validation": "JwtValidationConfig",
        f"{path}.forward": "ForwardConfig",
        f"{path}.forward.stickiness": "TargetGroupStickinessConfig",
        f"{path}.forward.stickiness.duration": "DurationSeconds",
        f"{path}.forward.target_groups.arn": "TargetGroupArn",
    }


def _said_once(action: Mapping[str, Any]) -> dict[str, Any]:
    """An action without what says again that it forwards to one target group (ELB API, Action)."""
    return {
        key: item
        for key, item in action.items()
        if key != "ForwardConfig" or not action.get("TargetGroupArn")
    }


def _listener(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "DefaultActions": [_said_once(action) for action in answer.get("DefaultActions") or ()]}


_CERTIFICATE = {"Certificates": [{"CertificateArn": "{certificate_arn}"}]}
LISTENER = Adapter(
    type="aws:lb/listener:Listener",
    service="elbv2",
    properties=f"load_balancer_arn protocol {_CHANGEABLE} {' '.join(_LISTENER)} tags",
    id="{arn}",
    names={"arn": "ListenerArn", **_actions("default_actions")},
    answers={
        "certificate_arn": "Certificates[0].CertificateArn",
        **{name: _value(key) for name, key in _LISTENER.items()},
    },
    create=Call("create_listener", _CERTIFICATE, at="Listeners[0]"),
    reads=(
        Call("describe_listeners", {"ListenerArns": ["{arn}"]}, at="Listeners[0]"),
        Call("describe_listener_attributes"),
    ),
    steps=(
        Step(_CHANGEABLE, Call("modify_listener", _CERTIFICATE)),
        *(
            _set("modify_listener_attributes", {"ListenerArn": "{arn}"}, {key: name})
            for name, key in _LISTENER.items()
        ),
    ),
    tags=_TAGS,
    delete=Call("delete_listener"),
    outputs={"arn": "ListenerArn"},
    decode=_listener,
    defaults={"routing_http_response_server_enabled": True},
    members=(
        Members(
            BALANCER.type,
            Call("describe_listeners", at="Listeners[].ListenerArn", is_paged=True),
        ),
    ),
)

_FIELDS = {
    "HostHeaderConfig": "host-header",
    "HttpHeaderConfig": "http-header",
    "HttpRequestMethodConfig": "http-request-method",
    "PathPatternConfig": "path-pattern",
    "QueryStringConfig": "query-string",
    "SourceIpConfig": "source-ip",
}
"""Where a condition says what it wants, and what it then calls itself."""
_CONFIGS = {field: config for config, field in _FIELDS.items()}


def _named_conditions(operation: str, params: dict[str, Any], _scope: Mapping[str, Any]) -> None:
    for condition in params.get("Conditions", ()):
        condition["Field"] = next(field for config, field in _FIELDS.items() if config in condition)
    if operation == "modify_rule" and "Transforms" not in params:
        params["ResetTransforms"] = True


def _rule(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its listener, which stands in its name only, and each condition in the newer of two spellings."""
    if "RuleArn" not in answer:
        return answer
    conditions = [
        {_CONFIGS[one["Field"]]: {"Values": one["Values"]}, **one} if one.get("Values") else one
        for one in answer.get("Conditions") or ()
    ]
    return {
        **answer,
        "ListenerArn": answer["RuleArn"].replace(":listener-rule/", ":listener/").rpartition("/")[0],
        "Conditions": conditions,
        "Actions": [_said_once(action) for action in answer.get("Actions") or ()],
    }


_LOGIN = "actions.authenticate_cognito"
_WHAT = "actions conditions transforms"
RULE = Adapter(
    type="aws:lb/listenerRule:ListenerRule",
    service="elbv2",
    properties=f"listener_arn priority {_WHAT} tags",
    id="{arn}",
    names={
        "arn": "RuleArn",
        **_actions("actions"),
        "conditions.host_header": "HostHeaderConfig",
        "conditions.http_header": "HttpHeaderConfig",
        "conditions.http_request_method": "HttpRequestMethodConfig",
        "conditions.path_pattern": "PathPatternConfig",
        "conditions.query_strings": "QueryStringConfig.Values",
        "conditions.source_ip": "SourceIpConfig",
        "transforms.host_header_rewrite_config.rewrite": "Rewrites",
        "transforms.url_rewrite_config.rewrite": "Rewrites",
    },
    create=Call("create_rule", at="Rules[0]"),
    reads=(Call("describe_rules", {"RuleArns": ["{arn}"]}, at="Rules[0]"),),
    steps=(
        Step(_WHAT, Call("modify_rule")),
        Step(
            "priority",
            Call("set_rule_priorities", {"RulePriorities": [{"RuleArn": "{arn}", "Priority": "{priority}"}]}),
        ),
    ),
    tails=f"{_LOGIN}.user_pool_client_id",
    tags=_TAGS,
    delete=Call("delete_rule"),
    outputs={"arn": "RuleArn"},
    sets="conditions",
    defaults={
        f"{_LOGIN}.on_unauthenticated_request": "authenticate",
        f"{_LOGIN}.scope": "openid",
        f"{_LOGIN}.session_cookie_name": "AWSELBAuthSessionCookie",
        f"{_LOGIN}.session_timeout": 604800,
        "transforms": (),
    },
    decode=_rule,
    encode=_named_conditions,
    listing=Call("describe_rules", {"ListenerArn": "{listener_arn}"}, at="Rules[].RuleArn", is_paged=True),
    members=(
        Members(
            LISTENER.type,
            # the default rule is what the listener itself does
            Call("describe_rules", {"ListenerArn": "{arn}"}, at="Rules[?!IsDefault].RuleArn", is_paged=True),
        ),
    ),
)

ADAPTERS = (BALANCER, TARGET_GROUP, LISTENER, RULE)
