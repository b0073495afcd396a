"""The tag=value lists that DKIM, DMARC, MTA-STS and TLS-RPT records are made of (RFC 6376, section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from egov_infra.source.frozen import frozen

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FORBIDDEN = re.compile(r"[^\x20-\x7e\t]")
"""What no value may hold: a tag-value is printable ASCII and white space."""
_FOLD = re.compile(r"\r\n(?=[ \t])")
_SPACE = " \t"


@frozen
class Tag:
    """One tag. `column` is where its value begins in the text, counted from 1."""

    name: str
    value: str
    column: int


@frozen
class TagList:
    """Tags in order, and what is wrong with their writing."""

    tags: tuple[Tag, ...]
    faults: tuple[str, ...]

    def find(self, name: str) -> Tag | None:
        """A tag, or None."""
        return next((tag for tag in self.tags if tag.name == name), None)

    def get(self, name: str) -> str | None:
        """The value of a tag, or None."""
        found = self.find(name)
        return None if found is None else found.value

    def begins_with(self, name: str, value: str) -> bool:
        """Whether the first tag is this one, to the letter: records say so what they are."""
        return bool(self.tags) and (self.tags[0].name, self.tags[0].value) == (name, value)

    def items(self, name: str, separator: str) -> Iterator[tuple[str, int]]:
        """The parts of a tag's value with their columns; white space around them does not count."""
        found = self.find(name)
        if found is None or not found.value:
            return
        column = found.column
        for part in found.value.split(separator):
            yield part.strip(_SPACE), column + len(part) - len(part.lstrip(_SPACE))
            column += len(part) + len(separator)


def parse_tags(text: str) -> TagList:
    """Split `tag=value; tag=value;`. Total: what does not parse is a fault with its column, counted from 1."""
    tags: list[Tag] = []
    faults: list[str] = []
    column = 1
    parts = _FOLD.sub("  ", text).split(
        ";"
    )  # folding takes no place in the value, and two columns in the text
    for index, part in enumerate(parts):
        before, equals, after = part.partition("=")
        name, value = before.strip(_SPACE), after.strip(_SPACE)
        start = column + len(before) + 1 + len(after) - len(after.lstrip(_SPACE))
        wrong = _FORBIDDEN.search(part)
        if not part.strip(_SPACE):
            if index != len(parts) - 1:
                faults.append(f"column {column}: an empty tag")
        elif wrong:
            faults.append(f"column {column + wrong.start()}: {wrong.group()!r} may not stand in a record")
        elif not equals or not _NAME.fullmatch(name):
            faults.append(f"column {column}: {part.strip()!r} is not tag=value")
        elif any(name == tag.name for tag in tags):
            faults.append(f"column {column}: tag {name!r} stands twice")
        else:
            tags.append(Tag(name, value, start))
        column += len(part) + 1
    return TagList(tuple(tags), tuple(faults))


def render_tags(*tags: tuple[str, str | None]) -> str:
    """`tag=value; tag=value`, leaving out tags whose value is None."""
    return "; ".join(f"{name}={value}" for name, value in tags if value is not None)
