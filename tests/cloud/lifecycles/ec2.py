"""Amazon EC2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document

VPC = "aws:ec2/vpc:Vpc"
OTHER = {"owner": "other"}
RETAG = call("ec2", "create_tags", Resources=["{id}"], Tags=[{"Key": "owner", "Value": "meddled"}])


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


def _gateway_endpoint(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    return {
        "vpc_id": vpc,
        "service_name": f"com.amazonaws.{REGION}.s3",
        "vpc_endpoint_type": "Gateway",
        "route_table_ids": (world.make("aws:ec2/routeTable:RouteTable", vpc_id=vpc),),
        "policy": document("s3:GetObject"),
        "tags": TAGS,
    }


def _interface_endpoint(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    group = world.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpc_id=vpc)
    return {
        "vpc_id": vpc,
        "service_name": f"com.amazonaws.{REGION}.kms",
        "vpc_endpoint_type": "Interface",
        "private_dns_enabled": True,
        "subnet_ids": (world.make("aws:ec2/subnet:Subnet", vpc_id=vpc, cidr_block="10.40.0.0/26"),),
        "security_group_ids": (group,),
        "policy": document("kms:Decrypt"),
        "tags": TAGS,
    }


def _flow_log(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket="archive")
    return {
        "vpc_id": _vpc(world),
        "traffic_type": "ALL",
        "log_destination_type": "s3",
        "log_destination": "arn:aws:s3:::archive",
        "max_aggregation_interval": 60,
        "log_format": "${version} ${vpc-id} ${action}",
        "tags": TAGS,
    }


def _flow_log_to_group(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/logGroup:LogGroup", name="flows")
    return {
        "vpc_id": _vpc(world),
        "traffic_type": "REJECT",
        "log_destination_type": "cloud-watch-logs",
        "log_destination": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:flows",
        "iam_role_arn": f"arn:aws:iam::{ACCOUNT}:role/flows",
    }


LIFE_CYCLES = (
    LifeCycle(
        VPC,
        lambda _world: {
            "cidr_block": "10.40.0.0/24",
            "instance_tenancy": "default",
            "enable_dns_support": True,
            "enable_dns_hostnames": True,
            "tags": {**TAGS, "Name": "erb"},
        },
        {"enable_dns_hostnames": False, "enable_dns_support": False, "tags": {"Name": "erb"}},
        call("ec2", "modify_vpc_attribute", VpcId="{id}", EnableDnsHostnames={"Value": False}),
        "enable_dns_hostnames",
    ),
    LifeCycle(
        "aws:ec2/subnet:Subnet",
        _subnet,
        {"map_public_ip_on_launch": True, "tags": OTHER},
        call("ec2", "modify_subnet_attribute", SubnetId="{id}", MapPublicIpOnLaunch={"Value": True}),
        "map_public_ip_on_launch",
    ),
    LifeCycle(
        "aws:ec2/routeTable:RouteTable",
        lambda world: {"vpc_id": _vpc(world), "tags": TAGS},
        {"tags": OTHER},
        RETAG,
        "tags",
    ),
    LifeCycle(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        _association,
        None,
        call("ec2", "disassociate_route_table", AssociationId="{id}"),
        "",
    ),
    LifeCycle(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda world: {"vpc_id": _vpc(world), "ingress": (), "egress": (), "tags": TAGS},
        {"tags": OTHER},
        call(
            "ec2",
            "authorize_security_group_ingress",
            GroupId="{id}",
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
        ),
        "ingress",
    ),
    LifeCycle(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _gateway_endpoint,
        {"policy": document("s3:ListBucket"), "tags": OTHER},
        call("ec2", "modify_vpc_endpoint", VpcEndpointId="{id}", PolicyDocument=document("s3:*")),
        "policy",
        case="gateway",
    ),
    LifeCycle(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _interface_endpoint,
        {"tags": OTHER},
        call("ec2", "delete_vpc_endpoints", VpcEndpointIds=["{id}"]),
        "",
        case="interface",
    ),
    LifeCycle("aws:ec2/flowLog:FlowLog", _flow_log, {"tags": OTHER}, RETAG, "tags", case="bucket"),
    LifeCycle(
        "aws:ec2/flowLog:FlowLog",
        _flow_log_to_group,
        {"traffic_type": "ALL"},
        call("ec2", "delete_flow_logs", FlowLogIds=["{id}"]),
        "",
        case="log group",
    ),
)
