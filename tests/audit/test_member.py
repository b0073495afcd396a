from __future__ import annotations

import json
from collections.abc import Callable

from egov_infra.audit.record import StackAudit, Undeclared
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.application.balancer import REFUSED
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import Ref
from tests.audit.conftest import PLACE
from tests.audit.stacks import ACCOUNT, REGION, Meddler, allow, sample

Look = Callable[[StackPlan], tuple[StackAudit, StackPlan]]
Make = Callable[[StackPlan], None]


def test_what_was_added_is_named_with_what_it_was_added_to(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """Kind, id, owner, and the place of the declared resource."""
    plan = sample()
    make(plan)
    rule = Meddler(cloud, store).open_port(22)
    audit, _ = look(plan)
    assert audit.undeclared == (
        Undeclared(
            account=ACCOUNT,
            region=REGION,
            kind="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            id=rule,
            name="",
            why="was added, and nobody declared it",
            institution="erb",
            stack="erb.sample",
            resource="erb-sample-group",
            place=PLACE,
        ),
    )
    assert audit.drifts == ()


def test_all_that_can_be_added_is_seen(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """A record, a policy where none is declared, a method, a permission of a role: each of another service."""
    plan = sample()
    make(plan)
    meddler = Meddler(cloud, store)
    meddler.set_record("evil.erb.go.tz", "198.51.100.7")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("sqs:SendMessage")]})
    meddler.client("sqs").set_queue_attributes(QueueUrl=meddler.id("queue"), Attributes={"Policy": policy})
    api, resource, _ = meddler.id("get").split("/")
    meddler.client("apigateway").put_method(
        restApiId=api, resourceId=resource, httpMethod="DELETE", authorizationType="NONE"
    )
    meddler.client("iam").put_role_policy(RoleName="erb-role", PolicyName="more", PolicyDocument=policy)
    audit, _ = look(plan)
    assert {(item.resource.removeprefix("erb-sample-"), item.id) for item in audit.undeclared} == {
        ("zone", f"{meddler.id('zone')}_evil.erb.go.tz_A"),
        ("queue", meddler.id("queue")),
        ("api", f"{api}/{resource}/DELETE"),
        ("role", "erb-role:more"),
    }


def test_what_another_stack_declares_is_declared(make: Make, look: Look, store: Store) -> None:
    """A record that another stack put into the zone was not added by a stranger."""
    plan = sample()
    make(plan)
    zone = store.load(plan.name).outputs["zone"]
    other = StackBuilder("abc.sample", "abc", ACCOUNT, REGION)
    other.at()(
        "route53.Record", "a", zone_id=zone, name="abc.erb.go.tz", type="A", ttl=60, records=("192.0.2.9",)
    )
    make(other.build())
    assert look(plan)[0].undeclared == ()


def _behind_login() -> StackPlan:
    """A listener that refuses, and one rule by which somebody is served."""
    stack = StackBuilder("erb.sample", "erb", ACCOUNT, REGION)
    add = stack.at("services", "e_office")
    vpc = add("ec2.Vpc", "vpc", cidr_block="10.40.0.0/24")
    subnets = [
        add(
            "ec2.Subnet",
            f"subnet-{zone}",
            vpc_id=vpc.id,
            cidr_block=block,
            availability_zone=f"{REGION}{zone}",
        ).id
        for zone, block in (("a", "10.40.0.0/26"), ("b", "10.40.0.64/26"))
    ]
    group = add("ec2.SecurityGroup", "group", name="erb", description="erb", vpc_id=vpc.id)
    balancer = add(
        "lb.LoadBalancer",
        "balancer",
        name="erb",
        subnets=tuple(subnets),
        security_groups=(group.id,),
        access_logs={"bucket": "logs", "prefix": "erb", "enabled": True},
    )
    targets = add(
        "lb.TargetGroup", "targets", name="erb", port=8443, protocol="HTTPS", target_type="ip", vpc_id=vpc.id
    )
    listener = add(
        "lb.Listener",
        "listener",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=(REFUSED,),
    )
    pool = add("cognito.UserPool", "officers", name="erb")
    client = add("cognito.UserPoolClient", "client", user_pool_id=pool.id, name="erb")
    add(
        "lb.ListenerRule",
        "rule",
        listener_arn=listener.arn,
        priority=7,
        conditions=({"host_header": {"values": ("erb.ofisi.go.tz",)}},),
        actions=(
            {
                "type": "authenticate-cognito",
                "order": 1,
                "authenticate_cognito": {
                    "user_pool_arn": pool.arn,
                    "user_pool_client_id": client.id,
                    "user_pool_domain": "erb",
                },
            },
            {"type": "forward", "order": 2, "target_group_arn": targets.arn},
        ),
    )
    return stack.build()


def test_a_way_around_the_login_is_named(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """A rule that loses its login, or lets everybody in, or rewrites the host, is drift; one before it is undeclared."""
    plan = _behind_login()
    make(plan)
    assert (look(plan)[0].drifts, look(plan)[0].undeclared) == ((), ())
    meddler = Meddler(cloud, store)
    elb, rule = meddler.client("elbv2"), meddler.id("rule")
    (found,) = elb.describe_rules(RuleArns=[rule])["Rules"]
    login, forward = found["Actions"]
    any_path = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    opened = {**login["AuthenticateCognitoConfig"], "OnUnauthenticatedRequest": "allow"}
    rewrites = {"HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "erb", "Replace": "trc"}]}}

    def paths() -> list[str]:
        return [drift.property for drift in look(plan)[0].drifts]

    elb.modify_rule(RuleArn=rule, Actions=[{**login, "AuthenticateCognitoConfig": opened}, forward])
    assert paths() == ["actions.authenticate_cognito.on_unauthenticated_request"]
    elb.modify_rule(RuleArn=rule, Actions=[forward])
    assert paths() == ["actions"]
    transforms = [{"Type": "host-header-rewrite", **rewrites}]
    elb.modify_rule(RuleArn=rule, Actions=[login, forward], Transforms=transforms)
    assert paths() == ["transforms"]
    listener = meddler.id("listener")
    before = elb.create_rule(ListenerArn=listener, Conditions=any_path, Actions=[forward], Priority=1)
    audit, live = look(plan)
    assert [(one.resource, one.id) for one in audit.undeclared] == [
        ("erb-sample-listener", before["Rules"][0]["RuleArn"])
    ]
    (added,) = (item for item in live.resources if item.inputs.get("priority") == 1)
    assert added.inputs["listener_arn"] == Ref("erb-sample-listener", "arn")
