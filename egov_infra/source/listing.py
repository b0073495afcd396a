"""Add an entry to a YAML file that is one list; comments and layout stay as people wrote them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from egov_infra.source.composer import Data
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import Document, parse_document
from egov_infra.source.scalar import resolve

_PLAIN = re.compile(r"[A-Za-z0-9][^\x00-\x1f\x7f-\x9f]*")
_INDENT = 2


def entry_text(entry: Mapping[str, str], indent: int = _INDENT) -> str:
    """An entry of a list as YAML, `indent` spaces before its dash."""
    lines = [f"{key}: {scalar_text(value)}" for key, value in entry.items()]
    return "\n".join(f"{' ' * indent}{'  ' if number else '- '}{line}" for number, line in enumerate(lines))


def add_entry(content: bytes | None, file: str, key: str, entry: Mapping[str, str]) -> bytes:
    """The bytes of a file with one more entry in the list under a key; of no file, a new one.

    Raises InputError with the entry, if the list is not written as a block to which lines can be added.
    """
    if content is None:
        return f"{key}:\n{entry_text(entry)}\n".encode()
    before = parse_document(content, file)
    entries = _entries(before.data, key)
    text = content.decode()
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    added = _added(before, key, entries, lines, entry) if entries is not None else lines
    found = "".join(f"{line}{end}" for line in added).encode()
    try:
        is_right = _entries(parse_document(found, file).data, key) == (*(entries or ()), dict(entry))
    except InputError:
        is_right = False
    if not is_right:
        message = f"cannot be added to as it is written; put this entry in by hand\n{entry_text(entry)}"
        raise InputError([Diagnostic(Place(file), "list-foreign", message)])
    return found


def _entries(data: Data, key: str) -> tuple[Data, ...] | None:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, tuple) else None


def _added(
    document: Document, key: str, entries: tuple[Data, ...], lines: list[str], entry: Mapping[str, str]
) -> list[str]:
    """The lines with those of the entry among them; where that cannot be, whatever comes out is no such list."""
    if not entries:
        at = document.place((key,), key=True).line
        opened = re.sub(r"^(\S+:)\s*\[\s*\]", r"\1", lines[at - 1])
        return [*lines[: at - 1], opened, *entry_text(entry).split("\n"), *lines[at:]]
    place = document.place((key, len(entries) - 1))
    indent = lines[place.line - 1].rfind("-", 0, place.column)
    at = len(lines)
    while at > place.line and _is_loose(lines[at - 1], indent):
        at -= 1
    return [*lines[:at], *entry_text(entry, indent).split("\n"), *lines[at:]]


def _is_loose(line: str, indent: int) -> bool:
    """Whether a line after the last entry belongs to no entry: it is empty, or a comment of the list."""
    stripped = line.lstrip()
    return not stripped or (stripped.startswith("#") and len(line) - len(stripped) <= indent)


def scalar_text(text: str) -> str:
    """A text as YAML, with quotes where it would be read as something else."""
    is_plain = _PLAIN.fullmatch(text) and resolve(text) == text and not re.search(r": | #|[:\s]$", text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)
