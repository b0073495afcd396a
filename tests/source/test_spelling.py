from __future__ import annotations

import pytest

from egov_infra.source.spelling import closest


@pytest.mark.parametrize(
    ("word", "expected"), [("tenacy", "tenancy"), ("domain", "domains"), ("zzz", None), ("", None)]
)
def test_suggests_the_nearest_word_only_if_it_is_near(word: str, expected: str | None) -> None:
    """A misspelling gets its word; anything else gets nothing."""
    assert closest(word, ["tenancy", "domains", "gateway"]) == expected
