"""Amazon EC2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
HUB = "aws:ec2transitgateway/transitGateway:TransitGateway"
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


def _other_members(world: World) -> Mapping[str, Any]:
    """Another subnet and group in the network of the interface endpoint, which is the first one made."""
    vpc = world.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.40.0.0/24"]}])["Vpcs"][0]
    subnet = world.make("aws:ec2/subnet:Subnet", vpc_id=vpc["VpcId"], cidr_block="10.40.0.64/26")
    group = world.make(GROUP, name="other", description="other", vpc_id=vpc["VpcId"])
    return {"subnet_ids": (subnet,), "security_group_ids": (group,), "tags": OTHER}


def _route(world: World) -> Mapping[str, Any]:
    return {
        "route_table_id": world.make("aws:ec2/routeTable:RouteTable", vpc_id=_vpc(world)),
        "destination_cidr_block": "10.40.0.0/14",
        "transit_gateway_id": world.make(HUB, description="one"),
    }


def _to_internet(world: World) -> Mapping[str, Any]:
    gateway = world.client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    return {"transit_gateway_id": None, "gateway_id": gateway}


def _group(world: World) -> Mapping[str, Any]:
    return {"name": "endpoints", "description": "Endpoints", "vpc_id": _vpc(world), "tags": TAGS}


def _rule(world: World) -> Mapping[str, Any]:
    return {
        "security_group_id": world.make(GROUP, **{**_group(world), "tags": {}}),
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_ipv4": "10.40.0.0/24",
        "description": "TLS",
        "tags": TAGS,
    }


def _rule_between(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    one, other = (world.make(GROUP, name=name, description=name, vpc_id=vpc) for name in ("one", "other"))
    return {
        "security_group_id": one,
        "ip_protocol": "tcp",
        "from_port": 8080,
        "to_port": 8081,
        "referenced_security_group_id": other,
    }


def _third_group(world: World) -> Mapping[str, Any]:
    return {
        "referenced_security_group_id": world.make(GROUP, name="third", description="t", vpc_id=_vpc(world))
    }


def _without(direction: str) -> Callable[[World, str, Mapping[str, Any]], object]:
    """Somebody removes a rule."""

    def meddle(world: World, identifier: str, inputs: Mapping[str, Any]) -> object:
        revoke = getattr(world.client("ec2"), f"revoke_security_group_{direction}")
        return revoke(GroupId=inputs["security_group_id"], SecurityGroupRuleIds=[identifier])

    return meddle


def _widened(world: World, identifier: str, inputs: Mapping[str, Any]) -> object:
    """Somebody opens a rule to the world."""
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
    return world.client("ec2").modify_security_group_rules(
        GroupId=inputs["security_group_id"],
        SecurityGroupRules=[{"SecurityGroupRuleId": identifier, "SecurityGroupRule": rule}],
    )


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
        lambda world: {
            "policy": document("s3:ListBucket"),
            "route_table_ids": (world.make("aws:ec2/routeTable:RouteTable", vpc_id=_vpc(world)),),
            "tags": OTHER,
        },
        call("ec2", "modify_vpc_endpoint", VpcEndpointId="{id}", PolicyDocument=document("s3:*")),
        "policy",
        case="gateway",
    ),
    LifeCycle(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _interface_endpoint,
        _other_members,
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
    LifeCycle(
        "aws:ec2/route:Route",
        _route,
        lambda world: {"transit_gateway_id": world.make(HUB, description="other")},
        call(
            "ec2",
            "delete_route",
            RouteTableId="{route_table_id}",
            DestinationCidrBlock="{destination_cidr_block}",
        ),
        "",
        case="to the hub",
    ),
    LifeCycle(
        "aws:ec2/route:Route",
        _route,
        _to_internet,
        call(
            "ec2",
            "delete_route",
            RouteTableId="{route_table_id}",
            DestinationCidrBlock="{destination_cidr_block}",
        ),
        "",
        case="to the internet",
    ),
    LifeCycle(
        "aws:ec2/customerGateway:CustomerGateway",
        lambda _world: {
            "bgp_asn": "64601",
            "ip_address": "192.0.2.10",
            "type": "ipsec.1",
            "device_name": "vodacom",
            "tags": TAGS,
        },
        {"tags": OTHER},
        RETAG,
        "tags",
    ),
    LifeCycle(
        "aws:ec2/internetGateway:InternetGateway",
        lambda world: {"vpc_id": _vpc(world), "tags": TAGS},
        {"tags": OTHER},
        lambda world, identifier, inputs: world.client("ec2").detach_internet_gateway(
            InternetGatewayId=identifier, VpcId=inputs["vpc_id"]
        ),
        "vpc_id",
    ),
    LifeCycle(GROUP, _group, {"tags": OTHER}, RETAG, "tags"),
    *(
        LifeCycle(
            f"aws:vpc/securityGroup{direction.capitalize()}Rule:SecurityGroup{direction.capitalize()}Rule",
            _rule,
            {
                "from_port": 8443,
                "to_port": 8444,
                "ip_protocol": "udp",
                "cidr_ipv4": "10.40.0.0/25",
                "description": "other",
                "tags": OTHER,
            },
            _widened,
            "cidr_ipv4",
            case="range",
        )
        for direction in ("ingress", "egress")
    ),
    *(
        LifeCycle(
            f"aws:vpc/securityGroup{direction.capitalize()}Rule:SecurityGroup{direction.capitalize()}Rule",
            _rule_between,
            _third_group,
            _without(direction),
            "",
            case="group",
        )
        for direction in ("ingress", "egress")
    ),
)
