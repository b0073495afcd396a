"""Amazon EC2: networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags
from egov_infra.cloud.handle import Handle

_IN_NETWORK = [{"Name": "vpc-id", "Values": ["{vpc_id}"]}]
TAGS = Tags("create_tags", "delete_tags", "", {"Resources": ["{id}"]})

VPC = Adapter(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    properties="cidr_block instance_tenancy enable_dns_support enable_dns_hostnames tags",
    id="{vpc_id}",
    create=Call("create_vpc", at="Vpc"),
    reads=(
        Call("describe_vpcs", {"VpcIds": ["{vpc_id}"]}, at="Vpcs[0]"),
        Call(
            "describe_vpc_attribute",
            {"Attribute": "enableDnsSupport"},
            at="{EnableDnsSupport: EnableDnsSupport.Value}",
        ),
        Call(
            "describe_vpc_attribute",
            {"Attribute": "enableDnsHostnames"},
            at="{EnableDnsHostnames: EnableDnsHostnames.Value}",
        ),
    ),
    steps=(
        Step(
            "enable_dns_support",
            Call("modify_vpc_attribute", {"EnableDnsSupport": {"Value": "{enable_dns_support}"}}),
        ),
        Step(
            "enable_dns_hostnames",
            Call("modify_vpc_attribute", {"EnableDnsHostnames": {"Value": "{enable_dns_hostnames}"}}),
        ),
    ),
    tags=TAGS,
    delete=Call("delete_vpc"),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:vpc/{vpc_id}", "owner_id": "{account}"},
    defaults={"enable_dns_support": True, "enable_dns_hostnames": False, "instance_tenancy": "default"},
    listing=Call("describe_vpcs", at="Vpcs[].VpcId", is_paged=True),
)

SUBNET = Adapter(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    properties="vpc_id cidr_block availability_zone map_public_ip_on_launch tags",
    id="{subnet_id}",
    create=Call("create_subnet", at="Subnet"),
    reads=(Call("describe_subnets", {"SubnetIds": ["{subnet_id}"]}, at="Subnets[0]"),),
    steps=(
        Step(
            "map_public_ip_on_launch",
            Call("modify_subnet_attribute", {"MapPublicIpOnLaunch": {"Value": "{map_public_ip_on_launch}"}}),
        ),
    ),
    tags=TAGS,
    delete=Call("delete_subnet"),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:subnet/{subnet_id}", "owner_id": "{account}"},
    defaults={"map_public_ip_on_launch": False},
    listing=Call("describe_subnets", at="Subnets[].SubnetId", is_paged=True),
    members=(
        Members(
            VPC.type,
            Call("describe_subnets", {"Filters": _IN_NETWORK}, at="Subnets[].SubnetId", is_paged=True),
        ),
    ),
)

ROUTE_TABLE = Adapter(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    properties="vpc_id tags",
    id="{route_table_id}",
    create=Call("create_route_table", at="RouteTable"),
    reads=(Call("describe_route_tables", {"RouteTableIds": ["{route_table_id}"]}, at="RouteTables[0]"),),
    tags=TAGS,
    delete=Call("delete_route_table"),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:route-table/{route_table_id}", "owner_id": "{account}"},
    listing=Call("describe_route_tables", at="RouteTables[].RouteTableId", is_paged=True),
)

ROUTE_TABLE_ASSOCIATION = Adapter(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    properties="subnet_id route_table_id",
    id="{association_id}",
    create=Call("associate_route_table"),
    reads=(
        Call(
            "describe_route_tables",
            {"Filters": [{"Name": "association.route-table-association-id", "Values": ["{association_id}"]}]},
            at="RouteTables[].Associations[] | [?RouteTableAssociationId=='{association_id}'] | [0]",
        ),
    ),
    delete=Call("disassociate_route_table"),
    listing=Call(
        "describe_route_tables", at="RouteTables[].Associations[].RouteTableAssociationId", is_paged=True
    ),
)


def _revoke(handle: Handle, scope: Mapping[str, Any]) -> None:
    """Leave no rule in the group: a network's default group is locked, never used."""
    if scope.get("ingress") or scope.get("egress"):
        raise ValueError("a default security group has no rules here")
    identifier = scope["group_id"]
    (group,) = handle.call("describe_security_groups", {"GroupIds": [identifier]})["SecurityGroups"]
    for direction, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if group[key]:
            params = {"GroupId": identifier, "IpPermissions": group[key]}
            handle.call(f"revoke_security_group_{direction}", params)


