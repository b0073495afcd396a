"""Where the parts of a rule stand in its file, to the character: inside its expressions, conditions and texts."""

from __future__ import annotations

from egov_infra.policy.condition import Origin
from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.document import Document


class Written:
    """A rule's file as it was written."""

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self._lines = text.split("\n")

    def is_block(self, key: str) -> bool:
        """Whether the text of a key is a block scalar: what YAML leaves as it was written."""
        return self._rest(self.document.place((key,))).startswith("|")

    def in_block(self, key: str, text: str, offset: int) -> Place:
        """The place of an offset inside a block scalar: its text begins on the line after the header."""
        before = text[: min(offset, len(text.rstrip()))].split("\n")  # what misses at the end misses there
        line = self.document.place((key,)).line + len(before)
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        own = len(before[-1]) - len(before[-1].lstrip(" ")) if before[-1].strip() else 0
        indent = len(written) - len(written.lstrip(" ")) - own
        return Place(self.document.file, line, max(indent, 0) + len(before[-1]) + 1)

    def in_condition(self, origin: Origin) -> Place:
        """The place of a part of a condition."""
        place = self.document.place(origin.path, key=origin.is_key)
        quotes = self._rest(place).startswith(("'", '"'))
        return Place(place.file, place.line, place.column + quotes + origin.characters)

    def in_hole(self, key: str, hole: str, offset: int) -> Place:
        """The place of an offset inside an expression in braces; that of the whole text where YAML has changed it."""
        place = self.document.place((key,))
        for line in range(place.line, min(place.line + 20, len(self._lines) + 1)):
            start = place.column - 1 if line == place.line else 0
            found = self._lines[line - 1].find(f"{{{hole}}}", start)
            if found >= 0:
                return Place(place.file, line, found + 2 + offset)
        return place

    def diagnostic(self, place: Place, code: str, message: str, suggestion: str | None = None) -> Diagnostic:
        """Something wrong, with the line that it stands on."""
        return Diagnostic(
            place, code, message, suggestion, self._lines[place.line - 1] if place.line else None
        )

    def _rest(self, place: Place) -> str:
        return self._lines[place.line - 1][place.column - 1 :]
