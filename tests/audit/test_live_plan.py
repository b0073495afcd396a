from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from egov_infra.audit.record import StackAudit
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, Value
from tests.audit.stacks import ACCOUNT, REGION, Meddler, delivery, sample

Look = Callable[[StackPlan], tuple[StackAudit, StackPlan]]
Make = Callable[[StackPlan], None]


def _inputs(plan: StackPlan) -> dict[str, Mapping[str, Any]]:
    return {resource.name.removeprefix("erb-sample-"): resource.inputs for resource in plan.resources}


def test_what_is_as_declared_stays_as_planned(make: Make, look: Look) -> None:
    """References stay references; what AWS filled in by itself is there too, for the rules to see."""
    plan = sample()
    make(plan)
    _, live = look(plan)
    planned = _inputs(plan)
    filled_in = {
        name: {key: value for key, value in inputs.items() if planned[name].get(key) != value}
        for name, inputs in _inputs(live).items()
    }
    root: Mapping[str, Value] = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    own: Mapping[str, Value] = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": root}
    policy: Mapping[str, Value] = {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": ({**own, "Action": "kms:*", "Resource": "*"},),
    }
    queue = {"sqs_managed_sse_enabled": True, "max_message_size": 1048576}
    assert {name: inputs for name, inputs in filled_in.items() if inputs} == {
        "key": {"policy": Document(policy)},
        "dead": queue,
        "queue": queue,
        "api": {"endpoint_configuration": {"types": "EDGE"}},
    }
    assert all(inputs.keys() <= _inputs(live)[name].keys() for name, inputs in planned.items())


def test_statement_that_was_added_stands_beside_the_planned_ones(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """The planned statement keeps its reference; the added one is as it is live."""
    plan = sample()
    make(plan)
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::erb-data/*"}
    Meddler(cloud, store).add_statement(**everyone)
    policy = _inputs(look(plan)[1])["data-policy"]["policy"]
    planned = _inputs(plan)["data-policy"]["policy"].body["Statement"][0]
    assert isinstance(planned["Resource"], Join)
    assert policy == Document({"Version": "2012-10-17", "Statement": (planned, everyone)})


def test_reference_that_leads_elsewhere_is_followed(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """To another resource of the stack it is a reference again; to what the stack does not know it is text."""
    plan = sample()
    make(plan)
    meddler = Meddler(cloud, store)
    s3 = meddler.client("s3")

    def target(bucket: str) -> Any:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(delivery(bucket)))
        logging = {"TargetBucket": bucket, "TargetPrefix": "data/"}
        s3.put_bucket_logging(Bucket="erb-data", BucketLoggingStatus={"LoggingEnabled": logging})
        return _inputs(look(plan)[1])["data-logging"]["target_bucket"]

    s3.create_bucket(Bucket="evil", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert target("evil") == "evil"
    assert target("erb-data") == Ref("erb-sample-data", "id")


def test_what_is_gone_is_not_there_and_nothing_refers_to_it(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """A queue's dead letters go to what was recorded of the queue that is gone, as text that leads nowhere."""
    plan = sample()
    make(plan)
    meddler = Meddler(cloud, store)
    meddler.client("sqs").delete_queue(QueueUrl=meddler.id("dead"))
    live = _inputs(look(plan)[1])
    assert "dead" not in live
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:erb-dead"
    assert live["queue"]["redrive_policy"] == Document({"deadLetterTargetArn": arn, "maxReceiveCount": 5})


def test_what_was_added_stands_in_the_plan(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """As if it were planned with the resource that it was added to, to which it refers."""
    plan = sample()
    make(plan)
    rule = Meddler(cloud, store).open_port(22)
    names = {resource.name for resource in plan.resources}
    (added,) = (resource for resource in look(plan)[1].resources if resource.name not in names)
    assert added == PlannedResource(
        type="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        name=f"erb-sample-group:{rule}",
        inputs={
            "security_group_id": Ref("erb-sample-group", "id"),
            "ip_protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidr_ipv4": "0.0.0.0/0",
        },
        owner="erb",
        stack="erb.sample",
        account=ACCOUNT,
        region=REGION,
        path=("domains", 0),
    )
