"""Waivers: dated, approved permissions, each for one finding and the values it had. Here: what their file says."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate_data
from egov_infra.model.record import Record
from egov_infra.model.value import Date, Slug
from egov_infra.policy.finding import Severity
from egov_infra.source.composer import Data
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import Document, read_document
from egov_infra.source.frozen import frozen

WAIVERS_FILE: Final = "waivers.yaml"
LONGEST_DAYS: Mapping[Severity, int] = {"critical": 30, "high": 90, "medium": 180, "low": 365}


class Waiver(Record):
    """A permission for one finding."""

    rule: str
    """Id of the rule."""
    institution: Slug
    """Whose finding."""
    subject: Annotated[str, Field(min_length=1)]
    """Subject of the finding; `*` for every one of the institution, with rules of low severity only."""
    values_digest: Annotated[str, Field(pattern=r"^([0-9a-f]{16}|\*)$")]
    """Digest of the values seen, as the finding prints it."""
    reason: Annotated[str, Field(min_length=40)]
    """Why, in at least 40 characters."""
    author: Annotated[str, Field(min_length=3)]
    """Who asked."""
    approver: Annotated[str, Field(min_length=3)]
    """Who approved: another member of staff, certified for the rule's domain."""
    approved_on: Date
    """Day of approval."""
    expires_on: Date
    """Last day."""
    compensating_control: Annotated[str, Field(min_length=10)]
    """What holds the risk meanwhile."""

    def is_in_force(self, today: datetime.date) -> bool:
        """Whether a day lies in its life."""
        return self.approved_on <= today <= self.expires_on

    def days_left(self, today: datetime.date) -> int:
        """Days after this one on which it still holds; negative if it expired."""
        return (self.expires_on - today).days

    def covers(self, other: Waiver) -> bool:
        """Whether it is about a finding that another one is about, too."""
        same = (self.rule, self.institution) == (other.rule, other.institution)
        return same and (self.subject == other.subject or "*" in (self.subject, other.subject))


class WaiverFile(Record):
    """The waivers of an estate."""

    waivers: tuple[Waiver, ...] = ()
    """Waivers."""


@frozen
class Register:
    """Waivers, and where each stands."""

    waivers: tuple[Waiver, ...] = ()
    document: Document | None = None
    indexes: tuple[int, ...] = ()
    """Where each waiver stands in the file's list, of which unreadable entries may be left out."""

    def place(self, number: int, path: Path = ()) -> Place:
        """Where a waiver, or a field of it, stands."""
        assert self.document is not None
        return self.document.place(("waivers", self.indexes[number], *path))


def load_waivers(folder: pathlib.Path) -> Register:
    """The waivers of a policies folder; none without the file. Raises InputError."""
    register, faults = read_register(folder)
    if faults:
        raise InputError(faults)
    return register


def read_register(folder: pathlib.Path) -> tuple[Register, tuple[Diagnostic, ...]]:
    """The waivers that can be read, and what is wrong with the others. Raises InputError if the file is no list of waivers."""
    path = folder / WAIVERS_FILE
    if not path.is_file():
        return Register(), ()
    document = read_document(path, str(path))
    found, faults = validate_data(document.data, WaiverFile)
    if found is not None:
        return Register(found.waivers, document, tuple(range(len(found.waivers)))), ()
    diagnostics = tuple(diagnose(document, [faults]))
    entries = _entries(document.data)
    if entries is None:
        raise InputError(diagnostics)
    readable = tuple(_readable(entries, faults))
    return Register(tuple(one for _, one in readable), document, tuple(at for at, _ in readable)), diagnostics


def _entries(data: Data) -> tuple[Data, ...] | None:
    """The list of the file, as it stands there."""
    entries = data.get("waivers") if isinstance(data, dict) else None
    return entries if isinstance(entries, tuple) else None


def _readable(entries: tuple[Data, ...], faults: Iterable[Fault]) -> Iterable[tuple[int, Waiver]]:
    wrong = {fault.path[1] for fault in faults if len(fault.path) > 1}
    for number, entry in enumerate(entries):
        if number not in wrong:
            yield number, Waiver.model_validate(entry)
