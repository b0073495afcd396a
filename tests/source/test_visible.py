from __future__ import annotations

import pytest

from egov_infra.source.visible import visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\n lines\t", "two lines"),
        ("Mji wa Kigoma–Ujiji", "Mji wa Kigoma–Ujiji"),
        ("\x00\x1b[31m", "\\u{0}\\u{1b}[31m"),
        ("\u202eevil\u200b", "\\u{202e}evil\\u{200b}"),
        ("\ud800", "\\u{d800}"),
        ("\u2028x", "x"),
    ],
)
def test_shows_one_line_with_nothing_hidden(text: str, expected: str) -> None:
    """Letters of every language stay; what moves the cursor or the direction is spelt out."""
    assert visible(text) == expected
