from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.plan.value import Ref
from egov_infra.policy.expression.compile import Compiler
from egov_infra.policy.expression.fold import Constant, fields_read, fold, strays
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import unparse
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.graph import Context

CONSTANTS: dict[str, Constant] = {
    "days": 14,
    "share": 0.5,
    "word": "x",
    "is_on": True,
    "words": ("x", "y"),
    "none": (),
    "many": tuple(range(17)),
}
VALUES = (True, False, 0, 14, 15, 0.5, "x", "z", ("x",), ("x", "z"), (), None, Ref("data", "arn"))
FIELDS = [f"p.{name}" for name in CONSTANTS]
READ = st.sampled_from([*FIELDS, "s.a", "s.b"])
FORMULA = st.recursive(
    st.one_of(
        st.sampled_from(["true", "s.a == 'x'", "has(s.b)", "has(p.days)"]),
        st.builds("{0} == {1}".format, READ, READ),
        st.builds("{0} < {1}".format, READ, READ),
        st.builds("{0} in {1}".format, READ, READ),
        st.builds("size({0}) > -p.days".format, READ),
        st.builds("{0}.all(i, i in {1})".format, READ, READ),
        st.builds("{0}.exists(i, i == {1})".format, READ, READ),
        st.builds("{0}.exists_one(i, i == {1})".format, READ, READ),
        st.builds("size({0}.filter(i, {1}.all(j, i == j))) == 1".format, READ, READ),
        st.builds("{0}.map(i, [i, p.word])[0][1] == {1}".format, READ, READ),
    ),
    lambda inner: st.one_of(
        st.builds("({0}) && ({1})".format, inner, inner),
        st.builds("({0}) || ({1})".format, inner, inner),
        st.builds("!({0})".format, inner),
        st.builds("({0}) ? ({1}) : ({2})".format, inner, inner, inner),
    ),
    max_leaves=6,
)


def _value(text: str, subject: dict[str, object], *, folded: bool) -> object:
    """The value, or `unknown` or `error`."""
    node = parse(text)
    tree = fold(node, "p", CONSTANTS) if folded else node
    frame = [subject, CONSTANTS, Context(datetime.date(2020, 6, 30))]
    try:
        return Compiler({"s": 0, "p": 1}, 2).compile(tree)(frame)
    except UnknownValueError:
        return "unknown"
    except EvaluationError:
        return "error"


@given(FORMULA, st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_folded_expression_has_the_same_value(text: str, a: object, b: object) -> None:
    """Constants say what fields would have said, also beside what is unknown, absent or wrong."""
    subject = {"a": a, "b": b}
    assert _value(text, subject, folded=True) == _value(text, subject, folded=False)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("s.a >= p.days", "s.a >= 14"),
        ("s.a in p.words", "s.a in ['x', 'y']"),
        ("p.words.all(i, i in s.a)", "('x' in s.a) && (('y' in s.a) && true)"),
        ("p.none.exists(i, i == s.a)", "false"),
        ("p.many.all(i, i > 0)", f"[{', '.join(map(str, range(17)))}].all(i, i > 0)"),
        ("has(p.word) && s.all(i, p.is_on)", "true && s.all(i, true)"),
    ],
)
def test_nothing_of_the_variable_is_left(text: str, folded: str) -> None:
    """Each field becomes its constant, and a short list is written out."""
    assert unparse(fold(parse(text), "p", CONSTANTS)) == folded


def test_finds_what_is_read_and_what_stands_for_itself() -> None:
    """`p` alone is no field; `p.x` of something else is none either."""
    node = parse("has(p.days) && s.p.word == p.word && size(p) > 0 && p['days'] == 1")
    assert fields_read(node, "p") == {"days", "word"}
    assert [name.offset for name in strays(node, "p")] == [42, 52]
