"""What the public reaches: a load balancer that speaks TLS 1.3, behind a web ACL."""

from __future__ import annotations

from dataclasses import dataclass

from egov_infra.plan.alarms import Alarm, add_alarm
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.group import HTTPS, add_group, open_tls
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value
from egov_infra.plan.web_acl import add_web_acl

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3; for handsets that lack it 1.2 with forward secrecy and authenticated ciphers (ELB, security policies)."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
DRAIN_SECONDS = 30
HEALTHY, UNHEALTHY, CHECK_SECONDS = 2, 3, 15
SLOW_SECONDS = 2
"""Mean time of an answer at which people are told."""


@dataclass(frozen=True, slots=True)
class Balancer:
    """A planned load balancer, for what stands behind it."""

    resource: PlannedResource
    group: PlannedResource
    """Its security group."""
    targets: PlannedResource
    """Where it sends requests."""
    listener: PlannedResource


def add_balancer(ground: Ground, certificate_arn: Value, port: int, health_path: str) -> Balancer:
    """Plan balancer, targets that speak TLS on a port, listener, web ACL and alarms."""
    add, tags = ground.add, ground.tags
    group = add_group(ground, "balancer", "What the public reaches")
    open_tls(ground, "balancer-public", group, "Ingress")
    balancer = add(
        "lb.LoadBalancer",
        "balancer",
        opts=Options(depends_on=ground.after),
        name=ground.called(limit=32),
        internal=False,
        load_balancer_type="application",
        security_groups=(group.id,),
        subnets=ground.front_subnets,
        access_logs={"bucket": ground.log_bucket, "prefix": ground.name, "enabled": True},
        desync_mitigation_mode="strictest",
        drop_invalid_header_fields=True,
        enable_deletion_protection=not ground.is_draining,
        tags=tags,
    )
    targets = add(
        "lb.TargetGroup",
        "targets",
        name=ground.called(limit=32),
        port=port,
        protocol="HTTPS",
        target_type="ip",
        vpc_id=ground.vpc_id,
        deregistration_delay=DRAIN_SECONDS,
        health_check={
            "enabled": True,
            "path": health_path,
            "protocol": "HTTPS",
            "matcher": "200",
            "interval": CHECK_SECONDS,
            "timeout": 5,
            "healthy_threshold": HEALTHY,
            "unhealthy_threshold": UNHEALTHY,
        },
        tags=tags,
    )
    listener = add(
        "lb.Listener",
        "listener",
        load_balancer_arn=balancer.arn,
        port=HTTPS,
        protocol="HTTPS",
        ssl_policy=TLS_POLICY,
        certificate_arn=certificate_arn,
        routing_http_response_strict_transport_security_header_value=STRICT_TRANSPORT,
        routing_http_response_x_content_type_options_header_value="nosniff",
        routing_http_response_server_enabled=False,
        default_actions=({"type": "forward", "target_group_arn": targets.arn},),
        tags=tags,
    )
    acl = add_web_acl(add, ground.name, f"In front of {ground.name}", ground.key_arn, tags)
    add("wafv2.WebAclAssociation", "balancer-web-acl", resource_arn=balancer.arn, web_acl_arn=acl.arn)
    made = Balancer(balancer, group, targets, listener)
    _add_alarms(ground, made)
    return made


def _add_alarms(ground: Ground, made: Balancer) -> None:
    where: dict[str, Value] = {"LoadBalancer": made.resource.output("arn_suffix")}
    behind: dict[str, Value] = {**where, "TargetGroup": made.targets.output("arn_suffix")}
    for role, text, metric, threshold, statistic, dimensions in (
        ("failing", "Answers are errors", "HTTPCode_Target_5XX_Count", 10, "Sum", behind),
        ("unhealthy", "A container does not answer", "UnHealthyHostCount", 1, "Maximum", behind),
        ("slow", "Answers are slow", "TargetResponseTime", SLOW_SECONDS, "Average", where),
    ):
        alarm = Alarm(
            name=ground.called("balancer", role, limit=255),
            description=f"{text}: {ground.name}",
            namespace="AWS/ApplicationELB",
            metric=metric,
            threshold=threshold,
            dimensions=dimensions,
            statistic=statistic,
            period_seconds=60,
            periods=5,
        )
        add_alarm(ground.add, f"balancer-{role}-alarm", alarm, ground.alarms, ground.tags)
