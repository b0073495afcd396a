"""Frameworks: the requirements that rules may name, one YAML file each in `frameworks/` of the policies."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate
from egov_infra.policy.locate import shipped
from egov_infra.source.diagnostic import Diagnostic, InputError, Path
from egov_infra.source.document import Document, read_document
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

if TYPE_CHECKING:
    from egov_infra.policy.framework_file import FrameworkFile

FOLDER = "frameworks"
SECTIONS = ("automated", "partly", "manual", "withdrawn")
_PART = re.compile(r"\d+|[^\W\d_]+")


@frozen
class Framework:
    """A framework whose file was read."""

    name: str
    """The name of its file, by which rules cite it."""
    file: FrameworkFile
    document: Document
    is_own: bool
    """Whether its file lies in the policies' own folder: then it must fit the rules there."""

    @property
    def titles(self) -> Mapping[str, str]:
        """Id to title of every requirement that is not withdrawn, in the order of ids."""
        file = self.file
        found = {key: one.title for key, one in (*file.automated.items(), *file.partly.items())}
        found |= file.manual
        return {key: found[key] for key in sorted(found, key=order)}

    def group_of(self, requirement: str) -> str | None:
        """The longest beginning of an id that names a group."""
        found = [key for key in self.file.groups if _begins(requirement, key)]
        return max(found, key=len, default=None)


class Shelf:
    """The frameworks that rules of a policies folder may name; each file is read when it is first asked for.

    One that the folder does not describe is taken from the policies that come with the package.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        own = {path.stem: path for path in (folder / FOLDER).glob("*.yaml")}
        self._own = frozenset(own)
        self._files = {path.stem: path for path in (shipped() / FOLDER).glob("*.yaml")} | own
        self.names = tuple(sorted(self._files))
        """Every framework, sorted."""
        self._documents: dict[str, Document | None] = {}
        self._known: dict[str, AbstractSet[str]] = {}
        self._read: dict[str, Framework | None] = {}
        self.faults: list[Diagnostic] = []
        """What is wrong with the files that were read."""

    def known(self, name: str) -> AbstractSet[str]:
        """Ids that plainly stand in a framework, not withdrawn: the rest of its file is not looked at, which is quick."""
        if name not in self._known:
            document = self._document(name)
            data = document.data if document is not None and isinstance(document.data, dict) else {}
            held = [data.get(section) for section in SECTIONS[:-1]]
            self._known[name] = {key for ids in held if isinstance(ids, dict) for key in ids}
        return self._known[name]

    def get(self, name: str) -> Framework | None:
        """The framework of a name; None if there is none, or if its file is wrong."""
        if name not in self._read:
            self._read[name] = self._load(name) if name in self._files else None
        return self._read[name]

    def every(self) -> tuple[Framework, ...]:
        """All of them, sorted by name. Raises InputError with everything wrong in any file."""
        found = [self.get(name) for name in self.names]
        if self.faults:
            raise InputError(self.faults)
        return tuple(framework for framework in found if framework is not None)

    def _document(self, name: str) -> Document | None:
        """The file of a framework; None if it cannot be read."""
        if name not in self._documents:
            path = self._files[name]
            try:
                self._documents[name] = read_document(path, str(path))
            except InputError as error:
                self._documents[name] = None
                self.faults.extend(error.diagnostics)
        return self._documents[name]

    def _load(self, name: str) -> Framework | None:
        from egov_infra.policy.framework_file import FrameworkFile  # noqa: PLC0415 - `check` seldom needs it

        document = self._document(name)
        if document is None:
            return None
        file, faults = validate(document, FrameworkFile)
        self.faults.extend(faults)
        if file is None:
            return None
        if wrong := diagnose(document, [_twice(file)]):
            self.faults.extend(wrong)
            return None
        return Framework(name, file, document, name in self._own)


def _twice(file: FrameworkFile) -> Iterator[Fault]:
    """A requirement has one state."""
    seen: dict[str, str] = {}
    for section in SECTIONS:
        held: Mapping[str, object] = getattr(file, section)
        for requirement in seen.keys() & held.keys():
            message = f"{requirement} stands under {seen[requirement]} already"
            yield Fault((section, requirement), "requirement-twice", message, is_key=True)
        seen |= dict.fromkeys(held, section)


def citation_faults(controls: object, shelf: Shelf) -> Iterator[Fault]:
    """What is wrong with the `controls` of a rule, as its file has them: what is no list of texts is left to others."""
    if not isinstance(controls, Mapping):
        return
    for name, cited in controls.items():
        path = ("controls", name)
        if name not in shelf.names:
            message = f"no framework {name!r}: {FOLDER}/{name}.yaml would describe it"
            yield Fault(path, "framework-unknown", message, closest(name, shelf.names), is_key=True)
            continue
        for number, requirement in enumerate(cited if isinstance(cited, tuple) else ()):
            if not isinstance(requirement, str):
                continue
            at = (*path, number)
            if requirement not in shelf.known(name):
                framework = shelf.get(name)
                yield from [_unknown(framework, requirement, at)] if framework is not None else []
            elif requirement in cited[:number]:
                yield Fault(at, "control-twice", f"{requirement} stands here twice")


def _unknown(framework: Framework, requirement: str, path: Path) -> Fault:
    if requirement in framework.file.withdrawn:
        fate = framework.file.withdrawn[requirement]
        message = f"{requirement} of {framework.name} was withdrawn: {fate[:1].lower()}{fate[1:]}"
        return Fault(path, "control-withdrawn", message)
    message = f"{framework.name} has no control {requirement!r}"
    return Fault(path, "control-unknown", message, closest(requirement, framework.titles))


def order(requirement: str) -> tuple[tuple[int, int, str], ...]:
    """By which ids are sorted: numbers in them as numbers, so that AC-2(10) comes after AC-2(9)."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PART.findall(requirement)
    )


def _begins(requirement: str, group: str) -> bool:
    """Whether an id begins with the id of a group, as whole words."""
    rest = requirement.removeprefix(group)
    return rest != requirement and not rest[:1].isalnum()
