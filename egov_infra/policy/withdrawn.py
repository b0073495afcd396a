"""Rules that are no more: `policies/withdrawn.yaml`. An id is never used again, so that what names it cannot change its meaning."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.model.value import Date
from egov_infra.policy.rule_file import RULE_ID
from egov_infra.source.diagnostic import Diagnostic, InputError
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
        successor = rule.replaced_by
        if successor is not None and (successor == rule.id or successor not in (*ids, *gone)):
            message = f"no rule {successor!r} to replace it"
            hint = closest(successor, ids)
            yield Fault(("withdrawn", number, "replaced_by"), "withdrawn-successor", message, hint)


def reused(gone: Mapping[str, Withdrawn], files: Mapping[str, pathlib.Path]) -> Iterator[Diagnostic]:
    """Rules, id to file, that have the id of a withdrawn one; each at its id. Raises InputError."""
    for name in sorted(gone.keys() & files.keys()):
        document = read_document(files[name], str(files[name]))
        message = f"{gone[name]}: an id is never used again"
        yield Diagnostic(document.place(("id",)), "rule-withdrawn", message)
