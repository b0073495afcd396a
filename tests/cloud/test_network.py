from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from egov_infra.cloud.session import in_process
from egov_infra.cloud.template import resolved
from tests.cloud.lifecycle import REGION, World

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
TABLE, GROUP = "aws:ec2/routeTable:RouteTable", "aws:ec2/securityGroup:SecurityGroup"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@pytest.fixture
def world() -> Iterator[World]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield World(cloud)


def test_new_security_group_lets_nothing_in_or_out(world: World) -> None:
    """What AWS opens by itself is closed, as pulumi_aws does."""
    vpc = world.make(VPC, cidr_block="10.40.0.0/24")
    group = world.make(GROUP, name="endpoints", description="d", vpc_id=vpc)
    (found,) = world.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert (found["IpPermissions"], found["IpPermissionsEgress"]) == ([], [])


def test_endpoint_changes_members_in_place(world: World) -> None:
    """A route table more and one less change the endpoint, and leave the one that stays."""
    vpc = world.make(VPC, cidr_block="10.40.0.0/24")
    one, two, three = (world.make(TABLE, vpc_id=vpc) for _ in range(3))
    handle = world.handle(ENDPOINT)
    old = {"vpc_id": vpc, "service_name": f"com.amazonaws.{REGION}.s3", "route_table_ids": (one, two)}
    new = {**old, "route_table_ids": (two, three)}
    identifier = handle.create(old, "it").id
    assert handle.adapter.difference(old, new).replaces == ()
    assert handle.update(identifier, old, new, "it").id == identifier
    live = handle.read(identifier, {}, "it")
    assert live is not None
    assert set(live["route_table_ids"]) == {two, three}


def test_parameters_leave_out_what_has_no_value() -> None:
    """A part of a parameter of which nothing is left is not sent; what is meant to be empty is."""
    template = {"A": [{"B": "{b}"}, {"C": "{c}"}], "D": {"E": "{c}"}, "F": {}, "G": ["{c}"], "H": "{empty}"}
    assert resolved(template, {"b": 1, "empty": []}) == {"A": [{"B": 1}], "F": {}, "H": []}


def test_options_of_a_tunnel_reach_the_api(world: World) -> None:
    """Each with its own name there, since moto would not miss them."""
    encode = world.handle("aws:ec2/vpnConnection:VpnConnection").adapter.encode
    assert encode is not None
    params: dict[str, Any] = {}
    scope = {"tunnel1_ike_versions": ("ikev2",), "tunnel2_phase1_dh_group_numbers": (20,)}
    encode("create_vpn_connection", params, {**scope, "tunnel2_startup_action": "start"})
    assert params == {
        "Options": {
            "TunnelOptions": [
                {"IKEVersions": [{"Value": "ikev2"}]},
                {"Phase1DHGroupNumbers": [{"Value": 20}], "StartupAction": "start"},
            ]
        }
    }
