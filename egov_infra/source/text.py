"""The bytes of a file as text."""

from __future__ import annotations

from egov_infra.source.diagnostic import Diagnostic, InputError, Place


def decode(content: bytes, file: str, encoding: str = "utf-8") -> str:
    """The text of a file that messages call `file`; `encoding` is of UTF-8. Raises InputError where it is none."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        place = Place(file, line, column)
        raise InputError([Diagnostic(place, "file-encoding", "not UTF-8: save the file as UTF-8")]) from None
