"""Every expression that is accepted gives the answer of the official C++ CEL, domain functions and unknowns apart."""

from __future__ import annotations

import dataclasses
import datetime
import math
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.compile import Compiler
from egov_infra.policy.expression.fold import fold
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import Call, Name, Node, children, unparse
from egov_infra.policy.expression.types import DYN, MapType
from egov_infra.policy.expression.unknown import EvaluationError
from egov_infra.policy.graph import Context
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule, compiler_of
from egov_infra.policy.subject import Planned

cel = pytest.importorskip("cel_expr_python.cel", reason="the official CEL has no wheel for this platform")

NAMES = ("a", "b", "c", "d")
VARIABLES = {"m": MapType(DYN)}
ORACLE = cel.NewEnv(variables={"m": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)})
_RULES = cel.NewEnv(
    variables=dict.fromkeys(("subject", "institution"), cel.Type.Map(cel.Type.STRING, cel.Type.DYN))
)
ERROR = "error"
_STANDARD = ("size", "startsWith", "endsWith", "contains", "matches")

INTEGER = st.one_of(st.integers(-5, 5), st.sampled_from([2**63 - 1, -(2**63), 2**31, 100_000]))
NUMBER = st.one_of(INTEGER, st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.5, -1.5, 1e300]))
WORD = st.sampled_from(["", "x", "xy", "yx", "X", "ä", "a.b", "'", "\\", "x\ny", "10"])
SCALAR = st.one_of(st.booleans(), NUMBER, WORD)
VALUE = st.recursive(
    st.one_of(st.none(), SCALAR),
    lambda inner: st.one_of(
        st.lists(inner.filter(lambda item: item is not None), max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    ),
    max_leaves=6,
)
DATA = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUE))


def _written(value: Any) -> str:
    """A constant as an expression."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
        return f"'{escaped}'"
    return repr(value) if value >= 0 and repr(value)[0] != "-" else f"(-{repr(value).lstrip('-')})"


CONSTANT = st.one_of(
    st.booleans(), WORD, st.integers(0, 5), st.sampled_from([0.5, 1.0, 2.5, 2**63 - 1, 2**31])
).map(_written)
FIELD = st.sampled_from([f"m.{name}" for name in NAMES])
PATH = st.one_of(
    FIELD, st.builds("{0}.{1}".format, FIELD, st.sampled_from(NAMES)), st.builds("{0}[0]".format, FIELD)
)
PATTERN = st.sampled_from(["^x", "x$", "[a-z]+", "^(x|y)*$", "x{1,2}", "\\\\d+", "", "."])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["&&", "||", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"])
    macro = st.sampled_from(["all", "exists", "exists_one", "filter"])
    test = st.sampled_from(
        ["i == 'x'", "i > 1", "has(i.a)", "i in m.b", "i", "size(i) > 0", "i.all(j, j == i)"]
    )
    method = st.sampled_from(["startsWith", "endsWith", "contains"])
    return st.one_of(
        st.builds("({0}) {1} ({2})".format, inner, operator, inner),
        st.builds("!({0})".format, inner),
        st.builds("-({0})".format, inner),
        st.builds("({0}) ? ({1}) : ({2})".format, inner, inner, inner),
        st.builds("[{0}, {1}]".format, inner, inner),
        st.builds("size({0})".format, inner),
        st.builds("({0}).{1}(i, {2})".format, inner, macro, test),
        st.builds("({0}).map(i, {1})".format, inner, st.sampled_from(["i", "i + i", "[i]", "i == m.a"])),
        st.builds("({0}).{1}({2})".format, inner, method, inner),
        st.builds("({0}).matches('{1}')".format, inner, PATTERN),
    )


EXPRESSION = st.recursive(
    st.one_of(
        PATH,
        CONSTANT,
        st.builds("has({0}.{1})".format, st.one_of(st.just("m"), FIELD), st.sampled_from(NAMES)),
    ),
    _combined,
    max_leaves=8,
)


DECIDED = st.one_of(
    st.builds("has({0}.{1})".format, FIELD, st.sampled_from(NAMES)),
    st.builds(
        "{0} {1} {2}".format, PATH, st.sampled_from(["==", "!=", "<", ">=", "in"]), st.one_of(PATH, CONSTANT)
    ),
    st.builds(
        "{0}.{1}(i, i == {2})".format, FIELD, st.sampled_from(["all", "exists", "exists_one"]), CONSTANT
    ),
    st.builds("size({0}) > {1}".format, FIELD, st.integers(0, 2)),
)
FORMULA = st.recursive(
    DECIDED,
    lambda inner: st.one_of(
        st.builds("({0}) {1} ({2})".format, inner, st.sampled_from(["&&", "||"]), inner),
        st.builds("!({0})".format, inner),
        st.builds("({0}) ? ({1}) : ({2})".format, inner, inner, inner),
    ),
    max_leaves=8,
)
"""What rules look like: these are decided more often than not."""


def _ours(text: str, m: Any) -> object:
    try:
        found = Compiler({"m": 0}, 1).compile(parse(text))([m, Context(datetime.date(2020, 6, 30))])
    except EvaluationError:
        return ERROR
    return _comparable(found)


def _theirs(text: str, m: Any) -> object:
    found = ORACLE.compile(text).eval(data={"m": _given(m)})
    return ERROR if found.type() == cel.Type.ERROR else _comparable(found.plain_value())


def _given(value: Any) -> Any:
    """Data for the oracle: a null field is absent, a document is its body."""
    if isinstance(value, Document):
        return _given(value.body)
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return [_given(item) for item in value] if isinstance(value, tuple) else value


def _comparable(value: Any) -> object:
    """A result as text that tells true from 1, and 1 from 1.0; keys of a map in order."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(str(_comparable(item)) for item in value)}]"
    if isinstance(value, dict):
        pairs = sorted((key, _comparable(item)) for key, item in value.items() if item is not None)
        return str(pairs)
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return f"{type(value).__name__} {value!r}"


