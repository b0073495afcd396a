"""The border to the engine's analyzer protocol: a struct of one AWS type as planned inputs, in one pass.

Numbers arrive as floating point, what is not known yet as one text, secrets in clear and marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from egov_infra.engine.checkpoint import SECRET, SIGNATURE
from egov_infra.engine.exported import DEFAULTS
from egov_infra.engine.restored import SECRET_VALUE, document
from egov_infra.plan.alignment import opened
from egov_infra.plan.catalogue import Property, aws_type, holds_document, object_properties
from egov_infra.plan.value import UNSURE, Value


@dataclass(frozen=True, slots=True)
class Inputs:
    """Planned inputs without references, by snake_case names."""

    shown: Mapping[str, Value]
    """Secrets in them are not opened."""
    in_clear: Mapping[str, Value]
    """Secrets in clear: to be compared, never to be shown."""


def read_inputs(token: str, message: struct_pb2.Struct) -> Inputs:
    """What the engine sends of a resource."""
    reader = _Reader()
    shown = reader.fields(message, _by_wire(token))
    shown.pop("region", None)  # it stands with the resource
    if not reader.met_secret:
        return Inputs(shown, shown)
    clear = _Reader(is_clear=True).fields(message, _by_wire(token))
    clear.pop("region", None)
    return Inputs(shown, clear)


@cache
def _by_wire(token: str) -> Mapping[str, Property]:
    return {prop.wire: prop for prop in aws_type(token).inputs.values()}


@cache
def _object_by_wire(kind: str) -> Mapping[str, Property]:
    return {prop.wire: prop for prop in object_properties(kind).values()}


class _Reader:
    """Reads values by their kinds in the catalogue."""

    def __init__(self, *, is_clear: bool = False) -> None:
        self._is_clear = is_clear
        self.met_secret = False

    def fields(self, message: struct_pb2.Struct, known: Mapping[str, Property]) -> dict[str, Value]:
        """An object of known properties; what the catalogue does not know keeps its name."""
        found: dict[str, Value] = {}
        for wire, item in _present(message):
            prop = known.get(wire)
            name, kind = (prop.name, prop.kind) if prop is not None else (wire, "j")
            value = self.value(item, kind, name)
            if value is not None:
                found[name] = value
        return found

    def value(self, message: struct_pb2.Value, kind: str, name: str) -> Value:
        """One value of a kind; None for null."""
        match message.WhichOneof("kind"):
            case "string_value":
                text = message.string_value
                if text == rpc.UNKNOWN:
                    return UNSURE
                return document(text) if holds_document(name, kind) else text
            case "bool_value":
                return bool(message.bool_value)
            case "number_value":
                number = message.number_value
                return int(number) if number.is_integer() else number
            case "list_value":
                inner = kind.removeprefix("[")
                return tuple([self.value(item, inner, name) for item in message.list_value.values])
            case "struct_value":
                return self._struct(message.struct_value, kind, name)
            case _:
                return None

    def _struct(self, message: struct_pb2.Struct, kind: str, name: str) -> Value:
        fields = message.fields
        if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
            self.met_secret = True
            if not self._is_clear:
                return SECRET_VALUE
            found: Value = opened(self.value(fields["value"], kind, name))
            return found
        if kind.startswith("@"):
            return self.fields(message, _object_by_wire(kind[1:]))
        inner = kind[1:] if kind.startswith("{") else "j"
        read = {key: self.value(item, inner, "") for key, item in _present(message)}
        return {key: item for key, item in read.items() if item is not None}


def _present(message: struct_pb2.Struct) -> Iterator[tuple[str, Any]]:
    """The fields of an object, without what the provider added by itself."""
    fields = message.fields
    if DEFAULTS not in fields:
        return iter(fields.items())
    added = {DEFAULTS, *(item.string_value for item in fields[DEFAULTS].list_value.values)}
    return ((key, item) for key, item in fields.items() if key not in added)
