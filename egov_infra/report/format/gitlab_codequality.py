"""Open findings as a report of GitLab's code quality.

https://docs.gitlab.com/ci/testing/code_quality/ lists the fields. GitLab compares the report of a merge request with that of its target, by fingerprint; of two alike it shows one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from egov_infra.policy.finding import Severity
from egov_infra.report.formats import Format
from egov_infra.report.outcome import CLOSED, Obstacle, Outcome, Tree, Unread
from egov_infra.source.diagnostic import Place
from egov_infra.source.visible import visible

_SEVERITY: Mapping[Severity, str] = {
    "critical": "blocker",
    "high": "critical",
    "medium": "major",
    "low": "minor",
}


def _render(outcome: Outcome) -> Iterator[str]:
    return _report(_issues(outcome))


def _issues(outcome: Outcome) -> Iterator[dict[str, Any]]:
    tree = outcome.tree
    yield from _of_obstacles(outcome.obstacles(), tree)
    for item in outcome.items():
        finding = item.finding
        if item.effect not in CLOSED:
            severity = "info" if item.effect == "drafted" else _SEVERITY[finding.severity]
            yield _issue(tree, finding.place, finding.rule, finding.message, severity, finding.fingerprint)


def _render_unread(unread: Unread) -> Iterator[str]:
    return _report(_of_obstacles(unread.obstacles(), unread.tree))


def _of_obstacles(obstacles: Iterable[Obstacle], tree: Tree) -> Iterator[dict[str, Any]]:
    for item in obstacles:
        yield _issue(tree, item.place, item.code, item.message, "blocker", item.fingerprint)


def _issue(tree: Tree, place: Place, code: str, message: str, severity: str, mark: str) -> dict[str, Any]:
    place = tree.called(place)
    return {
        "description": visible(message),
        "check_name": code,
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": place.file, "lines": {"begin": max(place.line, 1)}},
    }


def _report(issues: Iterable[dict[str, Any]]) -> Iterator[str]:
    separator = "["
    for issue in issues:
        yield f"{separator}\n{json.dumps(issue, ensure_ascii=False)}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


FORMAT = Format(_render, _render_unread)
