from __future__ import annotations

import pytest

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, StackRef, Value
from egov_infra.policy.subjects.exposure import Exposure, _exposures

_KINDS = {
    "database": "aws:rds/instance:Instance",
    "group": "aws:ec2/securityGroup:SecurityGroup",
    "in": "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
}


def _resource(kind: str, name: str, **inputs: Value) -> PlannedResource:
    return PlannedResource(_KINDS[kind], name, inputs, "erb", "erb.x", "1" * 12, "af-south-1", ("x",))


def _lets_in(target: str, **source: Value) -> PlannedResource:
    name = f"{target}-{len(source)}-{'-'.join(map(str, source.values()))}"
    return _resource("in", name, security_group_id=Ref(target, "id"), **source)


def _group(name: str) -> Ref:
    return Ref(name, "id")


def _exposure(*rules: PlannedResource) -> Exposure:
    database = _resource("database", "db", vpc_security_group_ids=(_group("data"),))
    stack = StackPlan("erb.x", "erb", "1" * 12, "af-south-1", (database, *rules))
    (subject,) = _exposures(stack)
    found: Exposure = subject.value
    return found


ANYWHERE = {"cidr_ipv4": "0.0.0.0/0"}
INNER = _lets_in("data", referenced_security_group_id=_group("app"))


@pytest.mark.parametrize(
    ("rules", "way"),
    [
        ((), ()),
        ((INNER,), ()),
        ((INNER, _lets_in("app", cidr_ipv4="10.0.0.0/8")), ()),
        ((INNER, _lets_in("app", **ANYWHERE)), ("app", "data")),
        ((INNER, _lets_in("app", cidr_ipv6="2000::/3")), ("app", "data")),
        ((INNER, _lets_in("app", prefix_list_id="pl-1")), ("app", "data")),
        ((_lets_in("data", **ANYWHERE),), ("data",)),
        ((_lets_in("data", cidr_ipv4=Ref("somewhere", "cidr")),), ("data",)),
        ((_lets_in("data", referenced_security_group_id=StackRef("platform.hub", "group")),), ("data",)),
    ],
)
def test_way_leads_from_outside_through_the_groups_that_let_in(
    rules: tuple[PlannedResource, ...], way: tuple[str, ...]
) -> None:
    """Private addresses are not outside; what nobody here can follow is."""
    assert _exposure(*rules) == Exposure("db", way, len(way) - 1 if way else None)


def test_shortest_way_counts_and_circles_end() -> None:
    """Each rule by itself looks right; together they make a short way in."""
    rules = (
        INNER,
        _lets_in("app", referenced_security_group_id=_group("balancer")),
        _lets_in("balancer", referenced_security_group_id=_group("app")),
        _lets_in("balancer", **ANYWHERE),
    )
    assert _exposure(*rules).way == ("balancer", "app", "data")
    assert _exposure(*rules, _lets_in("data", referenced_security_group_id=_group("balancer"))).way == (
        "balancer",
        "data",
    )


def test_rules_inside_a_group_count_as_those_beside_it() -> None:
    """AWS has both ways to write them."""
    inside = _resource(
        "group", "data", ingress=({"security_groups": (_group("app"),)}, {"cidr_blocks": ("10.0.0.0/8",)})
    )
    open_app = _resource("group", "app", ingress=({"cidr_blocks": ("10.0.0.0/8", "0.0.0.0/0")},))
    assert _exposure(inside).way == ()
    assert _exposure(inside, open_app).way == ("app", "data")
