from __future__ import annotations

import json
from collections.abc import Callable

from egov_infra.audit.record import StackAudit, Undeclared
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan
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
