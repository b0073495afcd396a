"""What a value can be besides itself: unknown, or impossible to compute."""

from __future__ import annotations


class EvaluationError(Exception):
    """An expression cannot be computed on this subject; the verdict is `error` unless `&&` or `||` absorbs it."""


class UnknownValueError(Exception):
    """An expression read a value that is known only after creation; absorbed like an error (Kleene logic)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is known only after creation")
        self.what = what
