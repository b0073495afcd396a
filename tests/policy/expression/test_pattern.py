from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.policy.expression.pattern import PatternError, compile_pattern

ATOM = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\.", "^", "$"])
PATTERN = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.builds("{0}{1}".format, inner, inner),
        st.builds("({0}|{1})".format, inner, inner),
        st.builds("(?:{0}){1}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])),
    ),
    max_leaves=6,
)


@given(PATTERN, st.text(alphabet="abc.1_", max_size=12))
def test_searches_as_the_standard_library_does(pattern: str, text: str) -> None:
    """On what both understand, the automaton finds exactly what `re` finds."""
    expected = re.search(pattern.replace("$", r"\Z"), text) is not None
    assert compile_pattern(pattern).search(text) is expected


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "a*a*a*a*a*b", "(.*)(.*)(.*)(.*)x"])
def test_takes_linear_time(pattern: str) -> None:
    """Patterns on which backtracking never ends are answered at once."""
    begin = time.perf_counter()
    assert compile_pattern(pattern).search("a" * 5000 + "!") is False
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize(
    ("pattern", "offset", "message"),
    [
        (r"(a)\1", 3, "no back references"),
        ("(?=a)", 0, "no lookaround"),
        ("(?P<x>a)", 0, "no lookaround"),
        ("(?i)a", 0, "no lookaround"),
        ("a*?", 2, "one quantifier after another"),
        ("a{2}{3}", 4, "one quantifier after another"),
        ("*a", 0, "repeats nothing"),
        ("a{101}", 1, "at most 100 times"),
        ("a{3,2}", 1, "and upwards"),
        ("(a", 0, "without its )"),
        ("a)", 1, "without its ("),
        ("[a", 0, "without its ]"),
        ("[b-a]", 1, "range from"),
        ("a\\", 1, "not supported"),
        ("(" * 30 + ")" * 30, 20, "nested deeper"),
        ("((a{100}){100}){100}", 0, "states"),
        ("(((){100}){100}){100}", 0, "states"),
    ],
)
def test_refuses_what_needs_memory(pattern: str, offset: int, message: str) -> None:
    """Back references, lookaround, flags and excess are refused, with the character."""
    with pytest.raises(PatternError, match=re.escape(message)) as caught:
        compile_pattern(pattern)
    assert caught.value.offset == offset


@given(st.text(max_size=30))
def test_survives_anything(pattern: str) -> None:
    """Whatever the pattern, it is compiled or refused."""
    try:
        found: bool | None = compile_pattern(pattern).search("abc")
    except PatternError:
        found = None
    assert found in (True, False, None)
