"""Three-valued logic: what is decided stays decided, whatever the unknown turns out to be."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egov_infra.plan.value import Document, Join, Ref, StackRef
from egov_infra.policy.evaluation import decide
from egov_infra.policy.expression.check import check, inspect
from egov_infra.policy.expression.compile import MAX_STEPS, Compiler
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.shortcut import build_shortcut, write_answer
from egov_infra.policy.expression.types import DYN, MapType
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.finding import Verdict
from egov_infra.policy.graph import Context

UNKNOWN = Ref("data", "arn")
NAMES = ("a", "b", "c")
SCALARS: tuple[object, ...] = (True, False, 0, 1, 7, "x", "xy", ("x",), ("x", "y"), (), None)


def _evaluate(text: str, m: dict[str, Any]) -> object:
    """The value, or `unknown` or `error`."""
    node = parse(text)
    check(node, {"m": MapType(DYN)})
    try:
        return Compiler({"m": 0}, 1).compile(node)([m, Context(datetime.date(2020, 6, 30))])
    except UnknownValueError:
        return "unknown"
    except EvaluationError:
        return "error"


FIELD = st.sampled_from([f"m.{name}" for name in NAMES])
TERM = st.one_of(FIELD, st.sampled_from(["true", "false", "1", "'x'", "['x', 'y']", "m.a == m.b"]))
EXPRESSION = st.recursive(
    st.one_of(
        TERM,
        st.builds("has({0})".format, FIELD),
        st.builds("size({0}) > 0".format, FIELD),
        st.builds("{0}.all(i, i == 'x')".format, FIELD),
        st.builds("{0}.exists(i, i == 'x')".format, FIELD),
        st.builds("{0}.exists_one(i, i == 'x')".format, FIELD),
        st.builds("size({0}.filter(i, i != 'x')) == 0".format, FIELD),
        st.builds("{0}.map(i, i) == ['x']".format, FIELD),
        st.builds("{0}.matches('^x')".format, FIELD),
        st.builds("{0} in {1}".format, FIELD, FIELD),
        st.builds("{0} + 1 > {1}".format, FIELD, FIELD),
    ),
    lambda inner: st.one_of(
        st.builds("({0}) && ({1})".format, inner, inner),
        st.builds("({0}) || ({1})".format, inner, inner),
        st.builds("({0}) ? ({1}) : ({2})".format, inner, inner, inner),
        st.builds("!({0})".format, inner),
    ),
    max_leaves=6,
)
PART = st.one_of(st.sampled_from(SCALARS), st.just(UNKNOWN), st.just(("x", UNKNOWN)))


def _well_typed(text: str) -> bool:
    return not inspect(parse(text), {"m": MapType(DYN)})[1]


@given(EXPRESSION.filter(_well_typed), st.fixed_dictionaries(dict.fromkeys(NAMES, PART)), st.data())
def test_refining_an_unknown_never_flips_a_decision(
    text: str, m: dict[str, Any], data: st.DataObject
) -> None:
    """A value, or an error, that was given despite unknown parts is given whatever these turn out to be."""
    decided = _evaluate(text, m)
    refined = {key: _refine(value, data) for key, value in m.items()}
    if decided == "error" or isinstance(decided, bool | int):  # a list may hand its unknown parts on
        assert _evaluate(text, refined) == decided


def _refine(value: object, data: st.DataObject) -> object:
    """A value in place of each reference: never an absent one, for a reference is present."""
    if value is UNKNOWN:
        return data.draw(st.sampled_from([item for item in SCALARS if item is not None]))
    if isinstance(value, tuple):
        return tuple(_refine(item, data) for item in value)
    return value


@given(EXPRESSION.filter(_well_typed), st.fixed_dictionaries(dict.fromkeys(NAMES, PART)))
def test_gives_an_answer_whatever_the_data(text: str, m: dict[str, Any]) -> None:
    """Whatever stands in fields of no declared type: a value, unknown or an error, never a crash."""
    assert _evaluate(text, m) is not None


RULE = EXPRESSION.filter(_well_typed).map(parse)
ANSWERS = {True: Verdict.PASS, None: Verdict.NOT_APPLICABLE}


@settings(max_examples=1000)
@given(st.none() | RULE, RULE, st.fixed_dictionaries(dict.fromkeys(NAMES, PART)))
def test_shortcut_answers_as_the_closures_do(when: Any, must: Any, m: dict[str, Any]) -> None:
    """Where a rule's shortcut says that it passes or does not apply, three-valued logic says the same."""
    compiler = Compiler({"m": 0}, 1)
    rule: Any = SimpleNamespace(when=when and compiler.compile(when), must=compiler.compile(must))
    context = Context(datetime.date(2020, 6, 30))
    variables = {"m": MapType(DYN)}
    (answer,) = build_shortcut([write_answer(when, must, variables)], variables)(m, context)
    if answer is False:  # the closures are to decide
        return
    steps, context.steps = context.steps, 0
    verdict = decide(rule, [m, context])
    assert (ANSWERS[answer], steps) == (verdict, context.steps)


