"""Apply waivers to findings; a waiver that is itself wrong waives nothing, and is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from egov_infra.manifest.fault import Fault
from egov_infra.policy.finding import EndingWaiver, Finding, Verdict, WaiverFault
from egov_infra.policy.subject import spans_institutions
from egov_infra.policy.waiver import Register, Waiver
from egov_infra.policy.waiver_fault import Terms, faults_between, faults_of
from egov_infra.source.diagnostic import Diagnostic
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest


@frozen
class Waived:
    """What became of findings, and of waivers."""

    findings: tuple[Finding, ...]
    """With the waived ones marked."""
    faults: tuple[WaiverFault, ...]
    """What is wrong with waivers, in the order of the file."""
    ending: tuple[EndingWaiver, ...]
    """Waivers in force that end soon."""


def apply_waivers(
    register: Register,
    findings: Iterable[Finding],
    met: AbstractSet[tuple[str, str, str]],
    terms: Terms,
    judged: AbstractSet[str] | None,
) -> Waived:
    """Apply waivers by these terms.

    `met` holds rule, institution and subject of what was evaluated: a waiver of anything else is an orphan. `judged` are
    the institutions that were judged whole, or None for the whole estate: only of them a waiver can be said to match nothing.
    """
    findings = list(findings)
    faults: list[WaiverFault] = []
    ending: list[EndingWaiver] = []
    known = known_faults(register, terms)
    for number, waiver in enumerate(register.waivers):
        wrong = known[number]
        if terms.waits(waiver):
            continue
        matching = [at for at, finding in enumerate(findings) if _matches(waiver, finding)]
        if not wrong and not matching and _is_judged(waiver, terms, judged):
            wrong = (_unmatched(waiver, findings, met),)
        if wrong:
            faults.extend(_placed(register, number, fault) for fault in wrong)
            continue
        days_left = waiver.days_left(terms.today)
        if days_left <= terms.limits.warn_days:
            ending.append(_ending(register, number, days_left))
        for at in matching:
            note = f"approved by {waiver.approver}, until {waiver.expires_on}"
            findings[at] = replace(findings[at], verdict=Verdict.WAIVED, waiver=note)
    return Waived(tuple(findings), tuple(faults), tuple(ending))


def known_faults(register: Register, terms: Terms) -> Sequence[tuple[Fault, ...]]:
    """For each waiver what is wrong with it, as far as that can be said without judging. None of one that waits."""
    between: defaultdict[int, list[Fault]] = defaultdict(list)
    for number, fault in faults_between(register, terms):
        between[number].append(fault)
    return [
        () if terms.waits(waiver) else (*faults_of(waiver, terms), *between[number])
        for number, waiver in enumerate(register.waivers)
    ]


def _placed(register: Register, number: int, fault: Fault) -> WaiverFault:
    place = register.place(number, fault.path)
    diagnostic = Diagnostic(place, fault.code, fault.message, fault.suggestion)
    return WaiverFault(place, fault.code, diagnostic.text)


def _ending(register: Register, number: int, days_left: int) -> EndingWaiver:
    waiver = register.waivers[number]
    return EndingWaiver(
        place=register.place(number, ("expires_on",)),
        rule=waiver.rule,
        institution=waiver.institution,
        subject=waiver.subject,
        approver=waiver.approver,
        expires_on=waiver.expires_on,
        days_left=days_left,
    )


def _is_judged(waiver: Waiver, terms: Terms, judged: AbstractSet[str] | None) -> bool:
    """Whether everything was judged that the waiver might be about; what spans institutions needs all of them."""
    if judged is None:
        return True
    return waiver.institution in judged and not spans_institutions(terms.rules[waiver.rule].kind)


def _matches(waiver: Waiver, finding: Finding) -> bool:
    return (
        finding.verdict is Verdict.FAIL
        and finding.rule == waiver.rule
        and finding.institution == waiver.institution
        and waiver.subject in (finding.subject, "*")
        and waiver.values_digest in (finding.values_digest, "*")
    )


def _unmatched(waiver: Waiver, findings: Iterable[Finding], met: AbstractSet[tuple[str, str, str]]) -> Fault:
    for finding in findings:
        same = (finding.rule, finding.institution) == (waiver.rule, waiver.institution)
        if same and finding.subject == waiver.subject and finding.verdict is Verdict.FAIL:
            message = (
                f"the values have changed since approval: the finding has digest {finding.values_digest}"
            )
            return Fault(("values_digest",), "waiver-values", message)
    subjects = {subject for rule, owner, subject in met if (rule, owner) == (waiver.rule, waiver.institution)}
    if not subjects or waiver.subject not in (*subjects, "*"):
        message = f"{waiver.rule} looks at no {waiver.subject} of {waiver.institution}: remove the waiver"
        return Fault(("subject",), "waiver-orphaned", message, closest(waiver.subject, subjects))
    message = f"{waiver.rule} has no finding on {waiver.subject}: remove the waiver"
    return Fault(("rule",), "waiver-unneeded", message)
