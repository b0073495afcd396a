"""What lies in a policies folder and is none of its parts: to pass over it in silence would look like success."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Collection, Iterator
from typing import Final

from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.spelling import closest

_FOLDERS: Final = ("profiles", "frameworks")
_FILES: Final = (
    "waivers.yaml",
    "accepted-types.yaml",
    "withdrawn.yaml",
    "bundle.lock",
    "bundle.sig",
    "PulumiPolicy.yaml",  # these two make it a policy pack
    "__main__.py",
    "__pycache__",
)


def unexpected(folder: pathlib.Path, domains: Collection[str]) -> Iterator[Diagnostic]:
    """Each file or folder that nothing would read; those whose name begins with a dot are left alone."""
    folders = (*domains, *_FOLDERS)
    for entry in _entries(folder):
        if entry.name in folders and not entry.is_dir():
            yield _diagnostic(folder / entry.name, "a folder belongs here")
        elif entry.name in folders:
            for inner in _entries(folder / entry.name):
                if not inner.name.endswith(".yaml") or not inner.is_file():
                    yield _diagnostic(folder / entry.name / inner.name, "only <name>.yaml files belong here")
        elif entry.name not in _FILES:
            hint = closest(entry.name, (*folders, *_FILES))
            yield _diagnostic(folder / entry.name, "no part of the policies has this name", hint)


def _entries(folder: pathlib.Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from sorted(
            (entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name
        )


def _diagnostic(path: pathlib.Path, message: str, suggestion: str | None = None) -> Diagnostic:
    return Diagnostic(Place(str(path)), "file-unexpected", message, suggestion)
