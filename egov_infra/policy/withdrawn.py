"""Rules that are no more: `policies/withdrawn.yaml`. An id is never used again, so that what names it cannot change its meaning."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate, validate_data
from egov_infra.model.record import Record
from egov_infra.model.value import Date
from egov_infra.policy.rule import Rule
from egov_infra.policy.rule_file import RULE_ID
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import read_document
from egov_infra.source.spelling import closest

WITHDRAWN_FILE: Final = "withdrawn.yaml"


class Withdrawn(Record):
    """A rule that is no more."""

    id: Annotated[str, Field(pattern=RULE_ID)]
    """The id that it had."""
    withdrawn_on: Date
    """Day on which it went."""
    since: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    """Version of the policies that had brought it."""
    reason: Annotated[str, Field(min_length=20)]
    """Why, in at least 20 characters."""
    replaced_by: Annotated[str, Field(pattern=RULE_ID)] | None = None
    """Id of the rule that looks at the matter now."""

    def __str__(self) -> str:
        successor = f"; {self.replaced_by} replaces it" if self.replaced_by else ""
        return f"{self.id} was withdrawn on {self.withdrawn_on}{successor}"


class WithdrawnFile(Record):
    """What the file says."""

    withdrawn: tuple[Withdrawn, ...] = ()
    """The rules, in the order in which they went."""


def load_withdrawn(folder: pathlib.Path, ids: Collection[str]) -> Mapping[str, Withdrawn]:
    """Id to the rule that had it, of a policies folder with rules of these ids; none without the file. Raises InputError."""
    path = folder / WITHDRAWN_FILE
    if not path.is_file():
        return {}
    document = read_document(path, str(path))
    found, faults = validate(document, WithdrawnFile)
    if found is None:
        raise InputError(faults)
    if wrong := diagnose(document, [_faults(found, ids)]):
        raise InputError(wrong)
    return {rule.id: rule for rule in found.withdrawn}


def _faults(found: WithdrawnFile, ids: Collection[str]) -> Iterator[Fault]:
    gone = [rule.id for rule in found.withdrawn]
    for number, rule in enumerate(found.withdrawn):
        if rule.id in gone[:number]:
            yield Fault(("withdrawn", number, "id"), "withdrawn-duplicate", f"{rule.id} stands here twice")
        successor, path = rule.replaced_by, ("withdrawn", number, "replaced_by")
        if successor == rule.id:
            yield Fault(path, "withdrawn-successor", "a rule does not replace itself")
        elif successor is not None and successor not in (*ids, *gone):
            message = f"no rule {successor!r} to replace it"
            yield Fault(path, "withdrawn-successor", message, closest(successor, ids))


def reused(gone: Mapping[str, Withdrawn], files: Mapping[str, pathlib.Path]) -> Iterator[Diagnostic]:
    """Rules, id to file, that have the id of a withdrawn one; each at its id. Raises InputError."""
    for name in sorted(gone.keys() & files.keys()):
        document = read_document(files[name], str(files[name]))
        message = f"{gone[name]}: an id is never used again"
        yield Diagnostic(document.place(("id",)), "rule-withdrawn", message)


def withdrawal(
    rule: Rule, day: datetime.date, reason: str, replaced_by: str | None, ids: Collection[str]
) -> Mapping[str, str]:
    """The entry of a rule that goes, as text. Raises InputError with everything wrong in what was said of it."""
    fields = {"id": rule.id, "withdrawn_on": str(day), "since": rule.metadata.since, "reason": reason}
    entry = fields | ({"replaced_by": replaced_by} if replaced_by else {})
    found, faults = validate_data(entry, Withdrawn)
    wrong = [*faults, *(_faults(WithdrawnFile(withdrawn=(found,)), ids) if found else ())]
    if wrong:
        place = Place("<arguments>")
        raise InputError([Diagnostic(place, item.code, item.message, item.suggestion) for item in wrong])
    return entry


def unsaid(
    folder: pathlib.Path,
    before: Collection[str],
    gone_before: Mapping[str, Withdrawn],
    now: Collection[str],
    gone: Mapping[str, Withdrawn],
) -> Iterator[Diagnostic]:
    """Ids that a change lets go without a word: rules and withdrawals of before, of which nothing is left now."""
    place = Place(str(folder / WITHDRAWN_FILE))
    for name in sorted(set(before) - set(now) - gone.keys()):
        message = f"{name} is no more, and no entry here says so: `egov-infra policy withdraw` writes one"
        yield Diagnostic(place, "rule-vanished", message)
    for name in sorted(gone_before.keys() - gone.keys()):
        message = f"{gone_before[name]}, and its entry is missing here: its id could be used again"
        yield Diagnostic(place, "withdrawal-vanished", message)