@pytest.mark.parametrize("unknown", [UNKNOWN, StackRef("platform.x", "y"), Join(("arn:", UNKNOWN))])
def test_every_reference_is_unknown_and_present(unknown: object) -> None:
    """References, outputs of other stacks and strings around references are unknown as values."""
    assert _evaluate("has(m.a)", {"a": unknown}) is True
    assert _evaluate("m.a == 'x'", {"a": unknown}) == "unknown"
    assert _evaluate("'x' in m.a || m.a.exists(i, i == 'x')", {"a": ("x", unknown)}) is True
    assert _evaluate("m.a == ['y', 'z']", {"a": ("x", unknown)}) is False


def test_document_is_read_as_its_body() -> None:
    """An embedded policy is structured for rules."""
    policy = Document({"Statement": ({"Effect": "Deny", "Action": ("s3:*", UNKNOWN)},)})
    assert _evaluate("statements(m.a).exists(s, s.Effect == 'Deny' && 's3:*' in s.Action)", {"a": policy})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m.u && m.missing", "unknown"),
        ("m.missing && m.u", "unknown"),
        ("m.u && false", False),
        ("m.missing || true", True),
        ("m.missing && true", "error"),
        ("m.u ? 1 : 1", "unknown"),
        ("9223372036854775807 + 1 == 0", "error"),
        ("-9223372036854775807 - 2 == 0", "error"),
        ("1 / 0 == 0", "error"),
        ("1.0 / 0.0 > 1.0", True),
        ("m.text.all(c, true)", "error"),
        ("m.text.upper", "error"),
        ("m.text[0] == 'x'", "error"),
        ("m.one && true", "error"),
        ("m.list < 1", "error"),
        ("size(m.one) == 1", "error"),
    ],
)
def test_unknown_outweighs_errors_and_nothing_is_coerced(text: str, expected: object) -> None:
    """Errors stay errors, and give way to unknown: knowing more might make them vanish."""
    assert _evaluate(text, {"u": UNKNOWN, "text": "xy", "one": 1, "list": ("x",)}) == expected


def test_steps_are_limited() -> None:
    """Macros in macros end, whatever the data."""
    m = {"a": tuple("x" * 400)}
    assert _evaluate("m.a.all(i, m.a.all(j, m.a.all(k, i == k)))", m) == "error"
    assert MAX_STEPS < 400**3


def test_size_is_limited() -> None:
    """Texts do not double without end."""
    doubling = ".map(y, y + y)" * 40
    assert _evaluate(f"['xxxxxxxxxx']{doubling} == ['x']", {}) == "error"


def test_every_fault_shows_at_once() -> None:
    """Three mistakes give three faults, in the order of the text."""
    text = "m.all(k, k == 1) && nme.x && sise(m) == null && m.a.matches('(?=x)')"
    _, faults = inspect(parse(text), {"m": MapType(DYN)})
    assert [(fault.message.partition(":")[0], fault.offset) for fault in faults] == [
        ("string and int never compare", text.index("== 1")),
        ("no variable 'nme'", text.index("nme")),
        ("no function 'sise'", text.index("sise")),
        ("null never compares", text.index("null")),
        ("pattern", text.index("'(?=x)'")),
    ]
