"""A test case for each evaluation, passes included, as JUnit XML: a suite for each rule.

A failure or an error is what keeps the gate from opening; what is waived, does not apply, only warns, or was there before
is skipped, and says why. XML as the schemas of Ant (JUnit.xsd) and of Jenkins' xUnit plugin (junit-10.xsd) both have it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from egov_infra.policy.evaluation import Evaluation
from egov_infra.policy.finding import Verdict
from egov_infra.report.formats import Format
from egov_infra.report.outcome import BLOCKING, Item, Obstacle, Outcome, Tree, Unread

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
_SKIPPED = '<skipped message="not applicable"/>'
_DAY = "1970-01-01"

Case = tuple[str, str, str]
"""Name, what kind of case (`pass`, `skipped`, `failure`, `error`), and its XML without the name."""


def _render(outcome: Outcome) -> Iterator[str]:
    yield _HEAD
    day = outcome.judgement.today.isoformat()
    number = 0
    obstacles = outcome.obstacles()
    if obstacles:
        yield from _suite(number, "gate", day, [_of_obstacle(item, outcome.tree) for item in obstacles])
        number += 1
    found: defaultdict[str, dict[tuple[str, str], Item]] = defaultdict(dict)
    for item in outcome.items():
        if item.effect != "fixed":
            found[item.finding.rule][item.finding.institution, item.finding.subject] = item
    subjects = _by_rule(outcome.judgement.evaluations)
    for rule in outcome.rules():
        items = found[rule]
        cases = [_case(*subject, items.pop(subject[:2], None), outcome.tree) for subject in subjects[rule]]
        cases += [
            _case(*subject, item.finding.verdict, item, outcome.tree) for subject, item in items.items()
        ]
        if cases:
            yield from _suite(number, rule, day, cases)
            number += 1
    yield "</testsuites>\n"


def _render_unread(unread: Unread) -> Iterator[str]:
    yield _HEAD
    yield from _suite(0, "gate", _DAY, [_of_obstacle(item, unread.tree) for item in unread.obstacles()])
    yield "</testsuites>\n"


def _by_rule(evaluations: Sequence[Evaluation]) -> defaultdict[str, list[tuple[str, str, Verdict]]]:
    """Rule to institution, subject and verdict of what it looked at."""
    found: defaultdict[str, list[tuple[str, str, Verdict]]] = defaultdict(list)
    for item in evaluations:
        for rule, verdict in zip(item.rules, item.verdicts, strict=True):
            found[rule].append((item.institution, item.subject, verdict))
    return found


def _case(institution: str, subject: str, verdict: Verdict, item: Item | None, tree: Tree) -> Case:
    name = f"{institution}: {subject}"
    if item is None:
        if verdict is Verdict.NOT_APPLICABLE:
            return name, "skipped", _SKIPPED
        return name, "pass", ""
    finding = item.finding
    message = _attribute(f"{item.effect}: {finding.message}")
    if item.effect not in BLOCKING:
        return name, "skipped", f"<skipped message={message}/>"
    kind = "failure" if finding.verdict is Verdict.FAIL else "error"
    text = _text(f"{tree.called(finding.place)}\nfix: {finding.fix}\n[{finding.fingerprint}]")
    kind_of = _attribute(f"{finding.severity} {finding.verdict.value}")
    return name, kind, f"<{kind} message={message} type={kind_of}>{text}</{kind}>"


def _of_obstacle(obstacle: Obstacle, tree: Tree) -> Case:
    place = tree.called(obstacle.place)
    message, kind = _attribute(obstacle.message), _attribute(obstacle.code)
    return (
        f"{obstacle.code} {place}",
        "error",
        f"<error message={message} type={kind}>{_text(str(place))}</error>",
    )


def _suite(number: int, name: str, day: str, cases: Sequence[Case]) -> Iterator[str]:
    kinds = [kind for _, kind, _ in cases]
    quoted = _attribute(name)
    yield (
        f'<testsuite id="{number}" package="egov-infra" name={quoted} hostname="localhost" '
        f'timestamp="{day}T00:00:00" time="0" tests="{len(cases)}" failures="{kinds.count("failure")}" '
        f'errors="{kinds.count("error")}" skipped="{kinds.count("skipped")}">\n<properties/>\n'
    )
    for title, _, inner in cases:
        case = f'<testcase classname={quoted} name={_attribute(title)} time="0"'
        yield f"{case}>{inner}</testcase>\n" if inner else f"{case}/>\n"
    yield "<system-out/>\n<system-err/>\n</testsuite>\n"


def _attribute(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    """Text in which no character means anything to XML, and each is one that XML may hold."""
    if not text.isascii() or not text.isprintable():
        text = _NOT_XML.sub("\ufffd", text)
    return text.translate(_ESCAPES)


FORMAT = Format(_render, _render_unread, wants_evaluations=True)
