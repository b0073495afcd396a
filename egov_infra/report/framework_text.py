"""Frameworks as text for people."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from egov_infra.policy.framework_coverage import FrameworkCoverage, Requirement
from egov_infra.policy.rulebook import Entry

_WIDTH = 110
_CAVEAT = (
    "automated: rules see all that manifests and plans show of it; partly: people must look at the rest; manual: no rule looks.",
    "Rules that are drafted or not selected do not count. No figure says that a requirement is met.",
)


def render_frameworks(
    covered: Sequence[FrameworkCoverage], profile: str, today: datetime.date
) -> Iterator[str]:
    """For each framework how many of its requirements rules see; then what these words mean."""
    width = max((len(coverage.framework.name) for coverage in covered), default=0)
    for coverage in covered:
        file = coverage.framework.file
        yield f"{coverage.framework.name:{width}}  {file.title}, {file.version}"
        yield f"{'':{width}}  {figures(coverage)}"
    yield f"In profile {profile}, as of {today}."
    yield from _CAVEAT


def render_framework(coverage: FrameworkCoverage, profile: str, today: datetime.date) -> Iterator[str]:
    """The page of a framework: where it comes from, and each requirement in its group, with its rules or without."""
    file = coverage.framework.file
    yield f"{coverage.framework.name}  {file.title}, {file.version}"
    yield f"published by {file.publisher}: {', '.join(file.reference)}"
    yield f"licence: {file.licence}"
    if file.scope is not None:
        yield f"scope: {file.scope}"
    yield figures(coverage)
    for group, held in groupby(coverage.requirements, key=lambda requirement: requirement.group):
        yield ""
        if group is not None:
            yield f"{group}  {file.groups[group]}"
        for requirement in held:
            yield from _requirement(requirement)
    yield ""
    yield f"In profile {profile}, as of {today}."
    yield from _CAVEAT


def figures(coverage: FrameworkCoverage) -> str:
    """How many requirements are seen how, and by how many rules."""
    counts = ", ".join(f"{number} {sight}" for sight, number in coverage.counts.items())
    return f"{counts}, of {len(coverage.requirements)} requirements; rules at work on them: {len(coverage.rules)}"


def _requirement(requirement: Requirement) -> Iterator[str]:
    yield f"  {requirement.sight:9}  {requirement.id}  {requirement.title}"
    if requirement.rules:
        yield from _indented(f"rules: {', '.join(map(_named, requirement.rules))}")
    if requirement.unseen is not None:
        yield from _indented(f"not seen: {requirement.unseen}")


def _named(entry: Entry) -> str:
    return entry.rule.id if entry.state in ("block", "warn") else f"{entry.rule.id} ({entry.state})"


def _indented(text: str) -> Iterator[str]:
    indent = " " * 13
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False
    )