def _with_one_key(value: Any) -> Any:
    """CEL leaves the order of keys open, which only lists that are made of them show."""
    if isinstance(value, dict):
        return {key: _with_one_key(item) for key, item in list(value.items())[:1]}
    return tuple(map(_with_one_key, value)) if isinstance(value, tuple) else value


def _accepted(text: str) -> bool:
    return not inspect(parse(text), VARIABLES)[1]


@settings(max_examples=600)
@given(st.one_of(EXPRESSION, FORMULA).filter(_accepted), DATA)
def test_accepted_expression_gives_the_answer_of_the_official_one(text: str, m: dict[str, Any]) -> None:
    """The same value of the same type, or an error on both sides."""
    if ".map(" in text or ".filter(" in text:
        m = {key: _with_one_key(value) for key, value in m.items()}
    assert _ours(text, m) == _theirs(text, m)


def test_bundled_rules_give_the_answers_of_the_official_one_on_a_real_plan(
    policies: Policies, context: PlanContext, erb: LoadedInstitution
) -> None:
    """Every rule about an AWS type that asks no domain function, on every resource, references made texts."""
    stacks = plan_institution(erb.institution, context)
    facts = dataclasses.asdict(Planned(erb, stacks, context).facts())
    rules = _plain_rules(policies)
    asked: set[str] = set()
    for resource in (resource for stack in stacks for resource in stack.resources):
        given = {"subject": _known(resource.inputs), "institution": facts}
        for rule, node in rules.get(resource.type, ()):
            ours = _computed(node, given, rule)
            theirs = _official(unparse(node), {name: _given(value) for name, value in given.items()})
            assert ours == theirs, (rule.id, resource.name)
            asked.add(rule.id)
    assert len(asked) > 50


def _known(value: Any) -> Any:
    """A planned value as if everything were created already."""
    if isinstance(value, Ref | StackRef | SecretRef | Join):
        return "arn:aws:iam::1:role/x"
    if isinstance(value, Document):
        return Document(_known(value.body))
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return tuple(map(_known, value)) if isinstance(value, tuple) else value


def _plain_rules(policies: Policies) -> dict[str, list[tuple[Rule, Node]]]:
    """Rules about AWS types with the parts that CEL knows alone, parameters put in."""
    found: dict[str, list[tuple[Rule, Node]]] = {}
    for rule in policies.rules:
        for node in (rule.expressions.when, rule.expressions.must):
            if node is None or not rule.kind.name.startswith("aws:") or not _is_plain(node):
                continue
            folded = fold(node, VARIABLE, rule.parameters)
            found.setdefault(rule.kind.name, []).append((rule, folded))
    return found


def _is_plain(node: Node) -> bool:
    if isinstance(node, Call) and node.function not in _STANDARD:
        return False
    return not (isinstance(node, Name) and node.name == "resource") and all(map(_is_plain, children(node)))


def _computed(node: Node, given: dict[str, Any], rule: Rule) -> object:
    frame = [given.get(name) for name in rule.kind.variables]
    try:
        return _comparable(
            compiler_of(rule.kind).compile(node)([*frame, Context(datetime.date(2020, 6, 30))])
        )
    except EvaluationError:
        return ERROR


def _official(text: str, given: dict[str, Any]) -> object:
    found = _compiled(text).eval(data=given)
    return ERROR if found.type() == cel.Type.ERROR else _comparable(found.plain_value())


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Any:
    return _RULES.compile(text)