def _rules(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    """Rules as pulumi_aws names them."""
    found = dict(answer)
    for direction, key in (("Ingress", "IpPermissions"), ("Egress", "IpPermissionsEgress")):
        if key in found:
            found[direction] = [
                {
                    "Protocol": rule["IpProtocol"],
                    "FromPort": rule.get("FromPort", 0),
                    "ToPort": rule.get("ToPort", 0),
                    "CidrBlocks": [item["CidrIp"] for item in rule.get("IpRanges", ())],
                    "Ipv6CidrBlocks": [item["CidrIpv6"] for item in rule.get("Ipv6Ranges", ())],
                    "SecurityGroups": [item["GroupId"] for item in rule.get("UserIdGroupPairs", ())],
                }
                for rule in found[key]
            ]
    return found


DEFAULT_SECURITY_GROUP = Adapter(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    properties="vpc_id ingress egress tags",
    local="revoke_rules_on_delete",
    id="{group_id}",
    create=Call(
        "describe_security_groups",
        {
            "Filters": [
                {"Name": "vpc-id", "Values": ["{vpc_id}"]},
                {"Name": "group-name", "Values": ["default"]},
            ]
        },
        at="SecurityGroups[0]",
    ),
    reads=(Call("describe_security_groups", {"GroupIds": ["{group_id}"]}, at="SecurityGroups[0]"),),
    steps=(Step("ingress egress", by=_revoke, always=True),),
    tags=TAGS,
    delete=None,
    decode=_rules,
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:security-group/{group_id}",
        "owner_id": "{account}",
        "name": "GroupName",
    },
    defaults={"ingress": (), "egress": ()},
    replaces="ingress egress",
    stays="a network's default group goes with the network",
)

_RESOURCES = "route_table_ids subnet_ids security_group_ids"


def _exchange(handle: Handle, scope: Mapping[str, Any]) -> None:
    """Add what is new and remove what is no longer declared: the API takes changes, not what should be."""
    identifier = scope["vpc_endpoint_id"]
    live = handle.read(identifier, {}, identifier) or {}
    params: dict[str, Any] = {}
    for name in _RESOURCES.split():
        wanted, there = set(scope.get(name) or ()), set(live.get(name) or ())
        member = "".join(map(str.capitalize, name.split("_")))
        params |= {
            f"{verb}{member}": sorted(items)
            for verb, items in (("Add", wanted - there), ("Remove", there - wanted))
            if items
        }
    if params:
        handle.call("modify_vpc_endpoint", {"VpcEndpointId": identifier, **params}, identifier)


VPC_ENDPOINT = Adapter(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    properties=f"vpc_id service_name vpc_endpoint_type private_dns_enabled policy {_RESOURCES} tags",
    id="{vpc_endpoint_id}",
    names={"policy": "PolicyDocument"},
    answers={"security_group_ids": "Groups[].GroupId"},
    create=Call("create_vpc_endpoint", at="VpcEndpoint"),
    reads=(Call("describe_vpc_endpoints", {"VpcEndpointIds": ["{vpc_endpoint_id}"]}, at="VpcEndpoints[0]"),),
    steps=(Step("policy", Call("modify_vpc_endpoint")), Step(_RESOURCES, by=_exchange)),
    tags=TAGS,
    delete=Call("delete_vpc_endpoints", {"VpcEndpointIds": ["{vpc_endpoint_id}"]}),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:vpc-endpoint/{vpc_endpoint_id}", "owner_id": "{account}"},
    defaults={"vpc_endpoint_type": "Gateway"},
    gone="starts_with(VpcEndpoints[0].State, 'delet')",
    listing=Call("describe_vpc_endpoints", at="VpcEndpoints[].VpcEndpointId", is_paged=True),
    members=(
        Members(
            VPC.type,
            Call(
                "describe_vpc_endpoints",
                {"Filters": _IN_NETWORK},
                at="VpcEndpoints[?!starts_with(State, 'delet')].VpcEndpointId",
                is_paged=True,
            ),
        ),
    ),
)

