"""Amazon EC2: networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import DOCUMENT, TAGS


def _tag(client: Any, identifier: str, inputs: Inputs) -> None:
    """Make the tags exactly these: EC2 adds and removes, it does not replace."""
    wanted = inputs.get("tags") or {}
    found = client.describe_tags(Filters=[{"Name": "resource-id", "Values": [identifier]}])["Tags"]
    gone = [{"Key": tag["Key"]} for tag in found if tag["Key"] not in wanted]
    if gone:
        client.delete_tags(Resources=[identifier], Tags=gone)
    if wanted:
        client.create_tags(Resources=[identifier], Tags=TAGS.encode(wanted))


_TAG_FACET = Facet((Property("tags", "Tags", codec=TAGS),), put_by=_tag)


def _dns(attribute: str, name: str) -> Callable[[Any, str, Inputs], object]:
    return lambda client, identifier, inputs: client.modify_vpc_attribute(
        VpcId=identifier, **{attribute: {"Value": bool(inputs.get(name))}}
    )


def _find_by_name(operation: str, answer: str, key: str) -> Callable[[Any, Inputs], str | None]:
    """Finds what an interrupted run made, by its Name tag and network."""

    def find(client: Any, inputs: Inputs) -> str | None:
        name = (inputs.get("tags") or {}).get("Name")
        if name is None:
            return None
        listed = getattr(client, operation)(Filters=[{"Name": "tag:Name", "Values": [name]}])[answer]
        return next((str(item[key]) for item in listed), None)

    return find


def _attribute(attribute: str, answer: str, name: str) -> Facet:
    return Facet(
        (Property(name, "-", f"{answer}.Value"),),
        put_by=_dns(answer, name),
        get="describe_vpc_attribute",
        scope={"VpcId": "id", "Attribute": f"={attribute}"},
    )


VPC = Adapter(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    create="create_vpc",
    id=lambda answer, _inputs: str(answer["Vpc"]["VpcId"]),
    read="describe_vpcs",
    scope={"VpcIds": lambda identifier, _inputs: [identifier]},
    answer="Vpcs",
    delete="delete_vpc",
    delete_scope={"VpcId": "id"},
    missing=frozenset(("InvalidVpcID.NotFound",)),
    find=_find_by_name("describe_vpcs", "Vpcs", "VpcId"),
    facets=(
        Facet((Property("cidr_block", "CidrBlock"),), on_create=True),
        _attribute("enableDnsSupport", "EnableDnsSupport", "enable_dns_support"),
        _attribute("enableDnsHostnames", "EnableDnsHostnames", "enable_dns_hostnames"),
        _TAG_FACET,
    ),
    replaces=frozenset(("cidr_block",)),
    outputs={"owner_id": "OwnerId"},
)

SUBNET = Adapter(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    create="create_subnet",
    id=lambda answer, _inputs: str(answer["Subnet"]["SubnetId"]),
    read="describe_subnets",
    scope={"SubnetIds": lambda identifier, _inputs: [identifier]},
    answer="Subnets",
    delete="delete_subnet",
    delete_scope={"SubnetId": "id"},
    missing=frozenset(("InvalidSubnetID.NotFound",)),
    find=_find_by_name("describe_subnets", "Subnets", "SubnetId"),
    facets=(
        Facet(
            (
                Property("vpc_id", "VpcId"),
                Property("cidr_block", "CidrBlock"),
                Property("availability_zone", "AvailabilityZone"),
            ),
            on_create=True,
        ),
        Facet(
            (Property("map_public_ip_on_launch", "-", "MapPublicIpOnLaunch"),),
            put_by=lambda client, identifier, inputs: client.modify_subnet_attribute(
                SubnetId=identifier,
                MapPublicIpOnLaunch={"Value": bool(inputs.get("map_public_ip_on_launch"))},
            ),
        ),
        _TAG_FACET,
    ),
    outputs={"arn": "SubnetArn"},
)

ROUTE_TABLE = Adapter(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    create="create_route_table",
    id=lambda answer, _inputs: str(answer["RouteTable"]["RouteTableId"]),
    read="describe_route_tables",
    scope={"RouteTableIds": lambda identifier, _inputs: [identifier]},
    answer="RouteTables",
    delete="delete_route_table",
    delete_scope={"RouteTableId": "id"},
    missing=frozenset(("InvalidRouteTableID.NotFound",)),
    find=_find_by_name("describe_route_tables", "RouteTables", "RouteTableId"),
    facets=(Facet((Property("vpc_id", "VpcId"),), on_create=True), _TAG_FACET),
)


def _read_association(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    filters = [{"Name": "association.route-table-association-id", "Values": [identifier]}]
    for table in client.describe_route_tables(Filters=filters)["RouteTables"]:
        for found in table["Associations"]:
            if found["RouteTableAssociationId"] == identifier:
                return {"subnet_id": found["SubnetId"], "route_table_id": found["RouteTableId"]}
    return None


ROUTE_TABLE_ASSOCIATION = Adapter(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    custom=Custom(
        create=lambda client, inputs: str(
            client.associate_route_table(SubnetId=inputs["subnet_id"], RouteTableId=inputs["route_table_id"])[
                "AssociationId"
            ]
        ),
        read=_read_association,
        update=None,
        delete=lambda client, identifier, _inputs: client.disassociate_route_table(AssociationId=identifier),
        properties=frozenset(("subnet_id", "route_table_id")),
        settable=frozenset(),
    ),
    replaces=frozenset(("subnet_id", "route_table_id")),
)


def _default_group(client: Any, vpc: str) -> dict[str, Any] | None:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return next(iter(client.describe_security_groups(Filters=filters)["SecurityGroups"]), None)


def _lock_default_group(client: Any, inputs: Inputs) -> str:
    """Take over the network's default group and leave no rule in it; the plan declares none."""
    group = _default_group(client, inputs["vpc_id"])
    assert group is not None
    if inputs.get("ingress") or inputs.get("egress"):
        raise ValueError("a default security group has no rules here")
    identifier = str(group["GroupId"])
    if group["IpPermissions"]:
        client.revoke_security_group_ingress(GroupId=identifier, IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        client.revoke_security_group_egress(GroupId=identifier, IpPermissions=group["IpPermissionsEgress"])
    _tag(client, identifier, inputs)
    return identifier


def _read_default_group(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.describe_security_groups(GroupIds=[identifier])["SecurityGroups"][0]
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "InvalidGroup.NotFound":
            return None
        raise

    def rules(permissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "protocol": permission["IpProtocol"],
                "from_port": permission.get("FromPort", 0),
                "to_port": permission.get("ToPort", 0),
                "cidr_blocks": [item["CidrIp"] for item in permission.get("IpRanges", ())],
            }
            for permission in permissions
        ]

    return {
        "vpc_id": found["VpcId"],
        "ingress": rules(found["IpPermissions"]),
        "egress": rules(found["IpPermissionsEgress"]),
        "tags": TAGS.decode(found.get("Tags")),
        "arn": found.get("SecurityGroupArn"),
    }


DEFAULT_SECURITY_GROUP = Adapter(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    custom=Custom(
        create=_lock_default_group,
        read=_read_default_group,
        update=lambda client, _identifier, _old, new: _lock_default_group(client, new),
        delete=lambda _client, _identifier, _inputs: None,
        properties=frozenset(("vpc_id", "ingress", "egress", "tags")),
        settable=frozenset(("ingress", "egress", "tags")),
    ),
    replaces=frozenset(("vpc_id",)),
    stays="a network's default group goes with the network",
)


def _endpoint(inputs: Inputs, _account: str, _region: str) -> dict[str, Any]:
    return {"TagSpecifications": _specification("vpc-endpoint", inputs)}


def _specification(kind: str, inputs: Inputs) -> list[dict[str, Any]]:
    tags = inputs.get("tags")
    return [{"ResourceType": kind, "Tags": TAGS.encode(tags)}] if tags else []


def _endpoint_exists(client: Any, identifier: str, _inputs: Inputs) -> bool:
    """A deleted endpoint is listed for a while."""
    try:
        listed = client.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"]
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "InvalidVpcEndpointId.NotFound":
            return False
        raise
    return any(item["State"] not in ("deleting", "deleted") for item in listed)


VPC_ENDPOINT = Adapter(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create="create_vpc_endpoint",
    create_params=_endpoint,
    id=lambda answer, _inputs: str(answer["VpcEndpoint"]["VpcEndpointId"]),
    read="describe_vpc_endpoints",
    scope={"VpcEndpointIds": lambda identifier, _inputs: [identifier]},
    answer="VpcEndpoints",
    exists=_endpoint_exists,
    delete="delete_vpc_endpoints",
    delete_scope={"VpcEndpointIds": lambda identifier, _inputs: [identifier]},
    missing=frozenset(("InvalidVpcEndpointId.NotFound",)),
    facets=(
        Facet(
            (
                Property("vpc_id", "VpcId"),
                Property("service_name", "ServiceName"),
                Property("vpc_endpoint_type", "VpcEndpointType"),
                Property("route_table_ids", "RouteTableIds"),
            ),
            on_create=True,
        ),
        Facet(
            (Property("policy", "PolicyDocument", codec=DOCUMENT),),
            put="modify_vpc_endpoint",
            scope={"VpcEndpointId": "id"},
        ),
        _TAG_FACET,
    ),
)


def _create_flow_log(client: Any, inputs: Inputs) -> str:
    answer = client.create_flow_logs(
        ResourceIds=[inputs["vpc_id"]],
        ResourceType="VPC",
        TrafficType=inputs["traffic_type"],
        LogDestinationType=inputs["log_destination_type"],
        LogDestination=inputs["log_destination"],
        MaxAggregationInterval=inputs["max_aggregation_interval"],
        TagSpecifications=_specification("vpc-flow-log", inputs),
    )
    if answer["Unsuccessful"]:
        error = answer["Unsuccessful"][0]["Error"]
        raise client.exceptions.ClientError({"Error": error}, "CreateFlowLogs")
    return str(answer["FlowLogIds"][0])


def _read_flow_log(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    found: Mapping[str, Any] | None = next(
        iter(client.describe_flow_logs(FlowLogIds=[identifier])["FlowLogs"]), None
    )
    if found is None:
        return None
    return {
        "vpc_id": found["ResourceId"],
        "traffic_type": found["TrafficType"],
        "log_destination_type": found["LogDestinationType"],
        "log_destination": found["LogDestination"],
        "max_aggregation_interval": found["MaxAggregationInterval"],
        "tags": TAGS.decode(found.get("Tags")),
    }


_FLOW = frozenset(
    ("vpc_id", "traffic_type", "log_destination_type", "log_destination", "max_aggregation_interval", "tags")
)
FLOW_LOG = Adapter(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    custom=Custom(
        create=_create_flow_log,
        read=_read_flow_log,
        update=lambda client, identifier, _old, new: _tag(client, identifier, new),
        delete=lambda client, identifier, _inputs: client.delete_flow_logs(FlowLogIds=[identifier]),
        properties=_FLOW,
        settable=frozenset(("tags",)),
    ),
)

ADAPTERS = (
    VPC,
    SUBNET,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    DEFAULT_SECURITY_GROUP,
    VPC_ENDPOINT,
    FLOW_LOG,
)
