from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Document, Join, Ref
from egov_infra.policy.evaluation import decide
from egov_infra.policy.expression.compile import MAX_STEPS
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.shortcut import build_shortcut, write_answer
from egov_infra.policy.expression.types import STRING, ListType, Type
from egov_infra.policy.finding import Verdict
from egov_infra.policy.graph import Context, Graph
from egov_infra.policy.judge import PLATFORM_FACTS
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule

TODAY = datetime.date(2020, 6, 30)
ODD: tuple[object, ...] = (
    None,
    True,
    7,
    "x",
    (),
    {},
    ("x", Ref("a", "arn")),
    Ref("a", "arn"),
    Join(("x", Ref("a", "arn"))),
    Document({}),
)
ANSWERS = {True: Verdict.PASS, None: Verdict.NOT_APPLICABLE}


@pytest.fixture(scope="module")
def stacks(erb: LoadedInstitution, context: PlanContext) -> tuple[StackPlan, ...]:
    """What ERB has: every type that rules of AWS types look at."""
    return plan_institution(erb.institution, context)


@pytest.fixture(scope="module")
def met(stacks: tuple[StackPlan, ...], policies: Policies) -> list[tuple[Rule, StackPlan, PlannedResource]]:
    """Each rule of an AWS type with each planned resource of that type."""
    return [
        (rule, stack, resource)
        for rule in policies.rules
        for stack in stacks
        for resource in stack.by_type().get(rule.kind.name, ())
    ]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a value."""
    inner = value.body if isinstance(value, Document) else value
    if isinstance(inner, dict | tuple):
        for key, item in inner.items() if isinstance(inner, dict) else enumerate(inner):
            yield (*path, key)
            yield from _paths(item, (*path, key))


def _exchanged(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, Document):
        return Document(_exchanged(value.body, path, new))
    if isinstance(value, dict):
        return {
            key: _exchanged(item, path[1:], new) if key == path[0] else item for key, item in value.items()
        }
    return tuple(_exchanged(item, path[1:], new) if at == path[0] else item for at, item in enumerate(value))


@given(st.data())
def test_agrees_on_whatever_stands_in_a_planned_resource(
    met: list[tuple[Rule, StackPlan, PlannedResource]], data: st.DataObject
) -> None:
    """One value of a stack becomes absent, unknown or of another type: shortcut and closures still agree."""
    rule, stack, resource = data.draw(st.sampled_from(met))
    hit = data.draw(
        st.sampled_from([resource, *(item for item in stack.resources if item.type[:6] == resource.type[:6])])
    )
    paths = list(_paths(hit.inputs))
    path, new = data.draw(st.sampled_from(paths)), data.draw(st.sampled_from(ODD))
    patched = replace(hit, inputs=_exchanged(hit.inputs, path, new))
    around = replace(stack, resources=tuple(patched if item is hit else item for item in stack.resources))
    judged = patched if hit is resource else resource
    context = Context(TODAY)
    context.graph = Graph(around)
    given = (judged.inputs, judged, PLATFORM_FACTS, context)
    (answer,) = build_shortcut([rule.plain], rule.kind.variables)(*given)
    context.steps = 0
    assert answer is False or ANSWERS[answer] is decide(rule, list(given))


def test_answers_for_all_that_a_sound_institution_plans(
    met: list[tuple[Rule, StackPlan, PlannedResource]],
) -> None:
    """It gives up on none of what passes: else it would be no shortcut."""
    answers: set[bool | None] = set()
    for rule, stack, resource in met:
        context = Context(TODAY)
        context.graph = Graph(stack)
        shortcut = build_shortcut([rule.plain], rule.kind.variables)
        answers.update(shortcut(resource.inputs, resource, PLATFORM_FACTS, context))
    assert answers <= {True, None}


@pytest.mark.parametrize("name", ["class", "None", "tuple", "present", "context"])
def test_variables_may_be_called_anything(name: str) -> None:
    """A variable hides neither a word of Python nor what the function itself calls."""
    texts = ListType(STRING)
    must = parse(
        f"list.filter({name}, size({name}) > 1).all({name}, {name}.startsWith('a')) && {name}_ == 'x'"
    )
    variables: dict[str, Type] = {"list": texts, f"{name}_": STRING}
    shortcut = build_shortcut([write_answer(None, must, variables)], variables)
    assert shortcut(("ab", "b", "ac"), "x", Context(TODAY)) == (True,)
    assert shortcut(("ab", "bc"), "x", Context(TODAY)) == (False,)


def test_rules_of_one_shortcut_answer_each_for_itself() -> None:
    """One that gives up, or that has used up its steps, takes nothing from the next."""
    variables: dict[str, Type] = {"list": ListType(STRING)}
    texts = ("list.all(x, x == 'a')", "list[7] == 'a'", "size(list) > 1", "list.exists(x, x == 'b')")
    answers = [write_answer(None, parse(text), variables) for text in texts]
    answers.append(write_answer(parse("size(list) > 9"), parse("false"), variables))
    shortcut = build_shortcut(answers, variables)
    assert shortcut(("a", "a"), Context(TODAY)) == (True, False, True, False, None)
    assert shortcut(("a",) * (MAX_STEPS + 1), Context(TODAY)) == (False, True, True, False, False)
