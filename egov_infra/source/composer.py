"""YAML text to plain data, with the position of every value, in one pass over the parser's events.

PyYAML's own `compose` crashes the interpreter on deep nesting and takes duplicate keys silently; here depth is
checked before recursion. Anchors, aliases, tags and merge keys are refused: a manifest says what it says.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.scalar import Scalar, ScalarCache

Data: TypeAlias = "Scalar | tuple[Data, ...] | dict[str, Data]"

MAX_DEPTH = 50
_LINE_SHIFT = 20  # 20 bits of column; 12 would be too few for a long line
_SCALARS = ScalarCache()
_NOT_TEXT = "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
"""Pattern of what no YAML text may hold (YAML 1.2.2, section 5.1); it takes milliseconds to compile, and is seldom needed."""


class _GiveUpError(Exception):
    """The rest of the file cannot be composed."""


@frozen
class Composed:
    """Plain data; positions of keys and values in document order, packed as line << 20 | column, from 0."""

    data: Data
    positions: array[int]
    diagnostics: tuple[Diagnostic, ...]
    is_whole: bool
    """Whether the file was read to its end, so that its data may be looked at in spite of the diagnostics."""


def unpack(packed: int) -> tuple[int, int]:
    """Line and column of a packed position, counted from 1."""
    return (packed >> _LINE_SHIFT) + 1, (packed & ((1 << _LINE_SHIFT) - 1)) + 1


def compose(text: str, file: str) -> Composed:
    """Compose the one document of a YAML text. Never raises: what is wrong stands in `diagnostics`."""
    composer = _Composer(text, file)
    data: Data = None
    is_whole = False
    try:
        data = composer.document()
        is_whole = True
    except _GiveUpError:
        pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        composer.report("yaml-syntax", _sentence(error, text), (mark.line, mark.column) if mark else None)
    except yaml.YAMLError as error:
        composer.report("yaml-syntax", str(error).splitlines()[0], _not_text(text))
    return Composed(data, composer.positions, tuple(composer.diagnostics), is_whole)


def _not_text(text: str) -> tuple[int, int] | None:
    """Line and column of the first character that YAML does not allow."""
    found = re.search(_NOT_TEXT, text)
    if found is None:
        return None
    return text.count("\n", 0, found.start()), found.start() - text.rfind("\n", 0, found.start()) - 1


def _sentence(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = (error.problem or "not readable").strip()
    line = (
        text.splitlines()[error.problem_mark.line : error.problem_mark.line + 1] if error.problem_mark else []
    )
    if line and "\t" in line[0][: len(line[0]) - len(line[0].lstrip())]:
        return "indented with a tab: YAML indents with spaces"
    return f"not readable as YAML: {problem}" + (f" ({error.context})" if error.context else "")


class _Composer:
    def __init__(self, text: str, file: str) -> None:
        self._next: Callable[[], Any] = CParser(text).get_event
        self._file = file
        self.positions: array[int] = array("Q")
        self.diagnostics: list[Diagnostic] = []

    def report(self, code: str, message: str, mark: tuple[int, int] | None) -> None:
        place = Place(self._file, mark[0] + 1, mark[1] + 1) if mark else Place(self._file)
        self.diagnostics.append(Diagnostic(place, code, message))

    def document(self) -> Data:
        self._next()  # stream start
        event = self._next()
        if isinstance(event, StreamEndEvent):
            self.report("file-empty", "the file holds no value", None)
            raise _GiveUpError
        data = self._value(self._next(), 1)
        self._next()  # document end
        event = self._next()
        if isinstance(event, DocumentStartEvent):
            mark: Any = event.start_mark
            self.report("yaml-documents", "a second document: one file holds one", (mark.line, mark.column))
        return data

    def _value(self, event: Any, depth: int) -> Data:
        mark = event.start_mark
        self.positions.append(mark.line << _LINE_SHIFT | mark.column)
        kind = type(event)  # no event is of a derived class, and this is asked of every value
        if kind is ScalarEvent:
            if event.anchor or event.tag:
                self._refuse(event)
            return _SCALARS[event.value] if event.implicit[0] else str(event.value)
        if depth > MAX_DEPTH:
            self.report("yaml-depth", f"nested deeper than {MAX_DEPTH}", (mark.line, mark.column))
            raise _GiveUpError
        if kind is MappingStartEvent:
            if event.anchor or event.tag:
                self._refuse(event)
            return self._mapping(depth)
        if kind is SequenceStartEvent:
            if event.anchor or event.tag:
                self._refuse(event)
            items = []
            while type(event := self._next()) is not SequenceEndEvent:
                items.append(self._value(event, depth + 1))
            return tuple(items)
        self._refuse(event)
        return None

    def _mapping(self, depth: int) -> dict[str, Data]:
        result: dict[str, Data] = {}
        positions = self.positions
        while type(event := self._next()) is not MappingEndEvent:
            start = len(positions)
            mark = event.start_mark
            if type(event) is not ScalarEvent:
                self.report("yaml-key", "a key must be plain text", (mark.line, mark.column))
                raise _GiveUpError
            if event.anchor or event.tag:
                self._refuse(event)
            key = event.value
            if key == "<<" and event.implicit[0]:
                self.report(
                    "yaml-merge", "merge keys are not supported: write the values", (mark.line, mark.column)
                )
            positions.append(mark.line << _LINE_SHIFT | mark.column)
            value = self._value(self._next(), depth + 1)
            if key in result:
                self.report("yaml-duplicate-key", f"key {key!r} stands twice", (mark.line, mark.column))
                del positions[start:]  # else the replay of positions shifts
            else:
                result[key] = value
        return result

    def _refuse(self, event: Any) -> None:
        mark = (event.start_mark.line, event.start_mark.column)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self.report("yaml-anchor", "anchors and aliases are not supported: write the value", mark)
        else:
            self.report("yaml-tag", f"tags are not supported: {getattr(event, 'tag', None)}", mark)
