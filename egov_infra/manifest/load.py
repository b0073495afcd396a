"""Open an estate: its folder, `estate.yaml`, and its institutions one after another.

An estate is folded: an institution is read, given away, and dropped. What is wrong with any file is kept and raised
once, after the last one, so that every error of every file shows in one run.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from egov_infra.manifest.consistency import check_estate, check_institution, check_parts
from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.reference import Names, check_estate_references, check_institution_references
from egov_infra.manifest.validate import validate_data
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import Document, compose_document, read_bytes, read_document
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

ESTATE_FILE = "estate.yaml"
INSTITUTIONS = "institutions"


@frozen
class LoadedInstitution:
    """An institution, and the way back to what was written. `digest` is the SHA-256 of the manifest."""

    institution: Institution
    file: str
    digest: str
    _place: Callable[..., Place]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a value of the manifest stands; of one that is not there, its nearest parent."""
        return self._place(path, key=key)


class EstateSource:
    """An opened estate. `file` names in diagnostics are as the caller named the folder."""

    def __init__(
        self,
        folder: pathlib.Path,
        document: Document,
        estate: Estate,
        slugs: tuple[str, ...],
        written: Mapping[str, LoadedInstitution] | None = None,
    ) -> None:
        self.folder = folder
        self.estate = estate
        self.digest = document.digest
        self.slugs = slugs
        self.document = document
        self._names = Names(estate, frozenset(slugs))
        self._written = written or {}

    def with_written(self, *institutions: Institution) -> EstateSource:
        """This estate with institutions written in Python too; each stands in for a manifest of its slug.

        Raises InputError with all that is wrong with any of them.
        """
        written = dict(self._written)
        diagnostics: list[Diagnostic] = []
        for institution in institutions:
            try:
                written[institution.slug] = adopt(institution, self.estate, self.slugs)
            except InputError as error:
                diagnostics.extend(error.diagnostics)
        if diagnostics:
            raise InputError(diagnostics)
        slugs = tuple(sorted({*self.slugs, *written}))
        return EstateSource(self.folder, self.document, self.estate, slugs, written)

    def institutions(self, only: Collection[str] | None = None) -> Iterator[LoadedInstitution]:
        """Each institution of these slugs, or all, in order. Raises InputError after the last one."""
        diagnostics: list[Diagnostic] = []
        for slug in self.slugs if only is None else sorted(only):
            try:
                yield self.read(slug)
            except InputError as error:
                diagnostics.extend(error.diagnostics)
        if diagnostics:
            raise InputError(diagnostics)

    def place(self, slug: str, path: Path) -> Place:
        """Where a value of an institution's manifest stands, for who has dropped what was loaded."""
        if slug in self._written:
            return self._written[slug].place(path)
        file = self.folder / INSTITUTIONS / f"{slug}.yaml"
        return read_document(file, str(file)).place(path)

    def read(self, slug: str) -> LoadedInstitution:
        """One institution. Raises InputError with all that is wrong with its manifest, or for an unknown slug."""
        if slug not in self._names.known["institution"]:
            raise InputError([unknown_institution(slug, self.slugs, str(self.folder))])
        if slug in self._written:
            return self._written[slug]
        return read_institution(self.folder / INSTITUTIONS / f"{slug}.yaml", self._names)


def read_institution(path: pathlib.Path, names: Names | None) -> LoadedInstitution:
    """The institution of a manifest; without names its references are not looked up.

    Raises InputError with all that is wrong with the manifest.
    """
    shown = str(path)
    document, found = compose_document(read_bytes(path, shown), shown)
    institution, faults = validate_data(document.data, Institution)
    stages: list[Iterable[Fault]] = [faults, _file_name(document.data, path)]
    if names is not None:
        stages.append(check_institution_references(document.data, names))
    stages.append(check_parts(document.data) if institution is None else check_institution(institution))
    diagnostics = diagnose(document, stages, found)
    if diagnostics or institution is None:
        raise InputError(diagnostics)
    return LoadedInstitution(institution, shown, document.digest, document.place)


def _file_name(data: object, path: pathlib.Path) -> Iterator[Fault]:
    """An institution is known by the slug inside the file; the file is named after it."""
    identity = data.get("institution") if isinstance(data, dict) else None
    slug = identity.get("slug") if isinstance(identity, dict) else None
    if isinstance(slug, str) and slug != path.stem:
        message = f"slug {slug!r} stands in a file called {path.name}: the two must agree"
        yield Fault(("institution", "slug"), "slug-file", message)


