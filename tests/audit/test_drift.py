from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from egov_infra.audit.record import Drift, StackAudit
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan
from tests.audit.conftest import PLACE, forget_all_but_ids
from tests.audit.stacks import ACCOUNT, REGION, Meddler, delivery, sample

Look = Callable[[StackPlan], tuple[StackAudit, StackPlan]]
Make = Callable[[StackPlan], None]


def _told(audit: StackAudit) -> set[tuple[str, str, str, str]]:
    """Resource, property, declared and live of each drift."""
    prefix = "erb-sample-"
    return {(d.resource.removeprefix(prefix), d.property, d.declared, d.live) for d in audit.drifts}


def test_what_was_applied_is_as_declared(make: Make, look: Look) -> None:
    """Everything is read, nothing differs, nothing is left open."""
    plan = sample()
    make(plan)
    audit, _ = look(plan)
    assert audit == StackAudit("erb.sample", "erb", read=len(plan.resources))


def test_true_values_are_reported_by_ids_alone(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """Inputs and outputs are gone from the state: references are followed through the cloud, whatever the type."""
    plan = sample()
    make(plan)
    meddler = Meddler(cloud, store)
    forget_all_but_ids(store)
    assert look(plan)[0] == StackAudit("erb.sample", "erb", read=len(plan.resources))
    meddler.client("s3").create_bucket(
        Bucket="evil", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    meddler.client("s3").put_bucket_policy(Bucket="evil", Policy=json.dumps(delivery("evil")))
    logging = {"TargetBucket": "evil", "TargetPrefix": "data/"}
    meddler.client("s3").put_bucket_logging(
        Bucket="erb-data", BucketLoggingStatus={"LoggingEnabled": logging}
    )
    meddler.client("s3").delete_public_access_block(Bucket="erb-data")
    meddler.client("kms").disable_key_rotation(KeyId=meddler.id("key"))
    meddler.set_record("www.erb.go.tz", "198.51.100.7")
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:erb", "maxReceiveCount": 5}
    meddler.client("sqs").set_queue_attributes(
        QueueUrl=meddler.id("queue"), Attributes={"RedrivePolicy": json.dumps(redrive)}
    )
    meddler.client("iam").update_role(RoleName="erb-role", MaxSessionDuration=7200)
    api, resource, verb = meddler.id("get").split("/")
    gateway = meddler.client("apigateway")
    gateway.delete_method(restApiId=api, resourceId=resource, httpMethod=verb)
    gateway.put_method(restApiId=api, resourceId=resource, httpMethod=verb, authorizationType="NONE")
    meddler.client("ec2").create_tags(
        Resources=[meddler.id("network")], Tags=[{"Key": "owner", "Value": "other"}]
    )
    audit, _ = look(plan)
    assert _told(audit) == {
        ("data-block", "", "present", "absent"),
        ("data-logging", "target_bucket", "erb-logs", "evil"),
        ("get", "authorization", "AWS_IAM", "NONE"),
        ("key", "enable_key_rotation", "true", "false"),
        ("network", "tags.owner", "erb", "other"),
        (
            "queue",
            "redrive_policy.deadLetterTargetArn",
            f"arn:aws:sqs:{REGION}:{ACCOUNT}:erb-dead",
            f"arn:aws:sqs:{REGION}:{ACCOUNT}:erb",
        ),
        ("role", "max_session_duration", "3600", "7200"),
        ("www", "records", '["192.0.2.1"]', '["198.51.100.7"]'),
    }
    assert (audit.unresolved, audit.unknown, audit.read) == ({}, (), len(plan.resources))


def test_drift_names_who_where_and_both_values(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """Institution, stack, resource, property, declared and live value, and the place in the manifest."""
    plan = sample()
    make(plan)
    Meddler(cloud, store).set_record("www.erb.go.tz", "198.51.100.7")
    (drift,) = look(plan)[0].drifts
    assert drift == Drift(
        institution="erb",
        stack="erb.sample",
        resource="erb-sample-www",
        type="aws:route53/record:Record",
        property="records",
        declared='["192.0.2.1"]',
        live='["198.51.100.7"]',
        place=PLACE,
    )
    assert str(drift) == (
        'erb.yaml:1:1 erb.sample/erb-sample-www: records is ["198.51.100.7"], declared ["192.0.2.1"]'
    )


def test_of_a_policy_only_what_differs_is_named(make: Make, look: Look, store: Store, cloud: Cloud) -> None:
    """A statement that was added is the live value; those that are as declared are not repeated."""
    plan = sample()
    make(plan)
    open_to_all = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::erb-data/*",
    }
    Meddler(cloud, store).add_statement(**open_to_all)
    audit, _ = look(plan)
    assert _told(audit) == {
        ("data-policy", "policy.Statement", "absent", json.dumps([open_to_all], sort_keys=True))
    }


def test_reference_to_what_is_gone_is_compared_by_what_was_recorded(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """A role's policy names a bucket that is gone: the bucket is named, and the policy is as it was declared."""
    plan = sample()
    make(plan)
    meddler = Meddler(cloud, store)
    meddler.client("sqs").delete_queue(QueueUrl=meddler.id("dead"))
    audit, live = look(plan)
    assert _told(audit) == {("dead", "", "present", "absent")}
    assert audit.unresolved == {}
    assert "erb-sample-dead" not in {resource.name for resource in live.resources}


def test_what_nobody_knows_is_not_compared_and_said(
    make: Make, look: Look, store: Store, cloud: Cloud
) -> None:
    """The key is gone and the state has its id only: which properties refer to its ARN is said, not passed over."""
    plan = _keyed()
    make(plan)
    forget_all_but_ids(store)
    entry = next(iter(store.load(plan.name).by_name().values()))
    cloud.client("kms", ACCOUNT, REGION).schedule_key_deletion(KeyId=entry.id)
    audit, _ = look(plan)
    assert [(drift.resource, drift.live) for drift in audit.drifts] == [("erb-keyed-key", "absent")]
    assert audit.unresolved == {"erb-keyed-group": ("kms_key_id",)}


def _keyed() -> StackPlan:
    stack = StackBuilder("erb.keyed", "erb", ACCOUNT, REGION)
    key = stack.at()("kms.Key", "key", description="d")
    stack.at()("cloudwatch.LogGroup", "group", name="/erb", kms_key_id=key.arn, retention_in_days=30)
    return stack.build()


def _deny(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, service: str, *operations: str) -> None:
    """Take the permission for some operations away."""
    client: Any = cloud.client(service, ACCOUNT, REGION)
    allowed = client._make_api_call

    def call(operation: str, params: Any) -> Any:
        if operation in operations:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        return allowed(operation, params)

    monkeypatch.setattr(client, "_make_api_call", call)


def test_missing_permission_is_unknown_and_the_rest_goes_on(
    make: Make, look: Look, store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may not be read is named with what was refused; it is no drift, and no absence of drift."""
    plan = sample()
    make(plan)
    Meddler(cloud, store).set_record("www.erb.go.tz", "198.51.100.7")
    _deny(cloud, monkeypatch, "s3", "GetBucketPolicy", "GetBucketTagging")
    _deny(cloud, monkeypatch, "iam", "ListRolePolicies")
    audit, _ = look(plan)
    assert [(item.resource.removeprefix("erb-sample-"), item.kind) for item in audit.unknown] == [
        ("logs", "aws:s3/bucket:Bucket"),
        ("logs-policy", "aws:s3/bucketPolicy:BucketPolicy"),
        ("data", "aws:s3/bucket:Bucket"),
        ("data-policy", "aws:s3/bucketPolicy:BucketPolicy"),
        ("role", "aws:iam/rolePolicy:RolePolicy"),
    ]
    assert str(audit.unknown[0]) == (
        "erb.yaml:1:1 erb.sample/erb-sample-logs: aws:s3/bucket:Bucket erb-sample-logs: "
        "get_bucket_tagging failed: AccessDenied: no"
    )
    assert _told(audit) == {("www", "records", '["192.0.2.1"]', '["198.51.100.7"]')}
    assert audit.read == len(plan.resources) - 4


def test_planned_and_recorded_are_told_apart(make: Make, look: Look, store: Store) -> None:
    """What is planned and not recorded was not applied; what is recorded and planned no longer is left."""
    plan = _keyed()
    make(plan)
    smaller = replace(plan, resources=plan.resources[:1])
    assert look(smaller)[0].left == ("erb-keyed-group",)
    checkpoint = store.load(plan.name)
    known = {urn: entry for urn, entry in checkpoint.entries.items() if entry.name != "erb-keyed-group"}
    store.save(replace(checkpoint, entries=known))
    assert look(plan)[0].not_applied == ("erb-keyed-group",)
