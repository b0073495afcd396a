"""Where the policies are: named, or nearest above the estate, or those that come with the package."""

from __future__ import annotations

import pathlib

from egov_infra.source.diagnostic import Diagnostic, InputError, Place

BUNDLED = pathlib.Path(__file__).parents[1] / "_policies"
"""Those that come with the package."""
_CHECKOUT = pathlib.Path(__file__).parents[2] / "policies"
"""Where those lie from which the package is built."""


def find_policies(estate: pathlib.Path, named: pathlib.Path | None = None) -> pathlib.Path:
    """The policies folder for an estate. Raises InputError if there is none."""
    if named is not None:
        if not named.is_dir():
            raise InputError([Diagnostic(Place(str(named)), "policies-missing", "no such folder")])
        return named
    for folder in places(estate):
        if (folder / "profiles").is_dir():
            return _shortest(folder)
    if BUNDLED.is_dir():
        return BUNDLED
    raise InputError([Diagnostic(Place(str(estate)), "policies-missing", "no policies/ here or above")])


def places(estate: pathlib.Path) -> tuple[pathlib.Path, ...]:
    """Where policies for an estate may lie, the nearest first."""
    return tuple(folder / "policies" for folder in (estate, *estate.absolute().parents))


def shipped() -> pathlib.Path:
    """The policies that come with the package; in a checkout they lie beside it."""
    return BUNDLED if BUNDLED.is_dir() else _CHECKOUT


def refuse_bundled(folder: pathlib.Path) -> None:
    """Raise InputError for the policies that came with the package: nobody is to change these."""
    if folder == BUNDLED:
        message = "these policies came with the package: name your own folder by --policies"
        raise InputError([Diagnostic(Place(str(folder)), "policies-bundled", message)])


def _shortest(folder: pathlib.Path) -> pathlib.Path:
    """Relative to where the user stands, if it lies below."""
    try:
        return folder.resolve().relative_to(pathlib.Path.cwd())
    except ValueError:
        return folder
