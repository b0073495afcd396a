"""Results as JSON: always `version`, `summary`, `diagnostics`, `findings`, in stable order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from egov_infra.engine.error import RefusedError
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import Decision
from egov_infra.policy.judge import Judgement
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

if TYPE_CHECKING:
    from egov_infra.policy.base import Base
    from egov_infra.policy.comparison import Comparison

VERSION = 1


def document(
    summary: dict[str, Any],
    diagnostics: Iterable[Diagnostic] = (),
    findings: Iterable[dict[str, Any]] = (),
    **more: Any,
) -> str:
    """The one shape of every JSON output."""
    data = {
        "version": VERSION,
        "summary": summary,
        "diagnostics": [describe_diagnostic(item) for item in diagnostics],
        "findings": list(findings),
        **more,
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def describe_place(place: Place) -> dict[str, Any]:
    """A place; line and column are left out where they are not known."""
    data: dict[str, Any] = {"file": place.file}
    if place.line:
        data |= {"line": place.line, "column": place.column}
    return data


def describe_diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic."""
    data: dict[str, Any] = {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "place": describe_place(diagnostic.place),
    }
    if diagnostic.suggestion:
        data["suggestion"] = diagnostic.suggestion
    if diagnostic.excerpt is not None:
        data["excerpt"] = diagnostic.excerpt
    return data


def describe_finding(finding: Finding) -> dict[str, Any]:
    """A finding, whole."""
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity,
        "verdict": finding.verdict.value,
        "institution": finding.institution,
        "subject": finding.subject,
        "place": describe_place(finding.place),
        "resource": finding.resource,
        "message": finding.message,
        "fix": finding.fix,
        "values": dict(finding.values),
        "values_digest": finding.values_digest,
        "controls": {name: list(ids) for name, ids in finding.controls.items()},
        "reference": list(finding.reference),
        "waiver": finding.waiver,
    }


def describe_judgement(judgement: Judgement, decision: Decision) -> dict[str, Any]:
    """The summary of a judgement."""
    return {
        "as_of": judgement.today.isoformat(),
        "institutions": judgement.institutions,
        "stacks": judgement.stacks,
        "resources": judgement.resources,
        "rules": len(judgement.policies.rules),
        "profile": judgement.policies.profile.name,
        "verdicts": {verdict.value: judgement.counts[verdict] for verdict in Verdict},
        "blocking": len(decision.blocking),
        "undecided": len(decision.undecided),
        "warnings": len(decision.warnings),
        **describe_waivers(judgement),
        "idle": list(judgement.idle),
        "exit_code": decision.exit_code,
    }


def describe_waivers(judgement: Judgement) -> dict[str, Any]:
    """What is wrong with waivers, and which end soon."""
    return {
        "waiver_faults": [
            {"code": fault.code, "message": fault.message, "place": describe_place(fault.place)}
            for fault in judgement.waiver_faults
        ],
        "ending_waivers": [
            {
                "rule": ending.rule,
                "institution": ending.institution,
                "subject": ending.subject,
                "approver": ending.approver,
                "expires_on": ending.expires_on.isoformat(),
                "days_left": ending.days_left,
                "place": describe_place(ending.place),
            }
            for ending in judgement.ending_waivers
        ],
    }


def judgement_document(judgement: Judgement, decision: Decision) -> str:
    """A judgement as JSON."""
    return document(
        describe_judgement(judgement, decision), findings=map(describe_finding, judgement.findings)
    )


def comparison_document(comparison: Comparison, head: Judgement, base: Base) -> str:
    """A change against its base as JSON: the judgement of the head, and what became of each finding."""
    summary = {**describe_judgement(head, comparison.decision), "exit_code": comparison.exit_code}
    return document(
        summary,
        findings=map(describe_finding, head.findings),
        base={"revision": base.name, "commit": base.commit},
        new=[item.fingerprint for item in comparison.new],
        worsened=[item.fingerprint for item in comparison.worsened],
        existing=[item.fingerprint for item in comparison.existing],
        weakened=[describe_finding(item) for item in comparison.weakened],
        weakened_is_lifted=comparison.is_lifted,
        fixed=[describe_finding(item) for item in comparison.fixed],
        vanished=[describe_diagnostic(item) for item in comparison.vanished],
    )


def fault_document(fault: Exception, exit_code: int, where: str) -> str:
    """What stopped a command before it had anything to show, as JSON. `where` is the folder that it worked on."""
    if isinstance(fault, InputError):
        return document({"exit_code": exit_code}, fault.diagnostics)
    code = "refused" if isinstance(fault, RefusedError) else "failed"
    return document({"exit_code": exit_code}, diagnostics_of(code, str(fault), where))


def diagnostics_of(code: str, text: str, where: str) -> list[Diagnostic]:
    """A refusal or a failure as diagnostics: one for each line, with the indented lines below it."""
    return [Diagnostic(Place(where), code, item) for item in re.split(r"\n(?!\s)", text) if item]
