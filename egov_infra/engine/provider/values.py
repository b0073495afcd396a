"""The border to the engine's provider protocol: structs of one AWS type to snake_case inputs and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from egov_infra.engine.value import UNKNOWN
from egov_infra.engine.wire import opened, struct
from egov_infra.plan.catalogue import aws_type, from_wire, object_properties, to_wire


@dataclass(frozen=True, slots=True)
class Properties:
    """Inputs or outputs of a resource, with snake_case names; UNKNOWN stands for what only creation will tell."""

    values: Mapping[str, Any]
    secrets: frozenset[str] = frozenset()
    """Wire names of the top-level values that hold a secret."""

    @classmethod
    def read(cls, token: str, message: struct_pb2.Struct) -> Properties:
        """What the engine sends."""
        values, secrets = opened(message)
        # Pulumi sends an unknown value as a text that nobody writes
        return cls(_replaced(from_wire(token, values), rpc.UNKNOWN, UNKNOWN), secrets)


def message_of(token: str, values: Mapping[str, Any], secrets: frozenset[str]) -> struct_pb2.Struct:
    """What the engine gets; these wire names are kept secret."""
    return struct(_replaced(to_wire(token, values), UNKNOWN, rpc.UNKNOWN), secrets)


def foreseen(token: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a preview knows of a resource that is still to be created: its inputs, and that the rest is unknown.

    Parts of a declared object that the program left out may be computed, as the tokens of a signing key are.
    """
    found = aws_type(token)
    declared = {
        name: _completed(found.inputs[name].kind, value) if name in found.inputs else value
        for name, value in known.items()
    }
    return {**dict.fromkeys(found.outputs, UNKNOWN), **declared}


def _completed(kind: str, value: Any) -> Any:
    if kind.startswith("[") and isinstance(value, list):
        return [_completed(kind[1:], item) for item in value]
    if kind.startswith("@") and isinstance(value, dict):
        parts = object_properties(kind[1:])
        declared = {
            key: _completed(parts[key].kind, item) if key in parts else item for key, item in value.items()
        }
        return {**dict.fromkeys(parts, UNKNOWN), **declared}
    return value


def overlaid(old: Any, new: Any) -> Any:
    """Outputs as an update will leave them: what is declared now, and what is computed as it was."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: overlaid(old.get(key), item) for key, item in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [overlaid(one, other) for one, other in zip(old, new, strict=True)]
    return new


def _replaced(value: Any, old: object, new: object) -> Any:
    """A value with another one in place of each part that is `old`."""
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, old, new) for item in value]
    return new if value == old else value
