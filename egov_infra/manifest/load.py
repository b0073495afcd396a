"""Open an estate: its folder, `estate.yaml`, and its institutions one after another.

An estate is folded: an institution is read, given away, and dropped. What is wrong with any file is kept and raised
once, after the last one, so that every error of every file shows in one run.
"""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from egov_infra.manifest.reference import check_estate, check_institution
from egov_infra.manifest.validate import validate
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import Document, parse_document, read_bytes
from egov_infra.source.spelling import closest

ESTATE_FILE = "estate.yaml"
INSTITUTIONS = "institutions"


@dataclass(frozen=True, slots=True)
class LoadedInstitution:
    """An institution, and the way back to what was written. `digest` is the SHA-256 of the manifest."""

    institution: Institution
    file: str
    digest: str
    _place: Callable[[Path, bool], Place]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a value of the manifest stands; of one that is not there, its nearest parent."""
        return self._place(path, key)


class EstateSource:
    """An opened estate. `file` names in diagnostics are as the caller named the folder."""

    def __init__(
        self, folder: pathlib.Path, document: Document, estate: Estate, slugs: tuple[str, ...]
    ) -> None:
        self.folder = folder
        self.estate = estate
        self.digest = document.digest
        self.slugs = slugs
        self.document = document

    def institutions(self, only: Collection[str] | None = None) -> Iterator[LoadedInstitution]:
        """Each institution of these slugs, or all, in order. Raises InputError after the last one."""
        known = frozenset(self.slugs)
        diagnostics: list[Diagnostic] = []
        for slug in sorted(known if only is None else only):
            if slug not in known:
                raise InputError([unknown_institution(slug, known, str(self.folder))])
            try:
                yield self.read(slug, known)
            except InputError as error:
                diagnostics.extend(error.diagnostics)
        if diagnostics:
            raise InputError(diagnostics)

    def read(self, slug: str, known: frozenset[str] | None = None) -> LoadedInstitution:
        """One institution. Raises InputError with all that is wrong with its manifest."""
        path = self.folder / INSTITUTIONS / f"{slug}.yaml"
        shown = str(path)
        content = read_bytes(path, shown)
        document = parse_document(content, shown)
        institution, faults = validate(document, Institution)
        if institution is None:
            raise InputError(faults)
        loaded = LoadedInstitution(
            institution, shown, document.digest, lambda path, key: document.place(path, key=key)
        )
        check_loaded(loaded, self.estate, known or frozenset(self.slugs))
        if institution.slug != slug:
            place = document.place(("institution", "slug"))
            message = f"slug {institution.slug!r} stands in a file called {path.name}: the two must agree"
            raise InputError([Diagnostic(place, "slug-file", message)])
        return loaded


def check_loaded(loaded: LoadedInstitution, estate: Estate, slugs: frozenset[str]) -> None:
    """Raise InputError if something that the manifest names does not exist."""
    faults = [
        Diagnostic(loaded.place(fault.path), fault.code, fault.message, fault.suggestion)
        for fault in check_institution(loaded.institution, estate, slugs)
    ]
    if faults:
        raise InputError(faults)


def adopt(institution: Institution, estate: Estate, slugs: Collection[str] = ()) -> LoadedInstitution:
    """An institution written in Python, through the same checks as a manifest. Raises InputError.

    Its places have no line: they name the path of the value.
    """

    def place(path: Path, _key: bool) -> Place:
        return Place(f"<python>:{institution.slug}/" + "/".join(map(str, path)))

    digest = hashlib.sha256(institution.model_dump_json().encode()).hexdigest()
    loaded = LoadedInstitution(institution, f"<python>:{institution.slug}", digest, place)
    parent = institution.institution.parent
    check_loaded(loaded, estate, frozenset((institution.slug, *slugs, *((parent,) if parent else ()))))
    return loaded


def unknown_institution(slug: str, known: Collection[str], folder: str) -> Diagnostic:
    """The diagnostic for a slug that the estate does not have."""
    return Diagnostic(Place(folder), "institution-unknown", f"no institution {slug!r}", closest(slug, known))


def find_estate(path: pathlib.Path) -> pathlib.Path:
    """The folder of the estate that a path lies in: the nearest one with an `estate.yaml`. Raises InputError."""
    if not path.exists():
        raise InputError([Diagnostic(Place(str(path)), "file-unreadable", "no such file or directory")])
    for folder in (path, *path.absolute().parents):
        if (folder / ESTATE_FILE).is_file():
            return folder
    raise InputError([Diagnostic(Place(str(path)), "estate-missing", f"no {ESTATE_FILE} here or above")])


def open_estate(folder: pathlib.Path) -> EstateSource:
    """Open the estate in a folder. Raises InputError if the folder or `estate.yaml` cannot be used."""
    shown = str(folder / ESTATE_FILE)
    document = parse_document(read_bytes(folder / ESTATE_FILE, shown), shown)
    estate, faults = validate(document, Estate)
    if estate is None:
        raise InputError(faults)
    slugs = _slugs(folder)
    faults = tuple(
        Diagnostic(document.place(fault.path), fault.code, fault.message, fault.suggestion)
        for fault in check_estate(estate, frozenset(slugs))
    )
    if faults:
        raise InputError(faults)
    return EstateSource(folder, document, estate, slugs)


def _slugs(folder: pathlib.Path) -> tuple[str, ...]:
    """Slugs of the manifests in the folder; absence is never an empty estate."""
    institutions = folder / INSTITUTIONS
    if not institutions.is_dir():
        raise InputError([Diagnostic(Place(str(institutions)), "estate-empty", "no such folder")])
    faults = []
    slugs = []
    root = folder.resolve()
    for path in sorted(institutions.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            faults.append(Diagnostic(Place(str(path)), "file-outside", "a link that leads out of the estate"))
        elif path.suffix != ".yaml" or not path.is_file():
            faults.append(
                Diagnostic(Place(str(path)), "file-unexpected", "only <slug>.yaml files belong here")
            )
        else:
            slugs.append(path.stem)
    if faults:
        raise InputError(faults)
    if not slugs:
        raise InputError([Diagnostic(Place(str(institutions)), "estate-empty", "no manifest in this folder")])
    return tuple(slugs)
