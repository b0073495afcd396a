from __future__ import annotations

import pytest

from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import unparse
from egov_infra.policy.prove.rule_mutant import rule_mutants
from egov_infra.policy.rule import Expressions


def _mutants(must: str, when: str | None = None) -> list[tuple[str, str, int, str | None, str]]:
    """Name, expression, offset, and what is left of the rule."""
    expressions = Expressions(parse(when) if when else None, parse(must), (), ())
    return [
        (
            found.name,
            found.key,
            found.offset,
            unparse(found.when) if found.when else None,
            unparse(found.must),
        )
        for found in rule_mutants(expressions)
    ]


def _musts(must: str) -> list[tuple[str, str]]:
    return [(name, text) for name, _, _, _, text in _mutants(must)]


@pytest.mark.parametrize(
    ("must", "expected"),
    [
        ("a.b", [("negate: a.b", "!a.b")]),
        ("!a.b", [("negate: !a.b", "a.b")]),
        ("a.b == 'x'", [("shift comparison: a.b == 'x' to a.b != 'x'", "a.b != 'x'")]),
        (
            "a.n < 3",
            [
                ("negate: a.n < 3", "!(a.n < 3)"),
                ("shift comparison: a.n < 3 to a.n <= 3", "a.n <= 3"),
                ("off by one: a.n < 3 to a.n < 2", "a.n < 2"),
            ],
        ),
        (
            "a.b && a.c && a.d",
            [
                ("negate: a.b && a.c && a.d", "!(a.b && a.c && a.d)"),
                ("drop conjunct: a.b", "a.c && a.d"),
                ("negate: a.b", "!a.b && a.c && a.d"),
                ("drop conjunct: a.c", "a.b && a.d"),
                ("negate: a.c", "a.b && !a.c && a.d"),
                ("drop conjunct: a.d", "a.b && a.c"),
                ("negate: a.d", "a.b && a.c && !a.d"),
            ],
        ),
        (
            "a.l.all(x, x.b)",
            [
                ("negate: a.l.all(x, x.b)", "!a.l.all(x, x.b)"),
                ("swap quantifier: a.l.all to exists", "a.l.exists(x, x.b)"),
                ("negate: x.b", "a.l.all(x, !x.b)"),
            ],
        ),
    ],
)
def test_each_operator_makes_its_slips(must: str, expected: list[tuple[str, str]]) -> None:
    """Whole lists, in the order of the text; a shifted comparison of whole numbers is not counted a second time."""
    assert _musts(must) == expected


@pytest.mark.parametrize(
    ("must", "expected"),
    [
        ("has(a.b) && a.b == 'x'", "!has(a.b) || (a.b == 'x')"),
        ("!has(a.b) || a.b == 'x'", "has(a.b) && (a.b == 'x')"),
        ("'k' in a.m && a.m['k'] == 'x'", "!('k' in a.m) || (a.m['k'] == 'x')"),
        ("'k' in a.m && a.m.k.exists(x, x == 'x')", "!('k' in a.m) || a.m.k.exists(x, x == 'x')"),
    ],
)
def test_a_guard_is_not_dropped_but_takes_what_is_absent_the_other_way(must: str, expected: str) -> None:
    """Without it the rule would only crash; that the field is there is still asked before it is read."""
    found = _musts(must)
    assert [text for name, text in found if name.startswith("flip guard")] == [expected]
    assert not [
        name for name, _ in found if name.startswith("drop") and "a.m" not in name and "==" not in name
    ]


def test_a_condition_that_guards_nothing_is_dropped_as_any_other() -> None:
    """`has` of a field that nobody reads is a demand of its own."""
    assert ("drop conjunct: has(a.b)", "a.c") in _musts("has(a.b) && a.c")


def test_when_is_dropped_but_what_guards_must_goes_over_to_it() -> None:
    """Otherwise the rule would crash where it did not apply, and no example could tell."""
    assert _mutants("a.plan.ok", "a.sends && has(a.plan)")[:3] == [
        ("drop when", "when", 0, None, "has(a.plan) && a.plan.ok"),
        ("flip guard: has(a.plan)", "when", 11, "a.sends", "has(a.plan) && a.plan.ok"),
        ("negate: a.sends && has(a.plan)", "when", 0, "!(a.sends && has(a.plan))", "a.plan.ok"),
    ]
    assert ("drop when", "when", 0, None, "a.ok") in _mutants("a.ok", "a.sends")


def test_no_mutant_is_the_rule_or_another_mutant() -> None:
    """A slip that is the same as another would count twice."""
    must = "(a.x == 1 || a.x == 2) && a.l.all(x, x != 2) && size(a.l) > 0"
    found = _mutants(must, "has(a.b) && a.b != 'x'")
    told = [(when, text) for _, _, _, when, text in found]
    assert len(set(told)) == len(told)
    assert (unparse(parse("has(a.b) && a.b != 'x'")), unparse(parse(must))) not in told


def test_the_text_of_a_mutant_reads_back() -> None:
    """What is printed is an expression: it can be tried."""
    expressions = Expressions(parse("has(a.b)"), parse("a.b.all(x, x > 1 ? x < 9 : x == -1) || !a.c"), (), ())
    assert [unparse(parse(found.text)) for found in rule_mutants(expressions)] == [
        found.text for found in rule_mutants(expressions)
    ]
