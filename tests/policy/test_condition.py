from __future__ import annotations

import datetime
import json
import pathlib
import re
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.policy.condition import Condition, Lowering
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import Binary, unparse
from egov_infra.policy.expression.types import Type, record_of
from egov_infra.policy.load import load_rule, place_in_rule
from egov_infra.policy.parameter import Parameter, parameters_type
from egov_infra.policy.schema import rule_schema
from egov_infra.source.diagnostic import InputError


@dataclass(frozen=True)
class Sample:
    """A subject with a field of each kind."""

    name: str
    stance: Literal["sends", "neither"]
    days: int
    share: float
    is_open: bool
    range: str
    hosts: tuple[str, ...]
    rollout: str | None
    ends_on: datetime.date


DECLARED = {
    "min_days": Parameter(type="integer", description="Days at least.", default=30),
    "supernets": Parameter.model_validate(
        {
            "type": "array",
            "description": "Networks that may be.",
            "items": {"type": "string"},
            "default": ("10.0.0.0/8",),
        }
    ),
}
VARIABLES: dict[str, Type] = {"subject": record_of(Sample), "parameters": parameters_type(DECLARED)}


def _lower(*conditions: dict[str, Any], may_be_empty: bool = False) -> tuple[str, list[str]]:
    lowering = Lowering(VARIABLES, may_be_empty=may_be_empty)
    written = tuple(Condition.model_validate(one) for one in conditions)
    node = lowering.lower(written if len(written) > 1 else written[0], ("must",))
    wrong = [*lowering.faults, *(inspect(node, VARIABLES)[1] if node else ())]
    return unparse(node) if node else "", [fault.message for fault in wrong]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "subject.name", "equals": "erb"}, "subject.name == 'erb'"),
        ({"field": "subject.is_open", "equals": False}, "subject.is_open == false"),
        ({"field": "subject.hosts", "equals": ("a", "b")}, "subject.hosts == ['a', 'b']"),
        ({"field": "subject.stance", "in": ("sends", "neither")}, "subject.stance in ['sends', 'neither']"),
        ({"field": "subject.name", "in": "subject.hosts"}, "subject.name in subject.hosts"),
        ({"field": "subject.days", "min": "parameters.min_days"}, "subject.days >= parameters.min_days"),
        ({"field": "subject.days", "min": -1, "max": 9}, "(subject.days >= (-1)) && (subject.days <= 9)"),
        ({"field": "subject.share", "max": 1}, "subject.share <= 1.0"),
        ({"field": "subject.name", "matches": "^e.b$"}, "subject.name.matches('^e.b$')"),
        ({"field": "subject.rollout", "exists": True}, "has(subject.rollout)"),
        ({"field": "subject.rollout", "exists": False}, "!has(subject.rollout)"),
        (
            {"field": "subject.rollout", "equals": "x", "exists": True},
            "has(subject.rollout) && (subject.rollout == 'x')",
        ),
        ({"field": "subject.range", "within": "10.0.0.0/8"}, "cidr_contains('10.0.0.0/8', subject.range)"),
        (
            {"field": "subject.range", "within": "parameters.supernets"},
            "parameters.supernets.exists(range, cidr_contains(range, subject.range))",
        ),
        (
            {"field": "subject.hosts", "matches": "[.]go[.]tz$"},
            "(size(subject.hosts) > 0) && subject.hosts.all(item, item.matches('[.]go[.]tz$'))",
        ),
    ],
)
def test_condition_is_lowered_to_the_expression_that_says_the_same(
    condition: dict[str, Any], expected: str
) -> None:
    """A text that names a field is read as one, a number becomes what the field is, a list is asked item by item."""
    assert _lower(condition) == (expected, [])
    assert unparse(parse(expected)) == expected


def test_table_of_the_concept_page_says_what_conditions_become(root: pathlib.Path) -> None:
    """Each row, as it stands there."""
    page = (root / "docs" / "concepts" / "expressions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\{field.*?\})`[^|]*\| `(.*)` \|$", page, re.MULTILINE)
    assert len(rows) == 9
    shown = [(yaml.safe_load(condition), text) for condition, text in rows]
    frozen = [{key: tuple(v) if isinstance(v, list) else v for key, v in one.items()} for one, _ in shown]
    assert [_lower(one) for one in frozen] == [(text, []) for _, text in shown]


def test_conditions_must_all_hold_and_a_rule_that_may_be_empty_asks_for_no_item() -> None:
    """From left to right; without the guard where an empty list is meant to hold."""
    conditions = ({"field": "subject.rollout", "exists": False}, {"field": "subject.hosts", "equals": "x"})
    assert _lower(*conditions, may_be_empty=True) == (
        "!has(subject.rollout) && subject.hosts.all(item, item == 'x')",
        [],
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"field": "subject.name"},
            "nothing must hold of subject.name: add one of exists, equals, in, min, max, matches, within",
        ),
        ({"field": "subject.nme", "equals": "a"}, "Sample has no field 'nme'"),
        (
            {"field": "size(subject.hosts)", "min": 1},
            "a field belongs here, such as subject.name; anything else is an expression, written as a block: |",
        ),
        ({"field": "subject.name ||", "min": 1}, "'the end' is not expected here"),
        (
            {"field": "subject.name", "equals": None},
            "equals has no value; to ask whether a field is there, write exists",
        ),
        ({"field": "subject.name", "equals": {}}, "no mapping can be compared with"),
        ({"field": "subject.days", "min": (1, 2)}, "min takes one value, not a list"),
        ({"field": "subject.days", "min": "parameters.mindays"}, "Parameters has no field 'mindays'"),
        ({"field": "subject.days", "min": "30"}, "int and string never compare"),
        ({"field": "subject.days", "max": 2**70}, "an integer beyond 64 bits"),
        ({"field": "subject.stance", "in": ("send",)}, "'send' is never so: it is one of neither, sends"),
        ({"field": "subject.name", "matches": "("}, "pattern: a ( without its ) (character 1)"),
        (
            {"field": "subject.rollout", "exists": False, "equals": "x"},
            "what must not exist can be nothing else",
        ),
        ({"field": "subject.ends_on", "equals": "2020-01-01"}, "date and string never compare"),
        ({"field": "subject", "exists": True}, "exists asks for a field by its name"),
    ],
)
def test_what_can_never_be_right_is_said(condition: dict[str, Any], expected: str) -> None:
    """Of the condition itself, and of the tree that it becomes."""
    assert _lower(condition)[1] == [expected]


