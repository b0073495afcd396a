"""The page of a rule, as text for people."""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from egov_infra.plan.names import PLATFORM
from egov_infra.policy.example import expectations
from egov_infra.policy.finding import Verdict
from egov_infra.policy.framework_coverage import Requirement
from egov_infra.policy.parameter import Item, Parameter
from egov_infra.policy.rule import shown
from egov_infra.policy.rulebook import Entry
from egov_infra.policy.standing import Standing

_MOST_NAMES = 24
_MOST_EXAMPLES = 6
_WIDTH = 110
_NAMED = {
    Verdict.FAIL: "fail",
    Verdict.ERROR: "cannot be computed",
    Verdict.UNKNOWN: "cannot be decided",
    Verdict.WAIVED: "are waived",
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "have only what it does not apply to",
}


def render_rule(
    entry: Entry,
    standing: Standing,
    cited: Mapping[str, Sequence[Requirement]],
    profile: str,
    today: datetime.date,
    everyone: int,
) -> Iterator[str]:
    """What is wrong, why, what must hold, fix, sources, parameters, enforcement, examples, and who is affected.

    `cited`: framework to the requirements that the rule looks at.
    """
    rule, metadata = entry.rule, entry.rule.metadata
    yield f"{rule.id}  {metadata.severity}"
    yield metadata.title
    yield f"{rule.file}, since {metadata.since}"
    yield from _section("Why", _wrapped(metadata.rationale))
    yield from _section(f"What must hold, of each {metadata.applies_to}", _formulas(entry))
    if rule.parameters:
        yield from _section(f"Parameters, as profile {profile} sets them", _parameters(entry))
    yield from _section("Fix", _wrapped(rule.fix))
    controls = (f"{name} {one.id}: {one.title}" for name, found in cited.items() for one in found)
    yield from _section("Sources and controls", (*metadata.reference, *controls))
    yield from _section(f"In profile {profile}", (enforcement_of(entry), _waivable(entry)))
    yield from _section("Examples", _examples(entry))
    who = "Who would be affected" if entry.state == "not-selected" else "Who is affected"
    yield from _section(f"{who}, as of {today}", _affected(standing, everyone))


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines)


def _wrapped(text: str) -> Sequence[str]:
    return textwrap.wrap(" ".join(text.split()), _WIDTH)


def _formulas(entry: Entry) -> Iterator[str]:
    if entry.rule.when_text is not None:
        yield "when"
        yield from (f"  {line}" for line in entry.rule.when_text.split("\n"))
        yield "must"
    indent = "  " if entry.rule.when_text is not None else ""
    yield from (f"{indent}{line}" for line in entry.rule.must_text.split("\n"))


def _parameters(entry: Entry) -> Iterator[str]:
    declared = entry.rule.metadata.parameters
    for name, value in entry.rule.parameters.items():
        default = shown(declared[name].default)
        now = shown(value)
        yield f"{name} = {now}" + (f" (default {default})" if now != default else "")
        bounds = bounds_of(declared[name])
        yield f"  {declared[name].description}" + (f" {bounds}." if bounds else "")


def bounds_of(one: Parameter | Item) -> str:
    """What a parameter may be, in words; empty where nothing bounds it."""
    words = []
    if one.minimum is not None or one.maximum is not None:
        words.append(f"{'any' if one.minimum is None else one.minimum} to {'any' if one.maximum is None else one.maximum}")  # fmt: skip
    if one.enum is not None:
        words.append(f"one of {', '.join(map(str, one.enum))}")
    if one.pattern is not None:
        words.append(f"matches {one.pattern}")
    if isinstance(one, Parameter):
        if one.items is not None and bounds_of(one.items):
            words.append(f"each {bounds_of(one.items)}")
        if one.min_items is not None or one.max_items is not None:
            words.append(f"{one.min_items or 0} to {'any number of' if one.max_items is None else one.max_items} items")  # fmt: skip
    text = ", ".join(words)
    return text[:1].upper() + text[1:] if isinstance(one, Parameter) else text


def enforcement_of(entry: Entry) -> str:
    """What findings of the rule do, and from when another thing."""
    words = {
        "block": "a finding blocks",
        "warn": "a finding warns",
        "draft": "a finding is only counted",
        "not-selected": "not selected: it does not run",
    }
    later = (f"from {step.begins} {words[step.action]}" for step in entry.coming)
    return "; ".join((words[entry.state], *later))


def _waivable(entry: Entry) -> str:
    return "a waiver may permit it" if entry.rule.metadata.waivable else "no waiver may permit it"


def _examples(entry: Entry) -> Iterator[str]:
    found = list(expectations(entry.rule))
    for expected, patch in found[:_MOST_EXAMPLES]:
        text = (
            json.dumps(patch, ensure_ascii=False, default=str)
            if patch
            else "the compliant institution as it is"
        )
        yield f"{expected.value}: {textwrap.shorten(text, _WIDTH, placeholder=' …')}"
    if len(found) > _MOST_EXAMPLES:
        yield f"and {len(found) - _MOST_EXAMPLES} more: {entry.rule.file}"


def _affected(standing: Standing, everyone: int) -> Iterator[str]:
    if standing.spans:
        yield f"{standing.counts[Verdict.PASS]} subjects that span institutions pass"
    met: set[str] = set()
    for verdict, words in _NAMED.items():
        names = standing.institutions(verdict)
        met.update(names)
        if names:
            more = len(names) - _MOST_NAMES
            listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
            yield from textwrap.wrap(f"{len(names)} {words}: {listed}", _WIDTH, subsequent_indent="  ")
    without = everyone - len(met - {PLATFORM})
    if without and standing.is_of_institutions:
        yield f"{without} of {everyone} institutions have no {standing.rule.metadata.applies_to}"
    for finding in standing.findings:
        yield f"{finding.verdict.value} {finding.institution} {finding.place}"
        yield f"  {finding.message}"
