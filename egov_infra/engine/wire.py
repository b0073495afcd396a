"""The border to Pulumi's protocol: protobuf structs to plain values and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark of a secret, no secret itself


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """A struct as plain values: whole numbers are integers again, secrets are opened, nulls are left out."""
    found: dict[str, Any] = _plain(MessageToDict(message))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return _plain(value["value"])
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Plain values as a struct; nulls are left out."""
    message = struct_pb2.Struct()
    message.update(_sendable(values))
    return message


def _sendable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sendable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_sendable(item) for item in value]
    return value
