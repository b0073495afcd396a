"""Did you mean?"""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that the word is probably a misspelling of, or None."""
    import difflib  # noqa: PLC0415 - only a wrong input needs it

    matches = difflib.get_close_matches(word, sorted(candidates), n=1, cutoff=0.6)
    return matches[0] if matches else None
