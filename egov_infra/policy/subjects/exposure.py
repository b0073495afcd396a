"""`exposure`: a database, and how far it is from outside, from security group to security group."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, Value
from egov_infra.policy.subject import Kind, Planned, Stacks, Subject, model_kind

_DATABASE = "aws:rds/instance:Instance"
_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_RANGES = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_GROUPS = ("referenced_security_group_id", "security_groups")
_OUTSIDE = ""
"""Stands for whoever is outside: no resource has this name."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A database, and the shortest way to it through security groups of its stack."""

    name: str
    """Logical name of the instance."""
    way: tuple[str, ...]
    """Security groups on the shortest way from outside, that of the database last; empty if there is none."""
    passed_groups: int | None
    """Security groups that have to be passed before its own; absent if no way leads there from outside."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each database of the institution."""
    for stack in planned.stacks:
        yield from _exposures(stack)


def shared(_context: PlanContext, stacks: Stacks) -> Iterator[Subject]:
    """Each database in what institutions share."""
    for stack in stacks:
        yield from _exposures(stack)


def _exposures(stack: StackPlan) -> Iterator[Subject]:
    if all(resource.type != _DATABASE for resource in stack.resources):
        return
    by_type = stack.by_type()
    before = _ways_in(_admitted(by_type))
    for database in by_type[_DATABASE]:
        own = _targets(database.inputs.get("vpc_security_group_ids"))
        ways = [way for group in own if (way := tuple(_way(before, group)))]
        way = min(ways, key=len, default=())
        facts = Exposure(database.name, way, len(way) - 1 if way else None)
        yield Subject(facts, f"{stack.name}/{database.name}", database.path)


def _admitted(by_type: Mapping[str, list[PlannedResource]]) -> Mapping[str, set[str]]:
    """Whom each security group lets in to whom: a group, or outside, to the groups that it reaches."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for rule in by_type.get(_INGRESS, ()):
        for target in _targets(rule.inputs.get("security_group_id")):
            for source in _sources(rule.inputs):
                found[source].add(target)
    for group in by_type.get(_GROUP, ()):
        inline = group.inputs.get("ingress")
        for rule_inputs in inline if isinstance(inline, tuple) else ():
            for source in _sources(rule_inputs) if isinstance(rule_inputs, Mapping) else ():
                found[source].add(group.name)
    return found


def _sources(rule: Mapping[str, Value]) -> Iterator[str]:
    """Groups that a rule lets in; outside for addresses that are not private, and for what nobody here can follow."""
    for name in _GROUPS:
        if rule.get(name) is not None:
            yield from _targets(rule[name]) or (_OUTSIDE,)
    for name in _RANGES:
        if rule.get(name) is not None and not all(map(_is_private, _listed(rule[name]))):
            yield _OUTSIDE
    if rule.get("prefix_list_id") is not None or rule.get("prefix_list_ids"):
        yield _OUTSIDE


def _is_private(value: Value) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_network(value, strict=False).is_private
    except ValueError:
        return False


def _targets(value: Value) -> tuple[str, ...]:
    """Resources of the stack that a value refers to."""
    return tuple(item.resource for item in _listed(value) if isinstance(item, Ref))


def _listed(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _ways_in(admitted: Mapping[str, set[str]]) -> Mapping[str, str]:
    """Each group that can be reached from outside, to the one before it on a shortest way."""
    before: dict[str, str] = {}
    edge = [_OUTSIDE]
    while edge:
        reached = [
            (target, source)
            for source in edge
            for target in sorted(admitted.get(source, ()))
            if target not in before
        ]
        before |= dict(reversed(reached))
        edge = list(dict.fromkeys(target for target, _ in reached))
    return before


def _way(before: Mapping[str, str], group: str) -> Iterator[str]:
    """The groups from outside to this one; none if it cannot be reached."""
    if group not in before:
        return
    if before[group] != _OUTSIDE:
        yield from _way(before, before[group])
    yield group


KIND: Kind = model_kind("exposure", Exposure, find, shared)
