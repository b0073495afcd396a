"""The bundle: all files of a policies folder but its waivers, held by a lock of digests, and by a signature where one is demanded."""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.policy.demand import Seal
from egov_infra.policy.signature import find_signer
from egov_infra.policy.waiver import WAIVERS_FILE
from egov_infra.source.checkout import checkout_of
from egov_infra.source.diagnostic import Diagnostic, InputError, Place, tried
from egov_infra.source.document import Document, parse_document, read_bytes
from egov_infra.source.listing import scalar_text

LOCK_FILE: Final = "bundle.lock"
SIGNATURE_FILE: Final = "bundle.sig"
_OUTSIDE = (LOCK_FILE, SIGNATURE_FILE, WAIVERS_FILE)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BundleLock(Record):
    """What the lock says."""

    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    """Version of the policies."""
    digest: Sha256
    """SHA-256 of the lines that `sha256sum` prints for the files, sorted by name."""
    files: Mapping[str, Sha256]
    """Path of each file below the folder, to the SHA-256 of its bytes."""


def verify(folder: pathlib.Path, key: pathlib.Path | None = None) -> Seal:
    """The seal of a policies folder, by a public key if there is one. Raises InputError with everything that does not fit."""
    path = folder / LOCK_FILE
    if not path.is_file():
        message = "the policies have no lock, and one is demanded: `egov-infra policy lock` writes it"
        raise InputError([Diagnostic(Place(str(path)), "bundle-unlocked", message)])
    wrong: list[Diagnostic] = []
    read = tried(lambda: read_lock(folder), wrong)
    if read is not None:
        wrong.extend(misfits(folder, *read))
    signer = None
    if key is not None:
        wrong.extend(_brought(folder, key))
        content = read_bytes(path, str(path))
        signer = tried(lambda: find_signer(content, folder / SIGNATURE_FILE, key), wrong)
    if wrong or read is None:
        raise InputError(wrong)
    return Seal(read[0].version, read[0].digest, signer)


def _brought(folder: pathlib.Path, key: pathlib.Path) -> Iterator[Diagnostic]:
    """A key that lies where the policies do: a change could bring it along."""
    root = checkout_of(folder.resolve())
    if root is not None and key.is_file() and key.resolve().is_relative_to(root):
        message = "lies in the repository of the policies: a change could bring the key by which it is judged"
        yield Diagnostic(Place(str(key)), "bundle-key", message)


def misfits(folder: pathlib.Path, lock: BundleLock, document: Document) -> Iterator[Diagnostic]:
    """In what a folder is not as its lock says, each at its line of the lock."""
    try:
        found = digests(folder)
    except InputError as error:
        yield from error.diagnostics
        return
    hint = "`egov-infra policy lock` writes the lock anew"
    if lock.digest != bundle_digest(lock.files):
        message = f"is not the digest of the files below: somebody changed this file by hand; {hint}"
        yield Diagnostic(document.place(("digest",)), "bundle-lock", message)
    for name, digest in lock.files.items():
        if name not in found:
            place = document.place(("files", name), key=True)
            yield Diagnostic(place, "bundle-missing", f"no file {name}; {hint}")
        elif found[name] != digest:
            place = document.place(("files", name))
            yield Diagnostic(place, "bundle-digest", f"{name} has digest {found[name]}; {hint}")
    for name in sorted(found.keys() - lock.files.keys()):
        place = document.place(("files",), key=True)
        yield Diagnostic(place, "bundle-extra", f"{name} is not among the files; {hint}")


def read_lock(folder: pathlib.Path) -> tuple[BundleLock, Document]:
    """The lock of a policies folder, whether it fits or not. Raises InputError without one, or if it cannot be read."""
    path = folder / LOCK_FILE
    document = parse_document(read_bytes(path, str(path)), str(path))
    lock, faults = validate(document, BundleLock)
    if lock is None:
        raise InputError(faults)
    return lock, document


def lock_text(folder: pathlib.Path, version: str) -> str:
    """The lock of a policies folder as it is. Raises InputError for what cannot be locked."""
    files = digests(folder)
    return "\n".join(
        [
            "# Written by `egov-infra policy lock`: what the policies are, byte for byte, but for the waivers.",
            f"version: {version}",
            f'digest: "{bundle_digest(files)}"',
            "files:",
            *(f'  {scalar_text(name)}: "{digest}"' for name, digest in files.items()),
            "",
        ]
    )


def digests(folder: pathlib.Path) -> Mapping[str, str]:
    """Path below the folder to the SHA-256 of each file of the bundle, sorted. Raises InputError."""
    found: dict[str, str] = {}
    links: list[Diagnostic] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        here = pathlib.Path(root)
        for name in (*folders, *files):
            path = here / name
            if path.is_symlink():
                message = "a link: what it leads to is in no lock"
                links.append(Diagnostic(Place(str(path)), "bundle-link", message))
        for name in files:
            below = (here / name).relative_to(folder).as_posix()
            if below not in _OUTSIDE:
                found[below] = hashlib.sha256(_whole(here / name)).hexdigest()
    if links:
        raise InputError(links)
    return dict(sorted(found.items()))


def bundle_digest(files: Mapping[str, str]) -> str:
    """SHA-256 of what `sha256sum` prints for the files, sorted by name."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _whole(path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Diagnostic(Place(str(path)), "file-unreadable", reason)]) from None
