"""Text of others on one line, with nothing in it that cannot be seen."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    r"""The text on one line: white space is a space, and control, format and private characters show as `\u{…}`.

    So no value of a manifest begins a line of its own, and none turns the direction in which its surroundings are read.
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        f"\\u{{{ord(character):x}}}" if unicodedata.category(character)[0] == "C" else character
        for character in line
    )
