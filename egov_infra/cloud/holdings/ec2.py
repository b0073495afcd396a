"""Amazon EC2: what lets the world in, or data out."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding

_WORLD = "IpRanges[?ends_with(CidrIp, '/0')] || Ipv6Ranges[?ends_with(CidrIpv6, '/0')]"
_TO_INTERNET = "leads from the internet, or to it"

HOLDINGS = (
    Holding(
        "open security group",
        "ec2",
        Call(
            "describe_security_groups",
            at=f"SecurityGroups[?IpPermissions[?{_WORLD}]].{{id: GroupId, name: GroupName}}",
            is_paged=True,
        ),
        "lets the whole world in",
        types=("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    ),
    Holding(
        "internet gateway",
        "ec2",
        Call(
            "describe_internet_gateways",
            at="InternetGateways[].{id: InternetGatewayId, vpc: Attachments[0].VpcId, name: Attachments[0].VpcId}",
            is_paged=True,
        ),
        _TO_INTERNET,
        types=("aws:ec2/internetGateway:InternetGateway",),
        # AWS makes one for its default network
        detail=Call(
            "describe_vpcs",
            {
                "Filters": [
                    {"Name": "vpc-id", "Values": ["{vpc}"]},
                    {"Name": "is-default", "Values": ["true"]},
                ]
            },
            at="{is_default: Vpcs[0].IsDefault}",
        ),
        is_worth=lambda row: row["vpc"] is None or not row["is_default"],
    ),
    Holding(
        "NAT gateway",
        "ec2",
        Call(
            "describe_nat_gateways",
            at="NatGateways[?State=='available'].{id: NatGatewayId, name: VpcId}",
            is_paged=True,
        ),
        _TO_INTERNET,
        types=("aws:ec2/natGateway:NatGateway",),
    ),
    Holding(
        "public address",
        "ec2",
        Call("describe_addresses", at="Addresses[].{id: AllocationId, name: PublicIp}"),
        "is reachable from the internet, or paid for in vain",
        types=("aws:ec2/eip:Eip",),
    ),
    Holding(
        "public instance",
        "ec2",
        Call(
            "describe_instances",
            at="Reservations[].Instances[?PublicIpAddress && State.Name!='terminated'][]"
            ".{id: InstanceId, name: PublicIpAddress}",
            is_paged=True,
        ),
        "is reachable from the internet",
        types=("aws:ec2/instance:Instance",),
    ),
    Holding(
        "network peering",
        "ec2",
        Call(
            "describe_vpc_peering_connections",
            at="VpcPeeringConnections[?Status.Code=='active']"
            ".{id: VpcPeeringConnectionId, name: AccepterVpcInfo.VpcId}",
            is_paged=True,
        ),
        "joins networks past the hub",
        types=("aws:ec2/vpcPeeringConnection:VpcPeeringConnection",),
    ),
    Holding(
        "public snapshot",
        "ec2",
        Call(
            "describe_snapshots",
            {"Filters": [{"Name": "owner-id", "Values": ["{account}"]}], "RestorableByUserIds": ["all"]},
            at="Snapshots[].{id: SnapshotId, name: VolumeId}",
            is_paged=True,
        ),
        "gives everyone the data of a disk",
        # moto passes over who may restore it
        detail=Call(
            "describe_snapshot_attribute",
            {"SnapshotId": "{id}", "Attribute": "createVolumePermission"},
            at="{public: CreateVolumePermissions[?Group=='all']}",
        ),
        is_worth=lambda row: bool(row["public"]),
    ),
    Holding(
        "public image",
        "ec2",
        Call(
            "describe_images",
            {"Owners": ["self"], "Filters": [{"Name": "is-public", "Values": ["true"]}]},
            at="Images[].{id: ImageId, name: Name}",
            is_paged=True,
        ),
        "gives everyone the data of a machine",
        types=("aws:ec2/ami:Ami",),
    ),
)
