from __future__ import annotations

from egov_infra.source.diagnostic import Diagnostic, Place


def test_long_line_is_cut_so_that_the_caret_still_points_at_its_place() -> None:
    """What is shown of the line lies around the place."""
    line = "a" * 150 + "!" + "b" * 150
    text, excerpt, mark = Diagnostic(Place("f", 1, 151), "code", "wrong", None, line).shown().split("\n")
    assert text == "f:1:151 code wrong"
    assert len(excerpt) <= 120
    assert excerpt[mark.index("^")] == "!"


def test_without_an_excerpt_one_line_is_shown() -> None:
    """As programs read it."""
    found = Diagnostic(Place("f", 1, 2), "code", "wrong", "write")
    assert found.shown() == str(found) == "f:1:2 code wrong; did you mean 'write'?"
