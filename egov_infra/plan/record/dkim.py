"""DKIM: the public keys that sign a domain's mail (RFC 6376, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags
from egov_infra.source.frozen import frozen

_SEQUENCE, _BIT_STRING, _INTEGER = 0x30, 0x03, 0x02
_ED25519_OCTETS = 32
_WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_LISTS = {"h": (), "s": ("*",), "t": ()}
"""Tags that are lists of words, and what else may stand in them."""
_NOT_QUOTED_PRINTABLE = re.compile(r"=(?![0-9A-F]{2})")


@frozen
class Dkim:
    """A parsed key record. `bits` is the length of an RSA modulus, or 256 for Ed25519; 0 if revoked or unreadable."""

    key_type: str
    bits: int
    is_revoked: bool
    is_testing: bool
    allows_sha1: bool
    faults: tuple[str, ...]


def render(key_type: str, public_key: str) -> str:
    """A key record; an empty key revokes the selector (RFC 6376, section 3.6.1)."""
    return render_tags(("v", "DKIM1"), ("k", key_type), ("p", public_key))


@lru_cache(maxsize=1024)  # most texts repeat over an estate
def parse(text: str) -> Dkim:
    """Parse a key record. Total: what is wrong stands in `faults`."""
    listed = parse_tags(text)
    faults = list(listed.faults)
    if listed.get("v") is not None and not listed.begins_with("v", "DKIM1"):
        faults.append("v=DKIM1 must stand first (section 3.6.1)")
    for name, known in _LISTS.items():
        faults += [
            f"column {column}: {name}={item!r} is no hyphenated word (section 3.6.1)"
            for item, column in listed.items(name, ":")
            if item not in known and not _WORD.fullmatch(item)
        ]
    notes = listed.find("n")
    if notes is not None and (wrong := _NOT_QUOTED_PRINTABLE.search(notes.value)):
        faults.append(f"column {notes.column + wrong.start()}: n is not quoted-printable (section 3.6.1)")
    key_type = listed.get("k") or "rsa"
    if key_type not in ("rsa", "ed25519"):
        faults.append(f"unknown key type {key_type!r} (section 3.6.1)")
    key = listed.find("p")
    encoded = None if key is None else key.value
    bits = 0
    if encoded is None:
        faults.append("has no p tag (section 3.6.1)")
    elif encoded:
        try:
            bits = key_bits(key_type, encoded)
        except ValueError as error:
            faults.append(f"column {key.column if key else 1}: p: {error}")
    return Dkim(
        key_type=key_type,
        bits=bits,
        is_revoked=encoded == "",
        is_testing="y" in {item for item, _ in listed.items("t", ":")},
        allows_sha1="sha1" in {item for item, _ in listed.items("h", ":")},
        faults=tuple(faults),
    )


def key_bits(key_type: str, encoded: str) -> int:
    """Length of a public key in bits. Raises ValueError if it cannot be read."""
    try:
        octets = base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None
    if key_type == "ed25519":
        if len(octets) != _ED25519_OCTETS:
            raise ValueError(f"an Ed25519 key has 32 octets, this one {len(octets)} (RFC 8463, section 4)")
        return 8 * len(octets)
    try:
        return _modulus_bits(octets)
    except IndexError:
        raise ValueError("not a SubjectPublicKeyInfo with an RSA key (RFC 8017, A.1.1)") from None


def _modulus_bits(octets: bytes) -> int:
    """Read SEQUENCE { algorithm, BIT STRING { SEQUENCE { modulus, exponent } } } (X.690)."""
    outer, _ = _element(octets, _SEQUENCE)
    _, rest = _element(outer, _SEQUENCE)
    bit_string, _ = _element(rest, _BIT_STRING)
    key, _ = _element(bit_string[1:], _SEQUENCE)
    modulus, _ = _element(key, _INTEGER)
    return int.from_bytes(modulus, "big").bit_length()


def _element(octets: bytes, tag: int) -> tuple[bytes, bytes]:
    if octets[0] != tag:
        raise ValueError("not a SubjectPublicKeyInfo with an RSA key (RFC 8017, A.1.1)")
    length, start = octets[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(octets[2:start], "big")
    if len(octets) < start + length:
        raise ValueError("the key is cut short")
    return octets[start : start + length], octets[start + length :]
