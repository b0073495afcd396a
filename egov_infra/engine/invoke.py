"""Functions of the provider that a rehearsal serves: the one that reads a secret, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf import struct_pb2

from egov_infra.cloud.secret import READ_SECRET, SecretVersion
from egov_infra.engine.wire import plain, struct

_VALUES = frozenset(("secretBinary", "secretString"))
_PARAMETERS = frozenset(("region", "secretId"))

Read = Callable[[str, str | None], SecretVersion]
"""Reads a secret by its name, in a region, or in that of the provider which is asked."""


class NotServedError(Exception):
    """A program asks for a function, or for something of one, that a plan never needs."""


def answered(request: Any, read: Read) -> struct_pb2.Struct:
    """What a function gives, with whatever is secret in it marked so. Raises NotServedError, CloudError.

    A plan holds no other data sources, and of a secret it wants the current version only.
    """
    given = plain(request.args)
    if request.tok != READ_SECRET:
        raise NotServedError(f"{request.tok} is not served in a rehearsal")
    if other := sorted(given.keys() - _PARAMETERS):
        raise NotServedError(f"{', '.join(other)} of {request.tok} is not served in a rehearsal")
    return struct(read(str(given.get("secretId")), given.get("region")).to_wire(), _VALUES)
