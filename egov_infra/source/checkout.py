"""The checkout around a path."""

from __future__ import annotations

import pathlib


def checkout_of(path: pathlib.Path) -> pathlib.Path | None:
    """The nearest folder with `.git` at or above an absolute path, of which no link is followed; None if there is none."""
    return next((folder for folder in (path, *path.parents) if (folder / ".git").exists()), None)
