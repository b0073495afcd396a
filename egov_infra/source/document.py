"""A YAML file as plain data, and where each value stands in it."""

from __future__ import annotations

import hashlib
import pathlib
from array import array
from collections.abc import Iterator

from egov_infra.source.composer import Data, compose, unpack
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.text import decode

MAX_BYTES = 1 << 20


@frozen
class Document:
    """What a file says. `digest` is the SHA-256 of its bytes, in hexadecimal."""

    file: str
    data: Data
    digest: str
    positions: array[int]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a value (or its key) stands; of a path that is not there, the nearest parent that is."""
        index = _Replay(self.positions, self.data)
        line, column = unpack(index.position(path, key=key))
        return Place(self.file, line, column)


class _Replay:
    """Walks plain data beside its positions: the order is that in which they were composed."""

    def __init__(self, positions: array[int], data: Data) -> None:
        self._positions = positions
        self._data = data

    def position(self, path: Path, *, key: bool) -> int:
        at, data, key_at = 0, self._data, 0
        for step in path:
            for name, child_key_at, child_at, child in _children(data, at):
                if name == step:
                    at, data, key_at = child_at, child, child_key_at
                    break
            else:
                return self._positions[at]
        return self._positions[key_at if key else at]


def _children(data: Data, at: int) -> Iterator[tuple[str | int, int, int, Data]]:
    """Name, index of the key's position, index of the value's position, and value of each child."""
    at += 1
    if isinstance(data, dict):
        for name, child in data.items():
            yield name, at, at + 1, child
            at += 1 + _size(child)
    elif isinstance(data, tuple):
        for number, child in enumerate(data):
            yield number, at, at, child
            at += _size(child)


def _size(data: Data) -> int:
    """How many positions a value takes: its own, and those of its keys and values."""
    if isinstance(data, dict):
        return 1 + len(data) + sum(map(_size, data.values()))
    if isinstance(data, tuple):
        return 1 + sum(map(_size, data))
    return 1


def compose_document(content: bytes, file: str) -> tuple[Document, tuple[Diagnostic, ...]]:
    """The bytes of a YAML file that messages call `file`, and what is wrong that leaves the rest readable.

    Only to find more faults in the same run: with any diagnostic the data is not what the file says. Raises
    InputError if the file cannot be read to its end.
    """
    if len(content) > MAX_BYTES:
        raise InputError([Diagnostic(Place(file), "file-size", f"larger than {MAX_BYTES} bytes")])
    text = decode(content, file)
    composed = compose(text, file)
    if not composed.is_whole:
        raise InputError(composed.diagnostics)
    digest = hashlib.sha256(content).hexdigest()
    return Document(file, composed.data, digest, composed.positions), composed.diagnostics


def parse_document(content: bytes, file: str) -> Document:
    """Parse the bytes of a YAML file that messages call `file`. Raises InputError with all that is wrong."""
    document, diagnostics = compose_document(content, file)
    if diagnostics:
        raise InputError(diagnostics)
    return document


def read_document(path: pathlib.Path, file: str) -> Document:
    """Read a YAML file that messages call `file`. Raises InputError with all that is wrong."""
    return parse_document(read_bytes(path, file), file)


def read_bytes(path: pathlib.Path, file: str) -> bytes:
    """The bytes of a file, at most one more than is allowed. Raises InputError if it cannot be read."""
    try:
        with path.open("rb", buffering=0) as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Diagnostic(Place(file), "file-unreadable", reason)]) from None
