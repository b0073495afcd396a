"""Write a file whole or not at all."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Iterable


def write_atomically(path: pathlib.Path, content: bytes | Iterable[bytes], mode: int = 0o600) -> None:
    """Replace the file by its new content; after a crash either the old or the new is there, never half.

    Content may come in pieces. `mode` says who may read and write it.

    Raises OSError, for instance when the disk is full; the old file is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.writelines([content] if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
        pathlib.Path(name).replace(path)
    except BaseException:
        pathlib.Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
