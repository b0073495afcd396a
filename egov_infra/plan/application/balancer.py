"""What the public reaches: a load balancer that speaks TLS 1.3, behind a web ACL."""

from __future__ import annotations

from egov_infra.model.services import LAST_PRIORITY
from egov_infra.plan.alarms import Alarm, add_alarm
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.group import HTTPS, add_group, open_tls
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value
from egov_infra.plan.web_acl import add_web_acl
from egov_infra.source.frozen import frozen

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3; for handsets that lack it 1.2 with forward secrecy and authenticated ciphers (ELB, security policies)."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
DRAIN_SECONDS = 30
HEALTHY, UNHEALTHY, CHECK_SECONDS = 2, 3, 15
SLOW_SECONDS = 2
"""Mean time of an answer at which people are told."""
REFUSED: dict[str, Value] = {
    "type": "fixed-response",
    "fixed_response": {"content_type": "text/plain", "message_body": "Forbidden", "status_code": "403"},
}
"""What a listener does where rules alone say who is served."""
NOBODY = "192.0.2.0/32"
"""A source that no connection has (RFC 5737: for documentation, never routed)."""
LAST = LAST_PRIORITY + 1
"""After the rules of all others: the lowest number decides first."""


@frozen
class Balancer:
    """A planned load balancer, for what stands behind it."""

    resource: PlannedResource
    group: PlannedResource
    """Its security group."""
    targets: PlannedResource
    """Where it sends requests."""
    listener: PlannedResource
    attachment: PlannedResource
    """What makes the targets those of the balancer: before that, Amazon ECS refuses to register containers there."""


def add_balancer(
    ground: Ground, certificate_arn: Value, port: int, health_path: str, *, by_rules: bool = False
) -> Balancer:
    """Plan balancer, targets that speak TLS on a port, listener, web ACL and alarms.

    With `by_rules` the listener refuses every request that no rule of other stacks is about, and the balancer can reach
    who says who somebody is.
    """
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
        default_actions=(REFUSED if by_rules else _forward(targets),),
        tags=tags,
    )
    acl = add_web_acl(add, ground.name, f"In front of {ground.name}", ground.key_arn, tags)
    add("wafv2.WebAclAssociation", "balancer-web-acl", resource_arn=balancer.arn, web_acl_arn=acl.arn)
    attachment = listener
    if by_rules:
        # Amazon Cognito publishes no ranges of its own (ELB, Authenticate users: security groups)
        open_tls(ground, "balancer-login", group, "Egress")
        attachment = _attach(ground, listener, targets)
    made = Balancer(balancer, group, targets, listener, attachment)
    _add_alarms(ground, made)
    return made


def _forward(targets: PlannedResource) -> dict[str, Value]:
    return {"type": "forward", "target_group_arn": targets.arn}


def _attach(ground: Ground, listener: PlannedResource, targets: PlannedResource) -> PlannedResource:
    """Plan a rule that serves nobody: it stands last, and no request meets its condition."""
    return ground.add(
        "lb.ListenerRule",
        "attachment",
        listener_arn=listener.arn,
        priority=LAST,
        conditions=({"source_ip": {"values": (NOBODY,)}},),
        actions=(_forward(targets),),
        tags=ground.tags,
    )


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
