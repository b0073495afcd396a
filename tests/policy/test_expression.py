from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.plan.value import Ref
from egov_infra.policy.expression.check import check, inspect
from egov_infra.policy.expression.compile import Compiler
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import ExpressionError, unparse
from egov_infra.policy.expression.types import DYN, MapType, Type, record_of
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.graph import Context

TODAY = datetime.date(2020, 6, 30)


@dataclass(frozen=True)
class Inner:
    """A nested record."""

    policy: str
    ends_on: datetime.date | None = None


@dataclass(frozen=True)
class Sample:
    """A subject with a field of each kind."""

    name: str = "erb.go.tz"
    count: int = 3
    share: float = 0.5
    is_open: bool = True
    items: tuple[str, ...] = ("a", "b")
    inner: Inner = Inner("reject", datetime.date(2020, 7, 2))
    nothing: Inner | None = None


def _evaluate(text: str, subject: Any = Sample(), **values: Any) -> Any:
    variables: dict[str, Type] = {"subject": record_of(Sample), **dict.fromkeys(values, DYN)}
    node = parse(text)
    check(node, variables)
    closure = Compiler({name: slot for slot, name in enumerate(variables)}, len(variables)).compile(node)
    return closure([subject, *values.values(), Context(TODAY)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 == 7", True),
        ("-7 / 2 == -3 && -7 % 2 == -1", True),
        ("7.0 / 2.0 == 3.5", True),
        ("'a' + \"b\" == 'ab'", True),
        ("[1] + [2] == [1, 2]", True),
        ("true ? 1 : 2", 1),
        ("!(false || 1 > 2)", True),
        ("subject.inner.policy == 'reject'", True),
        ("subject.count in [1, 3]", True),
        ("'c' in subject.items", False),
        ("has(subject.nothing)", False),
        ("has(subject.inner.ends_on) && days_until(subject.inner.ends_on) == 2", True),
        ("subject.items.all(i, i != 'c') && subject.items.exists_one(i, i == 'a')", True),
        ("subject.items.filter(i, i > 'a').map(i, i + i) == ['bb']", True),
        ("size(subject.items) == 2 && subject.name.size() == 9", True),
        (
            "subject.name.endsWith('.tz') && subject.name.startsWith('erb') && subject.name.contains('go')",
            True,
        ),
        ("cidr_contains('10.0.0.0/8', '10.1.0.0/16') && !cidr_overlaps('10.0.0.0/8', '11.0.0.0/8')", True),
        ("max_age_seconds('max-age=" + "0" * 30 + "31536000; includeSubDomains')", 31536000),
        ("max_age_seconds('includeSubDomains ; Max-Age = \"60\"')", 60),
        (
            "max_age_seconds('max-age=60; max-age=70') + max_age_seconds('x-max-age=60') + max_age_seconds('')",
            0,
        ),
        (f"max_age_seconds('max-age={'9' * 3900}')", 2**63 - 1),
        ("is_subdomain('A.erb.go.tz.', 'erb.go.tz') && !is_subdomain('xerb.go.tz', 'erb.go.tz')", True),
        ("true == false || 1 == 1 // comment", True),
        ("subject.items[1] == 'b'", True),
    ],
)
def test_gives_the_answer_of_the_language(text: str, expected: object) -> None:
    """Operators, macros and functions compute what CEL says."""
    assert _evaluate(text) == expected


@pytest.mark.parametrize(
    ("text", "offset", "message", "suggestion"),
    [
        ("subject.inner.polcy == 'x'", 14, "Inner has no field 'polcy'", "policy"),
        ("subjct.count == 1", 0, "no variable 'subjct'", "subject"),
        ("subject.count == '1'", 14, "int and string never compare", None),
        ("subject.items.al(i, true)", 14, "no method 'al'", None),
        ("sise(subject.items) == 1", 0, "no function 'sise'", "size"),
        ("subject.name && true", 13, "expects bool, subject.name is string", None),
        ("1 < 2 < 3", 6, "comparisons do not chain: write && between two", None),
        ("subject.count ==", 16, "'the end' is not expected here", None),
        ("'open", 0, "a string without its end", None),
        ("1 # 2", 2, "'#' is not understood", None),
        ("9223372036854775808 == 1", 0, "an integer beyond 64 bits", None),
        ("has(subject)", 0, "has expects one field, such as has(subject.policy)", None),
        ("subject.items.all(subject, true)", 14, "variable 'subject' is taken", None),
        ("(" * 100 + "1" + ")" * 100, 59, "nested deeper than 60", None),
    ],
)
def test_mistakes_are_found_before_anything_runs(
    text: str, offset: int, message: str, suggestion: str | None
) -> None:
    """A misspelt field, a type that never fits or bad syntax is an error with its offset."""
    with pytest.raises(ExpressionError) as caught:
        _evaluate(text)
    found = caught.value
    assert (found.message, found.suggestion) == (message, suggestion)
    assert found.offset == offset or message.startswith("nested")


