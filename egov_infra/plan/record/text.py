"""TXT records: character-strings of at most 255 octets, joined without anything between (RFC 1035, 3.3.14)."""

from __future__ import annotations

import re

MAX_OCTETS = 255
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PLAIN = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII that needs no escape
_OCTAL = re.compile(rb"\\([0-7]{3})|\\(.)", re.DOTALL)


def quote(text: str) -> str:
    """A TXT value as pulumi_aws takes it: without the outer quotes, split at 255 octets inside one value.

    Route 53 wants quoted character-strings and octal escapes for what is not ASCII.

    >>> quote("x" * 256) == "x" * 255 + '""' + "x"
    True
    """
    if len(text) <= MAX_OCTETS and _PLAIN.fullmatch(text):
        return text
    octets = text.encode()
    chunks = [octets[start : start + MAX_OCTETS] for start in range(0, len(octets), MAX_OCTETS)] or [b""]
    return '""'.join(map(_escape, chunks))


def unquote(value: str) -> str:
    """The text of a TXT value: the inverse of `quote`. Raises ValueError if it is no such value."""
    if _PLAIN.fullmatch(value):
        return value
    quoted = f'"{value}"'
    chunks = _QUOTED.findall(quoted)
    if _QUOTED.sub("", quoted).strip():
        raise ValueError(f"not a TXT value: {value!r}")
    return b"".join(_unescape(chunk) for chunk in chunks).decode()


def _escape(chunk: bytes) -> str:
    plain = chunk.decode("latin-1")
    if _PLAIN.fullmatch(plain):
        return plain

    def one(octet: int) -> str:
        character = chr(octet)
        if character in '"\\':
            return "\\" + character
        return character if 32 <= octet < 127 else f"\\{octet:03o}"  # noqa: PLR2004 - printable ASCII

    return "".join(map(one, chunk))


def _unescape(chunk: str) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        return bytes([int(match[1], 8) & 255]) if match[1] else match[2]

    return _OCTAL.sub(one, chunk.encode())