RULE = """\
id: tenancy-sample-wrong
title: A sample is wrong
severity: high
applies_to: backup
parameters:
  least_days: {description: Days at least., type: integer, default: 30}
when: {field: subject.tier, in: [T0, T11]}
must:
  - {field: subject.retention_dys, min: parameters.least_days}
  - field: "subject.copies"
    min: parameters.lest_days
    mx: 3
message: "backups are kept {subject.retention_days} days"
fix: change the manifest
rationale: >
  Samples must be right.
reference: [CP-9]
controls: {nist-800-53-r5: [CP-9]}
since: 1.0.0
examples:
  pass: [{}]
  fail: [{tenancy: {backup: {retention_days: 29}}}]
"""


def _diagnostics(tmp_path: pathlib.Path, text: str) -> list[str]:
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_rule(path, "tenancy")
    return [str(item).removeprefix(f"{tmp_path}/") for item in caught.value.diagnostics]


def test_mistakes_stand_at_their_place_in_the_condition(tmp_path: pathlib.Path) -> None:
    """All at once, to the character, with what was probably meant."""
    assert _diagnostics(tmp_path, RULE.replace("    mx: 3\n", "")) == [
        "sample-wrong.yaml:7:38 expression 'T11' is never so: it is one of T0, T1, T2, T3; did you mean 'T1'?",
        "sample-wrong.yaml:9:21 expression Backup has no field 'retention_dys'; did you mean 'retention_days'?",
        "sample-wrong.yaml:11:21 expression Parameters has no field 'lest_days'; did you mean 'least_days'?",
    ]
    assert _diagnostics(tmp_path, RULE)[-1] == (
        "sample-wrong.yaml:12:5 key-unknown unknown key 'mx'; did you mean 'max'?"
    )


def test_every_node_leads_back_to_where_it_was_written(tmp_path: pathlib.Path) -> None:
    """In a condition as in a block."""
    text = (
        RULE.replace("T11", "T1")
        .replace("_dys", "_days")
        .replace("lest_", "least_")
        .replace("    mx: 3\n", "")
    )
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(
        text.replace("when: {field: subject.tier, in: [T0, T1]}", "when: |\n  subject.tier in ['T0']")
    )
    rule = load_rule(path, "tenancy")
    when, must = rule.expressions.when, rule.expressions.must
    assert isinstance(when, Binary)
    assert isinstance(must, Binary)
    places = [place_in_rule(rule, "when", when.offset), place_in_rule(rule, "must", must.right.offset)]
    assert [(place.line, place.column) for place in places] == [(8, 16), (12, 5)]


def test_schema_takes_what_the_loader_takes(tmp_path: pathlib.Path) -> None:
    """An editor that knows the schema accepts the shorthand, and refuses what it does not have."""
    schema = json.loads(rule_schema())
    good: dict[str, Any] = {"field": "subject.copies", "min": 2, "in": [2, 3]}
    properties = {"$defs": schema["$defs"], **schema["properties"]["must"]}
    jsonschema.validate([good], properties)
    jsonschema.validate("true", properties)
    refused: tuple[Any, ...] = ([], {"field": "subject.copies", "mn": 2}, {"min": 2}, 3)
    for wrong in refused:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, properties)


_PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["erb", "subject.days", "parameters.supernets", "subject.", "parameters", "(", "10.0.0.0/8"]
    ),
)
_VALUES = st.one_of(
    _PLAIN, st.lists(_PLAIN, max_size=3).map(tuple), st.dictionaries(st.text(), _PLAIN, max_size=1)
)
_FIELDS = st.sampled_from(
    [
        "subject.name",
        "subject.days",
        "subject.share",
        "subject.hosts",
        "subject",
        "subject.hosts[0]",
        "subject.x",
        "1",
    ]
)


@given(_FIELDS, st.sampled_from(["equals", "in", "min", "max", "within"]), _VALUES, st.booleans())
def test_any_condition_is_lowered_or_refused(field: str, test: str, value: Any, may_be_empty: bool) -> None:
    """What is accepted reads back as the tree that it became; nothing crashes, and every fault leads to a place."""
    lowering = Lowering(VARIABLES, may_be_empty=may_be_empty)
    node = lowering.lower(Condition.model_validate({"field": field, test: value}), ("must",))
    faults = [*lowering.faults, *(inspect(node, VARIABLES)[1] if node is not None else ())]
    assert all(lowering.origin(fault.offset).path[0] == "must" for fault in faults)
    assert faults or (node is not None and unparse(parse(unparse(node))) == unparse(node))
