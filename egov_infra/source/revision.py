"""Folders as they were at a revision of the git repository around them."""

from __future__ import annotations

import io
import os
import pathlib
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen


@frozen
class Revision:
    """A checkout of some folders, for as long as the context lasts."""

    name: str
    """As it was asked for, such as `main` or `HEAD~1`."""
    commit: str
    """Forty hexadecimal digits."""
    folder: pathlib.Path
    """Holds what the repository held there."""
    root: pathlib.Path
    """The repository's own folder."""

    def covers(self, path: pathlib.Path) -> bool:
        """Whether a path lies in the repository."""
        return _where(path).is_relative_to(self.root)

    def of(self, path: pathlib.Path) -> pathlib.Path | None:
        """Where a path of the repository lies in the checkout; None if it was not there, or lies elsewhere.

        Raises InputError for what was a link then to what was not checked out.
        """
        if not self.covers(path):
            return None
        found = self.folder / _where(path).relative_to(self.root)
        if found.is_symlink() and not found.exists():
            raise _fault(
                path, f"is a link to {found.readlink()} at revision {self.name!r}: it cannot be followed"
            )
        return found if found.exists() else None

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Faults of files of the checkout are named as people know these: `main:stacks/estate/estate.yaml`."""
        try:
            yield
        except InputError as error:
            raise InputError(
                [replace(item, place=self.named(item.place)) for item in error.diagnostics]
            ) from None

    def named(self, place: Place) -> Place:
        """A place in the checkout as people know it."""
        return replace(place, file=place.file.replace(f"{self.folder}{os.sep}", f"{self.name}:"))


@contextmanager
def at_revision(name: str, paths: Sequence[pathlib.Path]) -> Iterator[Revision]:
    """Check out paths of one repository as they were; one that was not there yet is left out.

    Raises InputError without git, repository or revision.
    """
    beside = paths[0] if paths[0].is_dir() else paths[0].parent
    root = pathlib.Path(
        _git(beside, "rev-parse", "--show-toplevel", fault="no git repository").decode().strip()
    )
    commit = _git(
        root,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{name}^{{commit}}",
        fault=f"no revision {name!r}",
    )
    digits = commit.decode().strip()
    fault = f"revision {name!r} cannot be read"
    wanted = [str(_where(path).relative_to(root)) for path in paths if _where(path).is_relative_to(root)]
    listed = _git(root, "ls-tree", "--name-only", "-z", digits, "--", *wanted, fault=fault)
    there = [item for item in listed.decode().split("\0") if item]
    with TemporaryDirectory() as made:
        folder = pathlib.Path(made).resolve()
        if there:
            archive = _git(root, "archive", digits, "--", *there, fault=fault)
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(folder, filter="data")
            files = _git(root, "ls-tree", "-r", "--name-only", "-z", digits, "--", *there, fault=fault)
            for file in filter(None, files.decode().split("\0")):
                if not os.path.lexists(folder / file):
                    message = (
                        f"attributes of revision {name!r} leave it out of archives: it could not be judged"
                    )
                    raise _fault(root / file, message)
        yield Revision(name, digits, folder, root)


def _where(path: pathlib.Path) -> pathlib.Path:
    """Where a path lies, whatever it is: a link stays one, for at the revision it may be none."""
    absolute = pathlib.Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve() follows links
    return absolute.parent.resolve() / absolute.name


def _git(folder: pathlib.Path, *arguments: str, fault: str) -> bytes:
    """What git says. Raises InputError with the fault, and git's own words."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the only words of the user follow --end-of-options or --
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - git is where the user has it
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _fault(folder, f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise _fault(folder, f"{fault} ({said})" if said else fault)
    return done.stdout


def _fault(folder: pathlib.Path, message: str) -> InputError:
    return InputError([Diagnostic(Place(str(folder)), "revision", message)])
