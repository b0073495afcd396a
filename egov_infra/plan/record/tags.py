"""The tag=value lists that DKIM, DMARC, MTA-STS and TLS-RPT records are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class TagList:
    """Tags in order, and what is wrong with their writing (RFC 6376, section 3.2)."""

    tags: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]

    def get(self, name: str) -> str | None:
        """The value of a tag, or None."""
        return next((value for tag, value in self.tags if tag == name), None)


def parse_tags(text: str) -> TagList:
    """Split `tag=value; tag=value;`. Total: what does not parse is a fault with its column, counted from 1."""
    tags: list[tuple[str, str]] = []
    faults: list[str] = []
    column = 1
    parts = text.split(";")
    for index, part in enumerate(parts):
        name, equals, value = part.partition("=")
        name, value = name.strip(" \t"), value.strip(" \t")
        if not part.strip(" \t"):
            if index != len(parts) - 1:
                faults.append(f"column {column}: an empty tag")
        elif not equals or not _TAG.fullmatch(name):
            faults.append(f"column {column}: {part.strip()!r} is not tag=value")
        elif any(name == tag for tag, _ in tags):
            faults.append(f"column {column}: tag {name!r} stands twice")
        else:
            tags.append((name, value))
        column += len(part) + 1
    return TagList(tuple(tags), tuple(faults))


def render_tags(*tags: tuple[str, str | None]) -> str:
    """`tag=value; tag=value`, leaving out tags whose value is None."""
    return "; ".join(f"{name}={value}" for name, value in tags if value is not None)