FLOW_LOG = Adapter(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    properties="vpc_id traffic_type log_destination_type log_destination max_aggregation_interval log_format "
    "iam_role_arn tags",
    id="{flow_log_id}",
    names={"iam_role_arn": "DeliverLogsPermissionArn"},
    answers={"vpc_id": "ResourceId"},
    create=Call(
        "create_flow_logs",
        {"ResourceIds": ["{vpc_id}"], "ResourceType": "VPC"},
        at="{FlowLogId: FlowLogIds[0]}",
    ),
    reads=(Call("describe_flow_logs", {"FlowLogIds": ["{flow_log_id}"]}, at="FlowLogs[0]"),),
    tags=TAGS,
    delete=Call("delete_flow_logs", {"FlowLogIds": ["{flow_log_id}"]}),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:vpc-flow-log/{flow_log_id}"},
    defaults={"max_aggregation_interval": 600},
    listing=Call("describe_flow_logs", at="FlowLogs[].FlowLogId", is_paged=True),
)

ROUTE = Adapter(
    type="aws:ec2/route:Route",
    service="ec2",
    properties="route_table_id destination_cidr_block transit_gateway_id gateway_id",
    id="{route_table_id}_{destination_cidr_block}",
    create=Call("create_route"),
    reads=(
        Call(
            "describe_route_tables",
            {"RouteTableIds": ["{route_table_id}"]},
            at="RouteTables[0].Routes[?DestinationCidrBlock=='{destination_cidr_block}'] | [0]",
        ),
    ),
    steps=(Step("transit_gateway_id gateway_id", Call("replace_route")),),
    delete=Call("delete_route"),
    outputs={"state": "State", "origin": "Origin"},
    members=(
        Members(
            ROUTE_TABLE.type,
            Call(
                "describe_route_tables",
                {"RouteTableIds": ["{route_table_id}"]},
                # what leads into the network itself, and what gateway endpoints add, AWS makes
                at="RouteTables[].Routes[?Origin=='CreateRoute' && GatewayId!='local'][].DestinationCidrBlock",
                is_paged=True,
            ),
            "{route_table_id}_{item}",
        ),
    ),
)


def _detach(handle: Handle, identifier: str, _inputs: Mapping[str, Any]) -> None:
    """A gateway goes only once it leads nowhere."""
    live = handle.read(identifier, {}, identifier) or {}
    if live.get("vpc_id"):
        params = {"InternetGatewayId": identifier, "VpcId": live["vpc_id"]}
        handle.call("detach_internet_gateway", params, identifier)


INTERNET_GATEWAY = Adapter(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    properties="vpc_id tags",
    id="{internet_gateway_id}",
    answers={"vpc_id": "Attachments[0].VpcId"},
    create=Call("create_internet_gateway", at="InternetGateway"),
    reads=(
        Call(
            "describe_internet_gateways",
            {"InternetGatewayIds": ["{internet_gateway_id}"]},
            at="InternetGateways[0]",
        ),
    ),
    steps=(Step("vpc_id", Call("attach_internet_gateway")),),
    replaces="vpc_id",
    tags=TAGS,
    before_delete=_detach,
    delete=Call("delete_internet_gateway"),
    outputs={
        "arn": "arn:aws:ec2:{region}:{account}:internet-gateway/{internet_gateway_id}",
        "owner_id": "{account}",
    },
    listing=Call("describe_internet_gateways", at="InternetGateways[].InternetGatewayId", is_paged=True),
)

CUSTOMER_GATEWAY = Adapter(
    type="aws:ec2/customerGateway:CustomerGateway",
    service="ec2",
    properties="bgp_asn ip_address type device_name tags",
    id="{customer_gateway_id}",
    create=Call("create_customer_gateway", at="CustomerGateway"),
    reads=(
        Call(
            "describe_customer_gateways",
            {"CustomerGatewayIds": ["{customer_gateway_id}"]},
            at="CustomerGateways[0]",
        ),
    ),
    tags=TAGS,
    delete=Call("delete_customer_gateway"),
    outputs={"arn": "arn:aws:ec2:{region}:{account}:customer-gateway/{customer_gateway_id}"},
    unread={"device_name": "moto's DescribeCustomerGateways gives no device name"},
    gone="starts_with(CustomerGateways[0].State, 'delet')",
    listing=Call("describe_customer_gateways", at="CustomerGateways[].CustomerGatewayId"),
)

ADAPTERS = (
    VPC,
    SUBNET,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    DEFAULT_SECURITY_GROUP,
    VPC_ENDPOINT,
    FLOW_LOG,
    ROUTE,
    INTERNET_GATEWAY,
    CUSTOMER_GATEWAY,
)
