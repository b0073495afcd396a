"""Networks, roles, watches, events, backups and budgets of an account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World

VPC = "aws:ec2/vpc:Vpc"
OTHER = {**TAGS, "owner": "other"}
Meddle = Callable[[World, str, Mapping[str, Any]], object]


def _document(action: str) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _vpc(world: World) -> str:
    return world.make(VPC, cidr_block="10.40.0.0/24")


def _subnet(world: World) -> Mapping[str, Any]:
    return {
        "vpc_id": _vpc(world),
        "cidr_block": "10.40.0.0/26",
        "availability_zone": f"{REGION}a",
        "map_public_ip_on_launch": False,
        "tags": {**TAGS, "Name": "erb-a"},
    }


def _association(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    subnet = world.make("aws:ec2/subnet:Subnet", vpc_id=vpc, cidr_block="10.40.0.0/26")
    return {"subnet_id": subnet, "route_table_id": world.make("aws:ec2/routeTable:RouteTable", vpc_id=vpc)}


def _endpoint(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    return {
        "vpc_id": vpc,
        "service_name": f"com.amazonaws.{REGION}.s3",
        "vpc_endpoint_type": "Gateway",
        "route_table_ids": [world.make("aws:ec2/routeTable:RouteTable", vpc_id=vpc)],
        "policy": _document("s3:GetObject"),
        "tags": TAGS,
    }


def _flow_log(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket="archive")
    return {
        "vpc_id": _vpc(world),
        "traffic_type": "ALL",
        "log_destination_type": "s3",
        "log_destination": "arn:aws:s3:::archive",
        "max_aggregation_interval": 600,
        "tags": TAGS,
    }


def _alias(world: World) -> Mapping[str, Any]:
    return {"name": "alias/erb", "target_key_id": world.make("aws:kms/key:Key", description="a")}


def _trail(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket="archive")
    return {
        "name": "account",
        "s3_bucket_name": "archive",
        "s3_key_prefix": "trail",
        "is_multi_region_trail": True,
        "include_global_service_events": True,
        "enable_log_file_validation": True,
        "enable_logging": True,
        "event_selectors": [
            {
                "read_write_type": "All",
                "include_management_events": True,
                "data_resources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
            }
        ],
        "tags": TAGS,
    }


def _role(_world: World) -> Mapping[str, Any]:
    return {
        "name": "reader",
        "description": "reads",
        "assume_role_policy": _trust("events.amazonaws.com"),
        "max_session_duration": 3600,
        "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        "tags": TAGS,
    }


def _role_policy(world: World) -> Mapping[str, Any]:
    world.make("aws:iam/role:Role", name="reader", assume_role_policy=_trust("events.amazonaws.com"))
    return {"role": "reader", "name": "inline", "policy": _document("s3:GetObject")}


def _bus_policy(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/eventBus:EventBus", name="findings")
    statement = {
        "Sid": "O",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": "x",
    }
    return {
        "event_bus_name": "findings",
        "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }


def _rule(_world: World) -> Mapping[str, Any]:
    return {
        "name": "findings",
        "description": "d",
        "event_pattern": '{"source":["aws.guardduty"]}',
        "tags": TAGS,
    }


def _target(world: World) -> Mapping[str, Any]:
    world.make(
        "aws:cloudwatch/eventRule:EventRule", name="findings", event_pattern='{"source":["aws.guardduty"]}'
    )
    return {
        "rule": "findings",
        "target_id": "platform",
        "arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/findings",
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/router",
    }


def _vault_lock(world: World) -> Mapping[str, Any]:
    world.make("aws:backup/vault:Vault", name="vault")
    return {"backup_vault_name": "vault", "min_retention_days": 35, "max_retention_days": 36500}


def _budget(_world: World) -> Mapping[str, Any]:
    return {
        "account_id": ACCOUNT,
        "name": "erb",
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "limit_amount": "450",
        "limit_unit": "USD",
        "notifications": [
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": "ACTUAL",
                "threshold": 80.0,
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": ["ict@erb.go.tz"],
            }
        ],
        "tags": TAGS,
    }


def _retagged(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    return world.client("ec2").create_tags(
        Resources=[identifier], Tags=[{"Key": "owner", "Value": "meddled"}]
    )


def _open_group(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return world.client("ec2").authorize_security_group_ingress(
        GroupId=identifier, IpPermissions=[permission]
    )


def _redirect(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
    return world.client("events").put_targets(
        Rule=inputs["rule"], Targets=[{"Id": inputs["target_id"], "Arn": f"{inputs['arn']}-elsewhere"}]
    )


def _by(service: str, operation: str, **params: str) -> Meddle:
    """A call with the id, or with literal parameters that begin with `=`."""
    return lambda world, identifier, _inputs: getattr(world.client(service), operation)(
        **{name: identifier if value == "id" else value.removeprefix("=") for name, value in params.items()}
    )


LIFE_CYCLES = (
    LifeCycle(
        VPC,
        lambda _world: {
            "cidr_block": "10.40.0.0/24",
            "enable_dns_support": True,
            "enable_dns_hostnames": True,
            "tags": {**TAGS, "Name": "erb"},
        },
        {"enable_dns_hostnames": False, "tags": {"Name": "erb"}},
        _retagged,
        "tags",
    ),
    LifeCycle("aws:ec2/subnet:Subnet", _subnet, {"map_public_ip_on_launch": True}, _retagged, "tags"),
    LifeCycle(
        "aws:ec2/routeTable:RouteTable",
        lambda world: {"vpc_id": _vpc(world), "tags": TAGS},
        {"tags": OTHER},
        _retagged,
        "tags",
    ),
    LifeCycle(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        _association,
        None,
        _by("ec2", "disassociate_route_table", AssociationId="id"),
        "",
    ),
    LifeCycle(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda world: {"vpc_id": _vpc(world), "ingress": [], "egress": [], "tags": TAGS},
        {"tags": OTHER},
        _open_group,
        "ingress",
    ),
    LifeCycle(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _endpoint,
        {"policy": _document("s3:ListBucket")},
        _retagged,
        "tags",
    ),
    LifeCycle("aws:ec2/flowLog:FlowLog", _flow_log, {"tags": OTHER}, _retagged, "tags"),
    LifeCycle("aws:kms/alias:Alias", _alias, None, _by("kms", "delete_alias", AliasName="id"), ""),
    LifeCycle(
        "aws:cloudtrail/trail:Trail",
        _trail,
        {"enable_log_file_validation": False, "tags": OTHER},
        _by("cloudtrail", "stop_logging", Name="id"),
        "enable_logging",
    ),
    LifeCycle(
        "aws:guardduty/detector:Detector",
        lambda _world: {"enable": True, "finding_publishing_frequency": "FIFTEEN_MINUTES", "tags": TAGS},
        {"finding_publishing_frequency": "SIX_HOURS"},
        lambda world, identifier, _inputs: world.client("guardduty").update_detector(
            DetectorId=identifier, Enable=False
        ),
        "enable",
    ),
    LifeCycle(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda _world: {
            "name": "/egov/erb",
            "retention_in_days": 400,
            "kms_key_id": "arn:aws:kms:::key/a",
            "tags": TAGS,
        },
        {"retention_in_days": 731, "tags": OTHER},
        _by("logs", "delete_retention_policy", logGroupName="id"),
        "retention_in_days",
    ),
    LifeCycle(
        "aws:iam/role:Role",
        _role,
        {"assume_role_policy": _trust("backup.amazonaws.com"), "max_session_duration": 7200, "tags": OTHER},
        _by(
            "iam",
            "update_assume_role_policy",
            RoleName="id",
            PolicyDocument=f"={_trust('lambda.amazonaws.com')}",
        ),
        "assume_role_policy",
    ),
    LifeCycle(
        "aws:iam/rolePolicy:RolePolicy",
        _role_policy,
        {"policy": _document("s3:ListBucket")},
        _by(
            "iam",
            "put_role_policy",
            RoleName="=reader",
            PolicyName="=inline",
            PolicyDocument=f"={_document('s3:*')}",
        ),
        "policy",
    ),
    LifeCycle(
        "aws:iam/policy:Policy",
        lambda _world: {
            "name": "boundary",
            "description": "d",
            "policy": _document("s3:GetObject"),
            "tags": TAGS,
        },
        {"policy": _document("s3:ListBucket"), "tags": OTHER},
        lambda world, identifier, _inputs: world.client("iam").tag_policy(
            PolicyArn=identifier, Tags=[{"Key": "owner", "Value": "meddled"}]
        ),
        "tags",
    ),
    LifeCycle(
        "aws:cloudwatch/eventBus:EventBus",
        lambda _world: {"name": "findings", "tags": TAGS},
        {"tags": OTHER},
        _by("events", "delete_event_bus", Name="id"),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        _bus_policy,
        {
            "policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "P",
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "events:PutEvents",
                            "Resource": "x",
                        }
                    ],
                }
            )
        },
        lambda world, identifier, _inputs: world.client("events").remove_permission(
            EventBusName=identifier, RemoveAllPermissions=True
        ),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventRule:EventRule",
        _rule,
        {"description": "other"},
        _by("events", "put_rule", Name="id", EventPattern='={"source":["aws.ec2"]}'),
        "event_pattern",
    ),
    LifeCycle(
        "aws:cloudwatch/eventTarget:EventTarget",
        _target,
        {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/other"},
        _redirect,
        "arn",
    ),
    LifeCycle(
        "aws:backup/vault:Vault",
        lambda _world: {"name": "vault", "kms_key_arn": "arn:aws:kms:::key/a", "tags": TAGS},
        {"tags": OTHER},
        _by("backup", "delete_backup_vault", BackupVaultName="id"),
        "",
    ),
    LifeCycle(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        _vault_lock,
        {"min_retention_days": 70},
        _by("backup", "delete_backup_vault_lock_configuration", BackupVaultName="id"),
        "",
    ),
    LifeCycle(
        "aws:budgets/budget:Budget",
        _budget,
        {"limit_amount": "900"},
        _by("budgets", "delete_budget", AccountId=f"={ACCOUNT}", BudgetName="=erb"),
        "",
    ),
)
