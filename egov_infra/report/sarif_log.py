"""Results as a SARIF 2.1.0 log.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html is the standard. GitHub has limits of its own: a run has at
most 25,000 results, a rule 20 tags; every result needs a location, and is an alert whatever its kind, suppressions or
baseline state (https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support).
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import egov_infra
from egov_infra.policy.comparison import is_worse
from egov_infra.policy.finding import Finding, Severity
from egov_infra.policy.profile import Action
from egov_infra.policy.rule import Rule
from egov_infra.report.outcome import BLOCKING, CLOSED, Effect, Item, Obstacle, Outcome, Tree, Unread
from egov_infra.source.diagnostic import Place

MOST_RESULTS = 25_000
MOST_TAGS = 20
_MOST_TEXT = 1_024
"""Characters of a rule's descriptions that GitHub takes."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVEL: Mapping[Action, str] = {"block": "error", "warn": "warning", "draft": "note"}
_SCORE: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""GitHub calls over 9.0 critical, from 7.0 high, from 4.0 medium; it reads them only as strings."""

Described = dict[str, Any]


def log_of(outcome: Outcome, items: Sequence[Item], obstacles: Sequence[Obstacle] = ()) -> Iterator[str]:
    """A log of these, the worst first, in pieces of JSON."""
    rules, codes = outcome.rules(), dict.fromkeys(item.code for item in obstacles)
    numbers = {name: number for number, name in enumerate((*rules, *codes))}
    levels = {rule.id: _LEVEL[_action(outcome, rule)] for rule in rules.values()}
    known = outcome.base.judgement.findings if outcome.base else ()
    before = {finding.fingerprint: finding for finding in known}
    kept = items[: MOST_RESULTS - len(obstacles)]
    left_out = len(items) - len(kept)

    def results() -> Iterator[Described]:
        for obstacle in obstacles:
            result = _of_obstacle(obstacle, outcome.tree, numbers)
            yield result if outcome.base is None else {**result, "baselineState": "new"}
        for item in kept:
            rule = item.finding.rule
            level = "error" if item.effect in BLOCKING else levels[rule]
            result = _result(outcome, item, level, before)
            yield {"ruleId": rule, "ruleIndex": numbers[rule], **result}

    described = [_rule(rule, levels[rule.id]) for rule in rules.values()]
    yield from _log(
        [*described, *map(_simple_rule, codes)],
        {
            "executionSuccessful": True,
            "exitCode": outcome.exit_code,
            "toolExecutionNotifications": [_left_out(left_out)] if left_out else [],
        },
        _properties(outcome, left_out),
        results(),
    )


def unread_log_of(unread: Unread) -> Iterator[str]:
    """The log of a check that could not begin: each error is a result at its place, and the run says that it failed."""
    obstacles = unread.obstacles()
    codes = dict.fromkeys(item.code for item in obstacles)
    numbers = {code: number for number, code in enumerate(codes)}
    notifications = [
        {
            "descriptor": {"id": item.code},
            "level": "error",
            "message": _message(item.message),
            "locations": [_location(unread.tree, item.place)],
        }
        for item in obstacles
    ]
    yield from _log(
        map(_simple_rule, codes),
        {
            "executionSuccessful": False,
            "exitCode": unread.exit_code,
            "toolExecutionNotifications": notifications,
        },
        {},
        (_of_obstacle(item, unread.tree, numbers) for item in obstacles),
    )


def _log(
    rules: Iterable[Described], invocation: Described, properties: Described, results: Iterable[Described]
) -> Iterator[str]:
    """The envelope, with the results one by one."""
    run = {
        "tool": {
            "driver": {
                "name": "egov-infra",
                "semanticVersion": egov_infra.__version__,
                "rules": list(rules),
            }
        },
        "invocations": [invocation],
        "automationDetails": {"id": "egov-infra/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the checkout."}}},
        "columnKind": "unicodeCodePoints",
        "properties": properties,
    }
    head = json.dumps({"$schema": _SCHEMA, "version": "2.1.0"}, ensure_ascii=False)
    yield f'{head[:-1]}, "runs": [{json.dumps(run, ensure_ascii=False)[:-1]}, "results": ['
    separator = "\n"
    for result in results:
        yield separator + json.dumps(result, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}]}\n"


def _properties(outcome: Outcome, left_out: int) -> Described:
    judgement = outcome.judgement
    described: Described = {
        "as_of": judgement.today.isoformat(),
        "profile": judgement.policies.profile.name,
        "verdicts": {verdict.value: count for verdict, count in judgement.counts.items()},
        "left_out": left_out,
    }
    if outcome.base is not None:
        described["base"] = {"revision": outcome.base.name, "commit": outcome.base.commit}
    return described


def _left_out(count: int) -> Described:
    text = f"{count} results are left out, the least of all: a run has at most {MOST_RESULTS}."
    return {"level": "warning", "message": {"text": text}, "descriptor": {"id": "results-left-out"}}


def _action(outcome: Outcome, rule: Rule) -> Action:
    judgement = outcome.judgement
    return judgement.policies.profile.action(rule.id, rule.metadata.severity, judgement.today)


def _rule(rule: Rule, level: str) -> Described:
    metadata = rule.metadata
    rationale = " ".join(metadata.rationale.split())
    controls = [f"{framework}/{control}" for framework, ids in metadata.controls.items() for control in ids]
    sources = "\n".join(metadata.reference)
    listed = "".join(f"\n- {_linkless(source)}" for source in metadata.reference)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": metadata.title[:_MOST_TEXT]},
        "fullDescription": {"text": rationale[:_MOST_TEXT]},
        "help": {
            "text": f"{rationale}\n\nFix: {rule.fix}\n\nSources:\n{sources}\nControls: {', '.join(controls)}",
            "markdown": (
                f"{_linkless(rationale)}\n\n**Fix:** {_linkless(rule.fix)}\n\n**Sources**\n{listed}\n\n"
                f"**Controls:** {_linkless(', '.join(controls))}"
            ),
        },
        "defaultConfiguration": {"level": level},
        "properties": {
            "security-severity": _SCORE[metadata.severity],
            "severity": metadata.severity,
            "precision": "very-high",
            "problem.severity": "recommendation" if level == "note" else level,
            "tags": ["security", rule.domain, *controls][:MOST_TAGS],
            "controls": {framework: list(ids) for framework, ids in metadata.controls.items()},
        },
    }


def _simple_rule(code: str) -> Described:
    """What a result has for a rule that comes of no rule: a fault of a waiver, or of an input."""
    words = code.replace("-", " ")
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": f"{words[:1].upper()}{words[1:]}"},
        "fullDescription": {"text": "The gate stays shut until this is mended."},
        "help": {"text": "The message says what is wrong, at its place."},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "security-severity": _SCORE["high"],
            "problem.severity": "error",
            "precision": "very-high",
            "tags": ["security", "gate"],
        },
    }


def _of_obstacle(obstacle: Obstacle, tree: Tree, numbers: Mapping[str, int]) -> Described:
    return {
        "ruleId": obstacle.code,
        "ruleIndex": numbers[obstacle.code],
        "level": "error",
        "message": _message(obstacle.message),
        "locations": [_location(tree, obstacle.place)],
        "partialFingerprints": _fingerprints(obstacle.fingerprint),
    }


def _result(outcome: Outcome, item: Item, level: str, before: Mapping[str, Finding]) -> Described:
    finding = item.finding
    described: Described = {
        "level": level,
        "message": _message(f"{finding.message}\nFix: {finding.fix}"),
        "locations": [_location(outcome.tree, finding.place)],
        "partialFingerprints": _fingerprints(finding.fingerprint),
        "properties": {
            "effect": item.effect,
            "verdict": finding.verdict.value,
            "severity": finding.severity,
            "institution": finding.institution,
            "subject": finding.subject,
            "resource": finding.resource,
            "values": dict(finding.values),
            "values_digest": finding.values_digest,
        },
    }
    if item.effect == "waived":
        waiver = outcome.waiver_of(finding)
        why = f"{waiver.reason} ({finding.waiver})" if waiver else finding.waiver
        described["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    if outcome.base is not None:
        described["baselineState"] = _state(item.effect, before.get(finding.fingerprint), finding)
    return described


def _state(effect: Effect, before: Finding | None, now: Finding) -> str:
    if effect == "fixed":
        return "absent"
    if before is None:
        return "new"
    return "updated" if effect not in CLOSED and is_worse(before, now) else "unchanged"


def _fingerprints(mark: str) -> dict[str, str]:
    """Ours, and under the one name that GitHub reads: its own would be that of a line, which several findings may share."""
    return {"egovInfra/v1": mark, "primaryLocationLineHash": f"{mark}:1"}


def _location(tree: Tree, place: Place) -> Described:
    file = tree.relative(place.file)
    artifact = (
        {"uri": urllib.parse.quote(file), "uriBaseId": _ROOT}
        if file is not None
        else {"uri": urllib.parse.quote(place.file or ".")}
    )
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _message(text: str) -> dict[str, str]:
    return {"text": _linkless(text)}


def _linkless(text: str) -> str:
    """Text in which nothing is a link: SARIF reads `[a](b)` as one, in plain text too."""
    return text.encode(errors="replace").decode().replace("](", "] (")
