"""Why a rule says what it says, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from egov_infra.manifest.fault import dotted
from egov_infra.policy.explain.explanation import Explanation
from egov_infra.policy.explain.formula import Part
from egov_infra.policy.explain.origin import Origin
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.rule import shown
from egov_infra.policy.rulebook import Entry
from egov_infra.report.document import describe_finding, describe_place, document
from egov_infra.report.rule_document import describe_entry


def explanation_document(found: Explanation, entry: Entry, finding: Finding | None) -> str:
    """The formula as a tree, with values and where they were written."""
    when = found.formulas.when
    return document(
        {"verdict": (finding.verdict if finding else found.verdict).value, "exit_code": 0},
        findings=[] if finding is None else [describe_finding(finding)],
        rule=describe_entry(entry),
        institution=found.owner,
        subject=found.subject,
        resource=found.resource,
        place=describe_place(found.place),
        when=None if when is None else _part(found, when),
        must=_part(found, found.formulas.must),
        remedies=[
            {
                **_origin(found, remedy.origin),
                "to": shown(remedy.value),
                "breaks": [{"rule": rule, "subject": subject} for rule, subject in remedy.breaks],
            }
            for remedy in found.remedies
        ],
    )


def verdicts_document(rule: str, owner: str, verdicts: Sequence[tuple[str, Verdict]]) -> str:
    """What a rule says of each subject of an owner."""
    subjects = [{"subject": subject, "verdict": verdict.value} for subject, verdict in verdicts]
    return document({"rule": rule, "institution": owner, "exit_code": 0}, subjects=subjects)


def _part(found: Explanation, part: Part) -> dict[str, Any]:
    data: dict[str, Any] = {"shape": part.shape, "text": part.text, "value": part.value}
    setting = found.settings.get(part.text)
    if setting is not None:
        data["set_by"] = {
            "what": "profile" if setting.by_profile else "rule",
            **describe_place(setting.place),
        }
    if part.shape == "value" and part.text in (found.origins or {}):
        data["written"] = [_origin(found, origin) for origin in (found.origins or {})[part.text]]
    if part.parts:
        data["parts"] = [_part(found, inner) for inner in part.parts]
    if part.left_out:
        data["left_out"] = part.left_out
    return data


def _origin(found: Explanation, origin: Origin) -> dict[str, Any]:
    return {
        "path": dotted(origin.spot.path),
        "value": shown(origin.value),
        "is_default": not origin.is_written,
        "place": describe_place(found.places[origin]),
    }
