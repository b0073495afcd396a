"""What is wrong with an input, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from egov_infra.source.frozen import frozen

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands inside a document: mapping keys and list indexes from the root."""


_WIDTH, _BEFORE = 110, 60
"""Characters of an excerpt that are shown, and at most so many of them before the caret."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; line and column count from 1, and 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@frozen
class Diagnostic:
    """One thing wrong with an input. `code` is stable; `message` stands alone."""

    place: Place
    code: str
    message: str
    suggestion: str | None = None
    excerpt: str | None = field(default=None, compare=False)
    """The line of the place, where people want to see it."""

    def __str__(self) -> str:
        return f"{self.place} {self.code} {self.text}"

    @property
    def text(self) -> str:
        """The message, with what was probably meant."""
        return f"{self.message}; did you mean {self.suggestion!r}?" if self.suggestion else self.message

    def shown(self) -> str:
        """As text for people: with an excerpt the line stands below, and a caret under the place."""
        if self.excerpt is None:
            return str(self)
        begin = max(0, self.place.column - 1 - _BEFORE) if len(self.excerpt) > _WIDTH else 0
        cut = self.excerpt[begin : begin + _WIDTH].rstrip()
        mark = " " * (self.place.column - 1 - begin)
        return f"{self}\n  | {cut}\n  | {mark}^"


class InputError(Exception):
    """Inputs cannot be read: carries every diagnostic, in order of place. Exit code 2."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.place, d.code, d.message)))
        super().__init__("\n".join(map(str, self.diagnostics)))


def tried(read: Callable[[], T], faults: list[Diagnostic]) -> T | None:
    """What is read, or None: then what is wrong with it is among the faults, and more can be read before they are raised."""
    try:
        return read()
    except InputError as error:
        faults.extend(error.diagnostics)
        return None
