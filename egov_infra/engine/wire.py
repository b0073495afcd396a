"""The border to Pulumi's protocol: protobuf structs to plain values and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict

from egov_infra.engine.checkpoint import SECRET, SIGNATURE


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """A struct as plain values: whole numbers are integers again, secrets are opened, nulls are left out."""
    return opened(message)[0]


def opened(message: struct_pb2.Struct) -> tuple[dict[str, Any], frozenset[str]]:
    """A struct as plain values, and the names of the top-level ones that hold a secret, however deep."""
    raw = MessageToDict(message)
    return _plain(raw), frozenset(name for name, value in raw.items() if _holds_secret(value))


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _plain(value["value"])
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def struct(values: Mapping[str, Any], secrets: frozenset[str] = frozenset()) -> struct_pb2.Struct:
    """Plain values as a struct, these of them marked as secret; nulls are left out."""
    message = struct_pb2.Struct()
    sendable = _sendable(values)
    for name in secrets & sendable.keys():
        sendable[name] = {SIGNATURE: SECRET, "value": sendable[name]}
    message.update(sendable)
    return message


def _sendable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sendable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_sendable(item) for item in value]
    return value