def adopt(institution: Institution, estate: Estate, slugs: Collection[str] = ()) -> LoadedInstitution:
    """An institution written in Python, through the same checks as a manifest. Raises InputError.

    Its places have no line: they name the path of the value. Its parent need not be among the slugs.
    It is validated again, since pydantic's `model_copy` and `model_construct` check nothing.
    """
    code = _Code(f"<python>:{institution.slug}")
    parent = institution.institution.parent
    names = Names(estate, {institution.slug, *slugs, *((parent,) if parent else ())})
    data = institution.model_dump(by_alias=True, warnings=False)
    valid, faults = validate_data(data, Institution)
    stages: list[Iterable[Fault]] = [faults, check_institution_references(data, names)]
    if valid is not None:
        stages.append(check_institution(valid))
    diagnostics = diagnose(code, stages)
    if diagnostics or valid is None:
        raise InputError(diagnostics)
    digest = hashlib.sha256(valid.model_dump_json().encode()).hexdigest()
    return LoadedInstitution(valid, code.file, digest, code.place)


@frozen
class _Code:
    """Where values written in Python stand."""

    file: str

    def place(self, path: Path, *, key: bool = False) -> Place:  # noqa: ARG002 - a path has no two places
        """The path of a value, after the name that stands for a file."""
        return Place("/".join((self.file, *map(str, path))))


def unknown_institution(slug: str, known: Collection[str], folder: str) -> Diagnostic:
    """The diagnostic for a slug that the estate does not have."""
    return Diagnostic(Place(folder), "institution-unknown", f"no institution {slug!r}", closest(slug, known))


def find_estate(path: pathlib.Path) -> pathlib.Path:
    """The folder of the estate that a path lies in: the nearest one with an `estate.yaml`. Raises InputError."""
    if not path.exists():
        raise InputError([Diagnostic(Place(str(path)), "file-unreadable", "no such file or directory")])
    for folder in (path, *path.parents, *path.absolute().parents):
        if (folder / ESTATE_FILE).is_file():
            return folder
    raise InputError([Diagnostic(Place(str(path)), "estate-missing", f"no {ESTATE_FILE} here or above")])


def open_estate(folder: pathlib.Path) -> EstateSource:
    """Open the estate in a folder. Raises InputError if the folder or `estate.yaml` cannot be used.

    The error then also says what is wrong with the manifests, as far as that can be said without an estate.
    """
    slugs, diagnostics = _slugs(folder)
    try:
        return _open(folder, slugs, diagnostics)
    except InputError as error:
        found = list(error.diagnostics)
    for slug in slugs:
        try:
            read_institution(folder / INSTITUTIONS / f"{slug}.yaml", None)
        except InputError as error:
            found.extend(error.diagnostics)
    raise InputError(found)


def _open(folder: pathlib.Path, slugs: tuple[str, ...], diagnostics: list[Diagnostic]) -> EstateSource:
    path = folder / ESTATE_FILE
    shown = str(path)
    try:
        demand_inside(path, folder)
        document, found = compose_document(read_bytes(path, shown), shown)
        estate, faults = validate_data(document.data, Estate)
        stages: list[Iterable[Fault]] = [faults]
        if estate is not None:
            names = Names(estate, frozenset(slugs))
            stages += [check_estate_references(document.data, names), check_estate(estate)]
        diagnostics = [*diagnostics, *diagnose(document, stages, found)]
    except InputError as error:
        raise InputError([*diagnostics, *error.diagnostics]) from None
    if diagnostics or estate is None:
        raise InputError(diagnostics)
    return EstateSource(folder, document, estate, slugs)


def _slugs(folder: pathlib.Path) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Slugs of the manifests in the folder, and what is wrong with it; absence is never an empty estate."""
    institutions = folder / INSTITUTIONS
    if not institutions.is_dir():
        return (), [Diagnostic(Place(str(institutions)), "estate-empty", "no such folder")]
    root = folder.resolve()
    if not institutions.resolve().is_relative_to(root):
        return (), [_outside(institutions)]
    faults = []
    slugs = []
    with os.scandir(institutions) as entries:
        for entry in entries:
            path = institutions / entry.name if entry.is_symlink() else None
            if entry.name.startswith("."):
                continue
            if path is not None and not path.resolve().is_relative_to(root):
                faults.append(_outside(path))
            elif not entry.name.endswith(".yaml") or not entry.is_file():
                message = "only <slug>.yaml files belong here"
                faults.append(Diagnostic(Place(str(institutions / entry.name)), "file-unexpected", message))
            else:
                slugs.append(entry.name.removesuffix(".yaml"))
    if not slugs and not faults:
        faults.append(Diagnostic(Place(str(institutions)), "estate-empty", "no manifest in this folder"))
    return tuple(sorted(slugs)), faults


def demand_inside(path: pathlib.Path, estate: pathlib.Path) -> None:
    """Refuse a file that is a link to somewhere else. Raises InputError."""
    if path.is_symlink() and not path.resolve().is_relative_to(estate.resolve()):
        raise InputError([_outside(path)])


def _outside(path: pathlib.Path) -> Diagnostic:
    return Diagnostic(Place(str(path)), "file-outside", "a link that leads out of the estate")
