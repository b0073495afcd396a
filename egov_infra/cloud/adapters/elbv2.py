"""Elastic Load Balancing: application load balancers, their targets and listeners."""

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
_CERTIFICATE = {"Certificates": [{"CertificateArn": "{certificate_arn}"}]}
LISTENER = Adapter(
    type="aws:lb/listener:Listener",
    service="elbv2",
    properties=f"load_balancer_arn protocol {_CHANGEABLE} {' '.join(_LISTENER)} tags",
    id="{arn}",
    names={"arn": "ListenerArn"},
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
    defaults={"routing_http_response_server_enabled": True},
    members=(
        Members(
            BALANCER.type,
            Call("describe_listeners", at="Listeners[].ListenerArn", is_paged=True),
        ),
    ),
)

ADAPTERS = (BALANCER, TARGET_GROUP, LISTENER)
