"""Waivers: dated, approved permissions, each for one finding and the values it had."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from egov_infra.manifest.validate import validate
from egov_infra.model.estate import Estate
from egov_infra.model.record import Record
from egov_infra.model.value import Date, Slug
from egov_infra.policy.finding import Finding, Severity, Verdict, WaiverFault
from egov_infra.policy.rule import Rule
from egov_infra.source.diagnostic import Diagnostic, InputError
from egov_infra.source.document import Document, read_document
from egov_infra.source.spelling import closest

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


class WaiverFile(Record):
    """The waivers of an estate."""

    waivers: tuple[Waiver, ...] = ()
    """Waivers."""


@dataclass(frozen=True, slots=True)
class Register:
    """Waivers, and where each stands."""

    waivers: tuple[Waiver, ...]
    document: Document | None


def load_waivers(folder: pathlib.Path, rules: Sequence[Rule]) -> Register:
    """The waivers of a policies folder; none without the file. Raises InputError."""
    path = folder / "waivers.yaml"
    if not path.is_file():
        return Register((), None)
    document = read_document(path, str(path))
    found, faults = validate(document, WaiverFile)
    if found is None:
        raise InputError(faults)
    known = {rule.id for rule in rules}
    unknown = [
        Diagnostic(
            document.place(("waivers", index, "rule")),
            "waiver-rule",
            f"no rule {waiver.rule!r}",
            closest(waiver.rule, known),
        )
        for index, waiver in enumerate(found.waivers)
        if waiver.rule not in known
    ]
    if unknown:
        raise InputError(unknown)
    return Register(found.waivers, document)


def apply_waivers(
    register: Register,
    findings: Iterable[Finding],
    met: AbstractSet[tuple[str, str, str]],
    rules: Sequence[Rule],
    estate: Estate,
    today: datetime.date,
    judged: frozenset[str] | None,
) -> tuple[tuple[Finding, ...], tuple[WaiverFault, ...]]:
    """Findings with the waived ones marked, and what is wrong with waivers.

    `met` holds rule, institution and subject of what was evaluated: a waiver of anything else is an orphan. `judged` are the institutions that were judged, or None for the whole estate: a waiver of another one is no orphan.
    """
    by_id = {rule.id: rule for rule in rules}
    findings = list(findings)
    faults: list[WaiverFault] = []
    for index, waiver in enumerate(register.waivers):
        rule = by_id.get(waiver.rule)
        if rule is None:  # the profile does not select it
            continue
        wrong = list(_faults(waiver, rule, estate, today))
        matching = [number for number, finding in enumerate(findings) if _matches(waiver, finding)]
        if not wrong and judged is not None and waiver.institution not in judged:
            continue
        if not wrong and not matching:
            wrong = [_unmatched(waiver, findings, met)]
        if wrong:
            assert register.document is not None
            place = register.document.place(("waivers", index))
            faults.extend(WaiverFault(place, code, message) for code, message in wrong)
            continue
        for number in matching:
            note = f"approved by {waiver.approver}, until {waiver.expires_on}"
            findings[number] = replace(findings[number], verdict=Verdict.WAIVED, waiver=note)
    return tuple(findings), tuple(faults)


def _matches(waiver: Waiver, finding: Finding) -> bool:
    return (
        finding.verdict is Verdict.FAIL
        and finding.rule == waiver.rule
        and finding.institution == waiver.institution
        and waiver.subject in (finding.subject, "*")
        and waiver.values_digest in (finding.values_digest, "*")
    )


def _unmatched(
    waiver: Waiver, findings: Iterable[Finding], met: AbstractSet[tuple[str, str, str]]
) -> tuple[str, str]:
    for finding in findings:
        same = (finding.rule, finding.institution) == (waiver.rule, waiver.institution)
        if same and finding.subject == waiver.subject and finding.verdict is Verdict.FAIL:
            return (
                "waiver-values",
                f"the values have changed since approval: the finding has digest {finding.values_digest}",
            )
    subjects = {subject for rule, owner, subject in met if (rule, owner) == (waiver.rule, waiver.institution)}
    if not subjects or waiver.subject not in (*subjects, "*"):
        hint = closest(waiver.subject, subjects)
        return (
            "waiver-orphaned",
            f"{waiver.rule} looks at no {waiver.subject} of {waiver.institution}: remove the waiver"
            + (f"; did you mean {hint!r}?" if hint else ""),
        )
    return "waiver-unneeded", f"{waiver.rule} has no finding on {waiver.subject}: remove the waiver"


def _faults(waiver: Waiver, rule: Rule, estate: Estate, today: datetime.date) -> Iterator[tuple[str, str]]:
    severity = rule.metadata.severity
    if not rule.metadata.waivable:
        yield "waiver-forbidden", f"{rule.id} cannot be waived"
    if waiver.expires_on < today:
        yield "waiver-expired", f"expired on {waiver.expires_on}"
    if waiver.approved_on > today:
        yield "waiver-future", f"approved on {waiver.approved_on}, which is yet to come"
    days = (waiver.expires_on - waiver.approved_on).days
    if days > LONGEST_DAYS[severity] or days < 0:
        yield (
            "waiver-long",
            f"lasts {days} days; a rule of severity {severity} allows {LONGEST_DAYS[severity]}",
        )
    if severity != "low" and "*" in (waiver.subject, waiver.values_digest):
        yield "waiver-broad", f"a wildcard is for rules of low severity, {rule.id} is {severity}"
    if waiver.author.casefold() == waiver.approver.casefold():
        yield "waiver-self-approved", f"{waiver.author} approved the own request"
    member = next((member for member in estate.staff if member.name == waiver.approver), None)
    domain = rule.domain if rule.domain != "estate" else "tenancy"
    if member is None or not any(
        certification.domain == domain and waiver.approved_on <= certification.until
        for certification in member.certifications
    ):
        yield "waiver-unapproved", f"{waiver.approver} was not certified for {domain} on {waiver.approved_on}"
