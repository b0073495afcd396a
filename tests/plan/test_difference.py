from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from egov_infra.plan.difference import ResourceDifference, StackDifference, changed_owners, differences
from egov_infra.plan.outline import outline
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.value import Value

TOPIC = "aws:sns/topic:Topic"


def _topic(name: str, inputs: Mapping[str, Value], *aliases: str) -> PlannedResource:
    options = Options(aliases=aliases)
    return PlannedResource(TOPIC, name, inputs, "erb", "erb.x", "1" * 12, "eu-west-1", ("x",), options)


def _stack(*resources: PlannedResource, name: str = "erb.x") -> StackPlan:
    return StackPlan(name, "erb", "1" * 12, "eu-west-1", resources)


def test_resources_are_told_by_their_logical_name() -> None:
    """Created, changed with the fields that differ, removed; what is equal is not named."""
    same = _topic("same", {"name": "s"})
    before = _stack(same, _topic("gone", {}), _topic("other", {"name": "a", "kept": 1}))
    after = _stack(_topic("made", {}), _topic("other", {"name": "b", "kept": 1, "more": True}), same)
    assert differences([before], [after]) == (
        StackDifference(
            "erb.x",
            "erb",
            (ResourceDifference(TOPIC, "made"),),
            (ResourceDifference(TOPIC, "other", ("more", "name")),),
            (ResourceDifference(TOPIC, "gone"),),
        ),
    )


def test_a_rename_with_an_alias_is_a_change() -> None:
    """Nothing is made or lost."""
    (found,) = differences([_stack(_topic("old", {}))], [_stack(_topic("new", {}, "old"))])
    assert (found.created, found.removed) == ((), ())
    assert found.changed == (ResourceDifference(TOPIC, "new", ("aliases", "name")),)


def test_stacks_come_and_go_whole() -> None:
    """A stack that was not there has everything created; an equal one is left out."""
    old, new, same = _stack(_topic("a", {})), _stack(_topic("b", {}), name="erb.y"), _stack(name="erb.z")
    assert [
        (item.stack, len(item.created), len(item.removed)) for item in differences([old, same], [new, same])
    ] == [("erb.x", 0, 1), ("erb.y", 1, 0)]


def test_only_exports_may_differ() -> None:
    """Other stacks read them, so that it is said."""
    stack = _stack(_topic("a", {}))
    (found,) = differences([stack], [replace(stack, outputs={"x": "y"})])
    assert found.count == 0


def test_owners_of_stacks_that_differ_are_told_by_digests() -> None:
    """Also of a stack that is there only before or after."""
    stack, other = _stack(_topic("a", {})), replace(_stack(name="mwtc.x"), owner="mwtc")
    assert changed_owners([outline(stack)], [outline(stack)]) == ()
    assert changed_owners([outline(stack)], [outline(stack), outline(other)]) == ("mwtc",)
    assert changed_owners([outline(stack)], [outline(_stack())]) == ("erb",)