def test_endless_expression_is_refused() -> None:
    """Length is limited before anything is parsed."""
    with pytest.raises(ExpressionError, match="longer than 4000"):
        parse("1+" * 4000 + "1")


@pytest.mark.parametrize("depth", [4, 5])
def test_macros_over_lists_that_are_written_out_are_counted_when_a_rule_is_loaded(depth: int) -> None:
    """Ten in ten in ten, up to the limit of steps; what data holds is counted while it runs."""
    text = "1 == 1"
    for name in "abcdef"[:depth]:
        text = f"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].exists({name}, {text})"
    if depth == 4:
        assert inspect(parse(text), {})[1] == ()
    else:
        (fault,) = inspect(parse(text), {})[1]
        assert fault.message == "exists brings this to more than 100000 steps"
        assert text[fault.offset :].startswith("exists(a, 1 == 1)")


VALUES = st.sampled_from([True, False, Ref("r", "x"), None])


def _kleene(operator: str, left: object, right: object) -> object:
    """The truth table, with None for an error and a reference for unknown."""
    decided = {"&&": False, "||": True}[operator]
    if decided in (left, right):
        return decided
    return not decided if left is right is (not decided) else "undecided"


def _or_undecided(text: str, **values: Any) -> object:
    try:
        return _evaluate(text, **values)
    except (UnknownValueError, EvaluationError):
        return "undecided"


@given(st.sampled_from(["&&", "||"]), VALUES, VALUES)
def test_and_or_follow_kleene(operator: str, left: object, right: object) -> None:
    """One decided side decides; else what is unknown stays unknown."""
    found = _or_undecided(f"m.a {operator} m.b", m={"a": left, "b": right})
    assert found == _kleene(operator, left, right)


FORMULA = st.recursive(
    st.sampled_from(["m.a", "m.b", "m.c", "has(m.a)"]),
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!{}".format, inner.map(lambda text: text if text.startswith("(") else f"({text})")),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@given(
    FORMULA,
    st.fixed_dictionaries(dict.fromkeys("abc", st.sampled_from([True, False, Ref("r", "x")]))),
    st.data(),
)
def test_learning_an_unknown_never_flips_a_verdict(
    text: str, before: dict[str, object], data: st.DataObject
) -> None:
    """What is decided with unknowns stays so, whatever they turn out to be."""
    decided = _or_undecided(text, m=before)
    after = {
        key: value if isinstance(value, bool) else data.draw(st.booleans()) for key, value in before.items()
    }
    if decided != "undecided":
        assert _evaluate(text, m=after) == decided


@given(FORMULA)
def test_written_tree_reads_back(text: str) -> None:
    """`unparse` gives text that parses to the same text."""
    once = unparse(parse(text))
    assert unparse(parse(once)) == once


@given(st.text(alphabet="subject.inametru&|!()[]?:'\"<>=+-*/% 01,", max_size=60))
def test_parser_survives_anything(text: str) -> None:
    """Whatever the text, the answer is a checked tree or an ExpressionError."""
    try:
        check(parse(text), {"subject": record_of(Sample), "m": MapType(DYN)})
    except ExpressionError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017 - either outcome is right


def test_reference_is_present_and_unknown() -> None:
    """`has` of a reference is true, its value unknown, and an absent field an error."""
    m = {"key": Ref("data", "arn")}
    assert _evaluate("has(m.key)", m=m) is True
    with pytest.raises(UnknownValueError, match="key is known only after creation"):
        _evaluate("m.key == 'x'", m=m)
    with pytest.raises(EvaluationError, match="other is absent"):
        _evaluate("m.other == 'x'", m=m)


def test_true_is_not_one() -> None:
    """Booleans and numbers are never equal."""
    assert _evaluate("m.a == m.b", m={"a": True, "b": 1}) is False
