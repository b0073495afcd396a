"""How property values become API parameters, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPECIAL = {"sse_algorithm": "SSEAlgorithm", "kms_master_key_id": "KMSMasterKeyID", "id": "ID"}


@dataclass(frozen=True, slots=True)
class Codec:
    """`encode` makes an API value of a property, `decode` the inverse."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def pascal(name: str) -> str:
    """`block_public_acls` to `BlockPublicAcls`."""
    return _SPECIAL.get(name) or "".join(part.capitalize() for part in name.split("_"))


def snake(name: str) -> str:
    """`BlockPublicAcls` to `block_public_acls`."""
    inverse = {value: key for key, value in _SPECIAL.items()}
    return inverse.get(name) or _WORD.sub("_", name).lower()


def _encode_nested(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {pascal(key): _encode_nested(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_encode_nested(item) for item in value]
    return value


def _decode_nested(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {snake(key): _decode_nested(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_decode_nested(item) for item in value]
    return value


def canonical_document(text: str) -> str:
    """A JSON document in one spelling, so that two that say the same compare equal."""
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def tag_list(key: str = "Key", value: str = "Value") -> Codec:
    """Tags as a list of pairs."""
    return Codec(
        lambda tags: [{key: name, value: text} for name, text in sorted(tags.items())],
        lambda pairs: {pair[key]: pair[value] for pair in pairs or ()},
    )


PLAIN = Codec(lambda value: value, lambda value: value)
NESTED = Codec(_encode_nested, _decode_nested)
DOCUMENT = Codec(lambda text: text, canonical_document)
TAGS = tag_list()
SORTED = Codec(list, sorted)
