"""The checkout around a path."""

from __future__ import annotations

import pathlib


def checkout_of(path: pathlib.Path) -> pathlib.Path | None:
    """The nearest folder with `.git` at or above a path, links followed; None if there is none."""
    real = path.resolve()
    return next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), None)
