from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import jsonschema

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.report.format import gitlab_codequality
from egov_infra.report.outcome import Outcome, Unread

DOCUMENTED = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1, "pattern": "^[^\n]*$"},
            "check_name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!/|\\./)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's page on code quality asks of a report: it publishes no schema. Paths are relative, and do not begin with `./`."""


def _issues(pieces: Iterable[str]) -> list[dict[str, Any]]:
    report = json.loads("".join(pieces))
    jsonschema.validate(report, DOCUMENTED)
    assert isinstance(report, list)
    marks = [issue["fingerprint"] for issue in report]
    assert len(set(marks)) == len(marks)
    return report


def test_an_issue_has_what_the_widget_shows(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """Severity by that of the rule; what is waived is no issue."""
    finding = found()
    waived = found(subject="other", verdict=Verdict.WAIVED)
    assert _issues(gitlab_codequality.FORMAT.render(outcome_of(finding, waived))) == [
        {
            "description": "erb.go.tz is open",
            "check_name": "mail-dmarc-not-enforced",
            "fingerprint": finding.fingerprint,
            "severity": "blocker",
            "location": {"path": "stacks/estate/institutions/erb.yaml", "lines": {"begin": 7}},
        }
    ]


def test_nothing_found_is_an_empty_report(outcome_of: Callable[..., Outcome]) -> None:
    """GitLab compares with it."""
    assert _issues(gitlab_codequality.FORMAT.render(outcome_of())) == []


def test_errors_that_are_alike_stay_apart(unread: Unread) -> None:
    """Of two issues with one fingerprint GitLab would show one."""
    issues = _issues(gitlab_codequality.FORMAT.render_unread(unread))
    assert [(issue["check_name"], issue["location"]["lines"]["begin"]) for issue in issues] == [
        ("key-unknown", 4),
        ("key-unknown", 9),
        ("profile-unknown", 1),
    ]
