"""Write a folder whole or not at all."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
from collections.abc import Iterable

from egov_infra.source.diagnostic import Diagnostic, InputError, Place


def write_folder(folder: pathlib.Path, files: Iterable[tuple[str, bytes]], mark: str) -> int:
    """Replace a folder by files, each a path below it and its bytes; gives their number.

    The new folder is written beside the old one and takes its place when it is complete, so that nobody sees a mixture.
    `mark` is a file that tells a folder of ours: one that holds anything without it is left alone, and InputError is
    raised. Raises OSError, for instance when the disk is full; the old folder is then untouched.
    """
    folder = folder.resolve()  # a link stays, and what it leads to is replaced
    if folder.exists() and not (folder / mark).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"holds other things: only a new or empty folder, or one with {mark}, is written to"
        raise InputError([Diagnostic(Place(str(folder)), "folder-foreign", message)])
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = pathlib.Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        new, old = beside / "new", beside / "old"
        new.mkdir()
        number = 0
        for name, content in files:
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            number += 1
        (new / mark).touch()
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return number
