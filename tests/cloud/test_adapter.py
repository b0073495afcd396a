from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.cloud.adapter import Adapter
from egov_infra.cloud.compare import Difference, filled
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.registry import adapter_of, live_types
from egov_infra.cloud.session import in_process
from egov_infra.plan.catalogue import aws_type
from tests.cloud.lifecycle import World


@pytest.fixture
def world() -> Iterator[World]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield World(cloud)


def _adapter(token: str) -> Adapter:
    found = adapter_of(token)
    assert found is not None
    return found


@pytest.mark.parametrize("token", live_types())
def test_adapter_speaks_of_what_the_type_has(token: str) -> None:
    """Properties are inputs of the type, outputs are its outputs, and each name of a part of the id is one of both."""
    adapter, kind = _adapter(token), aws_type(token)
    assert {*adapter.readable, *adapter.local.split()} <= kind.inputs.keys()
    heads = {path.partition(".")[0] for path in (*adapter.defaults, *adapter.unread, *adapter.sets.split())}
    assert heads <= set(adapter.readable)
    assert adapter.outputs.keys() <= kind.outputs | {"name"}
    stepped = {name for step in adapter.steps for name in step.properties}
    assert stepped <= set(adapter.readable)


TEXT = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9)


@given(TEXT, st.lists(TEXT, min_size=1, max_size=4), st.sampled_from(("TXT", "A")))
def test_id_of_a_record_gives_its_parts_back(zone: str, labels: list[str], kind: str) -> None:
    """Names with underscores, such as `_dmarc`, do not confuse it."""
    name = "._".join(labels)
    parts = {"zone_id": zone, "name": name, "type": kind}
    assert _adapter("aws:route53/record:Record").parse_id(f"{zone}_{name}_{kind}") == parts


def test_foreign_id_is_an_error_not_an_absence(world: World) -> None:
    """What cannot be asked for is never taken as gone, else its state would be forgotten."""
    with pytest.raises(CloudError, match="is no id of this type"):
        world.handle("aws:route53/record:Record").read("no-record", {}, "it")


def test_policies_that_say_the_same_are_equal() -> None:
    """Order and single items in lists are spelling; another action is a difference."""
    policy = _adapter("aws:s3/bucketPolicy:BucketPolicy")
    one = {"bucket": "b", "policy": '{"Statement": [{"Action": ["s3:Get", "s3:Put"], "Resource": ["*"]}]}'}
    same = {"bucket": "b", "policy": '{"Statement": {"Resource": "*", "Action": ["s3:Put", "s3:Get"]}}'}
    other = {"bucket": "b", "policy": '{"Statement": {"Resource": "*", "Action": "s3:*"}}'}
    assert list(policy.compare(one, same)) == []
    assert list(policy.compare(one, other)) == [Difference("policy", one["policy"], other["policy"])]


def test_known_default_that_is_no_longer_live_is_a_difference() -> None:
    """A setting that nobody declared and somebody changed is seen; one that nobody knows is left alone."""
    subnet = _adapter("aws:ec2/subnet:Subnet")
    live = {"vpc_id": "v", "cidr_block": "10.0.0.0/26", "map_public_ip_on_launch": True}
    declared = {"vpc_id": "v", "cidr_block": "10.0.0.0/26"}
    assert list(subnet.compare(declared, live)) == [Difference("map_public_ip_on_launch", False, True)]
    assert list(subnet.compare(declared, live, frozenset(("map_public_ip_on_launch",)))) == []


def test_what_is_not_given_back_stands_in_as_declared() -> None:
    """Only the nested property that the cloud keeps to itself; what is live stays live."""
    declared = {"origins": ({"id": "a", "secret": "s"}, {"id": "b"})}
    live = {"origins": [{"id": "x"}, {"id": "b"}]}
    assert filled(live, declared, ["origins", "secret"]) == {
        "origins": [{"id": "x", "secret": "s"}, {"id": "b"}]
    }


def test_interrupted_creation_is_found_again(world: World) -> None:
    """A key has no name: the one that equals what was to be made is found, and no other."""
    handle = world.handle("aws:kms/key:Key")
    handle.create({"description": "other"}, "it")
    made = handle.create({"description": "records", "enable_key_rotation": True}, "it")
    found = handle.find({"description": "records", "enable_key_rotation": True}, "it")
    assert found is not None
    assert found.id == made.id
    assert handle.find({"description": "nobody made this"}, "it") is None


def test_existing_name_is_taken_over_only_after_an_interruption(world: World) -> None:
    """A group that somebody else made is refused; a half-made one of ours is completed."""
    handle = world.handle("aws:cloudwatch/logGroup:LogGroup")
    world.client("logs").create_log_group(logGroupName="/erb")
    with pytest.raises(CloudError, match="ResourceAlreadyExistsException"):
        handle.create({"name": "/erb", "retention_in_days": 30}, "it")
    handle.create({"name": "/erb", "retention_in_days": 30}, "it", is_resumed=True)
    live = handle.read("/erb", {}, "it")
    assert live is not None
    assert live["retention_in_days"] == 30


def test_error_names_type_resource_operation_and_code(world: World) -> None:
    """What failed can be looked for without the code at hand."""
    with pytest.raises(CloudError) as caught:
        world.handle("aws:iam/rolePolicy:RolePolicy").create(
            {"role": "absent", "name": "inline", "policy": '{"Statement": []}'}, "erb-role"
        )
    assert (caught.value.operation, caught.value.code) == ("put_role_policy", "NoSuchEntity")
    assert str(caught.value).startswith("aws:iam/rolePolicy:RolePolicy erb-role: put_role_policy failed")
