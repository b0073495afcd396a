from __future__ import annotations

import pytest

from egov_infra.plan.account.operator_link import add_operator_links
from egov_infra.plan.builder import PlanError, StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, StackRef

GMP, PLATFORM = "110000000003", "110000000001"


@pytest.fixture(scope="module")
def stack(context: PlanContext) -> StackPlan:
    """The links of the sample estate's operators, and the key that they need."""
    builder = StackBuilder("platform.gmp", "platform", GMP, "af-south-1")
    builder.at()("kms.Key", "key", enable_key_rotation=True)
    add_operator_links(builder, context.estate, {"owner": "platform"})
    return builder.build()


def _of(stack: StackPlan, kind: str) -> list[PlannedResource]:
    return [resource for resource in stack.resources if resource.type.endswith(f":{kind}")]


def test_every_operator_has_its_peer(stack: StackPlan, context: PlanContext) -> None:
    """With the address and the autonomous system that the estate says, where the hub is."""
    peers = _of(stack, "CustomerGateway")
    assert {item.account for item in (*peers, *_of(stack, "VpnConnection"))} == {PLATFORM}
    assert {
        item.inputs["device_name"]: (item.inputs["ip_address"], item.inputs["bgp_asn"]) for item in peers
    } == {
        name: (operator.link.peer, str(operator.link.asn))
        for name, operator in context.estate.gateway.operators.items()
    }


def test_tunnels_take_strong_cryptography_only(stack: StackPlan) -> None:
    """Both tunnels alike; nothing of what AWS would else offer, such as IKEv1, SHA-1 and group 2."""
    for connection in _of(stack, "VpnConnection"):
        for tunnel in ("tunnel1", "tunnel2"):
            assert connection.inputs[f"{tunnel}_ike_versions"] == ("ikev2",)
            for phase in ("phase1", "phase2"):
                assert connection.inputs[f"{tunnel}_{phase}_encryption_algorithms"] == ("AES256-GCM-16",)
                assert connection.inputs[f"{tunnel}_{phase}_integrity_algorithms"] == ("SHA2-384",)
                assert connection.inputs[f"{tunnel}_{phase}_dh_group_numbers"] == (20, 21)


def test_operators_see_neither_each_other_nor_a_tenancy(stack: StackPlan) -> None:
    """Their links stand in a table of their own, and propagate to none."""
    connections = _of(stack, "VpnConnection")
    assert [dict(item.inputs) for item in _of(stack, "RouteTableAssociation")] == [
        {
            "transit_gateway_attachment_id": Ref(connection.name, "transit_gateway_attachment_id"),
            "transit_gateway_route_table_id": StackRef("platform.platform", "hub_operator_routes"),
        }
        for connection in connections
    ]
    assert _of(stack, "RouteTablePropagation") == []


def test_passwords_are_named_and_never_written(stack: StackPlan) -> None:
    """A secret each, under the account's own key, in the gateway's account; no value is planned."""
    secrets = _of(stack, "Secret")
    assert {item.inputs["name"] for item in secrets} == {
        f"egov/smpp/{name}" for name in ("airtel", "halotel", "ttcl", "vodacom", "yas")
    }
    assert {item.inputs["kms_key_id"] for item in secrets} == {Ref("platform-gmp-key", "arn")}
    assert {item.account for item in secrets} == {GMP}
    assert _of(stack, "SecretVersion") == []


def test_lost_tunnels_raise_an_alarm(stack: StackPlan) -> None:
    """One for no tunnel, one for a single one; silence counts as no tunnel."""
    alarms = {item.name: item.inputs for item in _of(stack, "MetricAlarm")}
    assert len(alarms) == 2 * len(_of(stack, "VpnConnection"))
    down, alone = alarms["platform-gmp-link-vodacom-down"], alarms["platform-gmp-link-vodacom-alone"]
    assert {item["treat_missing_data"] for item in alarms.values()} == {"breaching"}
    assert (down["comparison_operator"], down["threshold"]) == ("LessThanOrEqualToThreshold", 0)
    assert (alone["comparison_operator"], alone["threshold"]) == ("LessThanThreshold", 1)
    assert down["dimensions"] == {"VpnId": Ref("platform-gmp-link-vodacom", "id")}


def test_stack_without_a_key_has_no_links(context: PlanContext) -> None:
    """A secret under AWS's own key is never planned for want of one."""
    builder = StackBuilder("platform.gmp", "platform", GMP, "af-south-1")
    with pytest.raises(PlanError, match="platform-gmp-key"):
        add_operator_links(builder, context.estate, {})
