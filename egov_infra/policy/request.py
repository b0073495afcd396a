"""A waiver that somebody asks for: refused with everything that would be wrong with it, before it stands in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from egov_infra.manifest.fault import Fault
from egov_infra.manifest.validate import validate_data
from egov_infra.policy.explain.explanation import find_finding
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import Judgement
from egov_infra.policy.waiver import Register, Waiver
from egov_infra.policy.waiver_fault import Terms, ceiling_fault, faults_of, repeats
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

_ARGUMENTS = Place("<arguments>")
_OF_FINDING = ("rule", "institution", "subject", "values_digest")
"""Fields that the finding gives: no option is at fault."""

_FREE, _ANY_TEXT = {"reason", "compensating_control"}, "-" * 40
"""Fields of any text, and what stands in for one that is too short, so that all the rest is checked in the same run."""


def request_waiver(judgement: Judgement, terms: Terms, fingerprint: str, given: Mapping[str, str]) -> Waiver:
    """The waiver of the finding whose fingerprint begins so; `given` are the other fields, as text.

    Raises InputError with all that is wrong.
    """
    finding = find_finding(judgement, fingerprint.strip("[] ").lower())
    register = judgement.policies.waivers
    wrong = list(_unfit(finding))
    fields = {
        "rule": finding.rule,
        "institution": finding.institution,
        "subject": finding.subject,
        "values_digest": finding.values_digest,
        **given,
    }
    waiver, faults = validate_data(fields, Waiver)
    short = {str(fault.path[0]) for fault in faults} & _FREE
    readable = waiver or validate_data({**fields, **dict.fromkeys(short, _ANY_TEXT)}, Waiver)[0]
    if readable is not None:
        wrong.extend(_faults(readable, register, terms, is_fit=not wrong))
    wrong.extend(faults)
    if wrong or waiver is None:
        raise InputError(map(_diagnostic, wrong))
    return waiver


def _unfit(finding: Finding) -> Iterator[Fault]:
    if finding.verdict is Verdict.WAIVED:
        yield Fault(("rule",), "waiver-duplicate", f"the finding is waived already: {finding.waiver}")
    elif finding.verdict is not Verdict.FAIL:
        message = f"the finding is {finding.verdict.value}: only a failure can be waived"
        yield Fault(("rule",), "waiver-unfit", message)


def _faults(waiver: Waiver, register: Register, terms: Terms, *, is_fit: bool) -> Iterator[Fault]:
    yield from faults_of(waiver, terms)
    extended = replace(register, waivers=(*register.waivers, waiver))
    earlier = repeats(extended.waivers, len(register.waivers))
    if earlier is not None and is_fit:
        message = (
            f"there is a waiver of it at {register.place(earlier)}, which does not hold: remove that first"
        )
        yield Fault(("rule",), "waiver-duplicate", message)
    over = ceiling_fault(extended.waivers, terms, terms.rules[waiver.rule].metadata.severity)
    if over is not None and waiver.is_in_force(terms.today):
        yield over[1]


def _diagnostic(fault: Fault) -> Diagnostic:
    field = str(fault.path[0])
    option = "" if field in _OF_FINDING else f"--{field.replace('_', '-')}: "
    message = option + fault.message.removeprefix(f"{field}: ")
    return Diagnostic(_ARGUMENTS, fault.code, message, fault.suggestion)
