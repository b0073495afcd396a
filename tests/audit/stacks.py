"""A stack of many small resources that refer to each other, and who meddles with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import Options, StackPlan
from egov_infra.plan.value import Document, Join, Value

ACCOUNT, REGION = "110000000002", "af-south-1"
TAGS = {"institution": "erb", "owner": "erb"}


def allow(action: str, **more: Any) -> dict[str, Any]:
    """A statement that allows the account one action on everything."""
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


def delivery(bucket: str) -> dict[str, Any]:
    """A policy that lets access logs into a bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return {"Version": "2012-10-17", "Statement": (statement,)}


def sample() -> StackPlan:
    """Buckets, a zone, a key, a queue, a role, an API and a network; what they say of each other are references."""
    stack = StackBuilder("erb.sample", "erb", ACCOUNT, REGION)
    add = stack.at("domains", 0)
    logs = add("s3.Bucket", "logs", bucket="erb-logs", tags=TAGS)
    let_in = add("s3.BucketPolicy", "logs-policy", bucket=logs.id, policy=Document(delivery("erb-logs")))
    data = add("s3.Bucket", "data", bucket="erb-data", tags=TAGS)
    add(
        "s3.BucketPublicAccessBlock",
        "data-block",
        bucket=data.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    add(
        "s3.BucketLogging",
        "data-logging",
        opts=Options(depends_on=(let_in.name,)),
        bucket=data.id,
        target_bucket=logs.id,
        target_prefix="data/",
    )
    statement: Mapping[str, Value] = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": Join((data.arn, "/*")),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = Document({"Version": "2012-10-17", "Statement": (statement,)})
    add("s3.BucketPolicy", "data-policy", bucket=data.id, policy=policy)
    zone = add("route53.Zone", "zone", name="erb.go.tz", comment="c", tags=TAGS)
    add(
        "route53.Record",
        "www",
        zone_id=zone.id,
        name="www.erb.go.tz",
        type="A",
        ttl=300,
        records=("192.0.2.1",),
    )
    key = add("kms.Key", "key", description="data", enable_key_rotation=True, tags=TAGS)
    dead = add("sqs.Queue", "dead", name="erb-dead", kms_master_key_id=key.id)
    redrive = Document({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
    add("sqs.Queue", "queue", name="erb", kms_master_key_id=key.id, redrive_policy=redrive, tags=TAGS)
    role = add(
        "iam.Role",
        "role",
        name="erb-role",
        assume_role_policy=Document({"Version": "2012-10-17", "Statement": (allow("sts:AssumeRole"),)}),
    )
    add(
        "iam.RolePolicy",
        "role-policy",
        role=role.id,
        name="use",
        policy=Document(
            {
                "Version": "2012-10-17",
                "Statement": ({"Effect": "Allow", "Action": ("s3:GetObject",), "Resource": data.arn},),
            }
        ),
    )
    network = add("ec2.Vpc", "network", cidr_block="10.40.0.0/24", tags=TAGS)
    group = add("ec2.SecurityGroup", "group", name="erb", description="d", vpc_id=network.id)
    add(
        "vpc.SecurityGroupIngressRule",
        "tls",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4="10.40.0.0/24",
    )
    api = add("apigateway.RestApi", "api", name="erb")
    users = add(
        "apigateway.Resource",
        "users",
        rest_api=api.id,
        parent_id=api.output("root_resource_id"),
        path_part="u",
    )
    add(
        "apigateway.Method",
        "get",
        rest_api=api.id,
        resource_id=users.id,
        http_method="GET",
        authorization="AWS_IAM",
    )
    return stack.build({"zone": zone.id, "key": key.arn})


class Meddler:
    """Somebody with access to the account of the sample."""

    def __init__(self, cloud: Cloud, store: Store) -> None:
        self._cloud = cloud
        self._ids: Mapping[str, str] = {
            name.removeprefix("erb-sample-"): entry.id
            for name, entry in store.load("erb.sample").by_name().items()
        }

    def client(self, service: str) -> Any:
        """A client in the account of the sample."""
        return self._cloud.client(service, ACCOUNT, REGION)

    def id(self, role: str) -> str:
        """The id of a resource."""
        return self._ids[role]

    def open_port(self, port: int) -> str:
        """Let the world in at a port; gives the rule's id."""
        permission = {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        }
        made = self.client("ec2").authorize_security_group_ingress(
            GroupId=self.id("group"), IpPermissions=[permission]
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def add_statement(self, **statement: Any) -> None:
        """Add a statement to the policy of the data bucket."""
        s3 = self.client("s3")
        policy = json.loads(s3.get_bucket_policy(Bucket="erb-data")["Policy"])
        policy["Statement"] = [*policy["Statement"], statement]
        s3.put_bucket_policy(Bucket="erb-data", Policy=json.dumps(policy))

    def set_record(self, name: str, value: str) -> None:
        """Set an address in the zone."""
        record = {"Name": name, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": value}]}
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        self.client("route53").change_resource_record_sets(
            HostedZoneId=self.id("zone"), ChangeBatch={"Changes": [change]}
        )
