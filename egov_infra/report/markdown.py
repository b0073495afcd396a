"""An outcome as a page of Markdown, for comments and job summaries, within a number of bytes.

Every value that comes from a manifest or a rule stands in a code span, where GitHub and GitLab read neither Markdown, HTML,
links, mentions nor quick actions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egov_infra.plan.difference import ResourceDifference, StackDifference
from egov_infra.policy.finding import SEVERITIES, Finding, Verdict
from egov_infra.report.judgement_text import GATE
from egov_infra.report.outcome import EFFECTS, Effect, Item, Obstacle, Outcome, Tree, Unread
from egov_infra.source.visible import visible

_MOST_VALUE = 400
"""Characters of one value that are shown."""
_FIRST: tuple[Effect, ...] = ("new", "worsened", "weakened", "blocks", "undecided")
_LAST: tuple[Effect, ...] = ("lifted", "existing", "fixed")
_TITLES: dict[Effect, str] = {
    "new": "New",
    "worsened": "Worsened",
    "weakened": "Weakened: refused by the policies of the base, and let through by those of the change",
    "blocks": "Blocks",
    "undecided": "Undecided",
    "warns": "Warns",
    "lifted": "Lifted: refused by the policies of the base, and let through by signed ones",
    "existing": "Existing: the base has them, too",
    "fixed": "Fixed",
}
_AT_LEAST = 10
"""Lines that a section has before another one has more."""
_ROOM = 90
"""Bytes that closing a section may take."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; a folded one shows its lines when somebody asks."""

    title: str
    lines: Sequence[str]
    is_folded: bool = False


def render_page(outcome: Outcome, limit: int, marker: str = "") -> str:
    """The page; what finds no room is counted at its place. `limit` in bytes of UTF-8."""
    return _page(f"{marker}{_head(outcome)}", list(_sections(outcome)), limit)


def render_unread_page(unread: Unread, limit: int, marker: str = "") -> str:
    """The page of a check that could not begin."""
    obstacles = unread.obstacles()
    head = (
        f"{marker}## egov-infra: nothing was judged\n\nInputs cannot be read, so that the gate stays shut.\n"
    )
    lines = [_obstacle(item, unread.tree) for item in obstacles]
    return _page(head, [Section(f"Errors ({len(lines)})", lines)], limit)


def code(text: str) -> str:
    """A code span that shows a text on one line, whatever it holds; a long one is cut."""
    line = visible(text)
    if len(line) > _MOST_VALUE:
        line = f"{line[:_MOST_VALUE]}…"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line or '(empty)'}{pad}{fence}"


def _page(head: str, sections: Sequence[Section], limit: int) -> str:
    """Head and sections. The headings always fit, then the first lines of each section, then the rest from the first on."""
    frames = [_frame(section) for section in sections]
    room = limit - len(head.encode()) - sum(len("".join(frame).encode()) + _ROOM for frame in frames)
    kept = [0 for _ in sections]
    for most in (_AT_LEAST, None):
        for number, section in enumerate(sections):
            for line in section.lines[kept[number] : most]:
                room -= len(line.encode()) + 1
                if room < 0:
                    break
                kept[number] += 1
    parts = [head]
    for section, count, (opening, closing) in zip(sections, kept, frames, strict=True):
        left_out = len(section.lines) - count
        shown = (*section.lines[:count], *([f"- {left_out} more are left out here"] if left_out else ()))
        parts += [opening, *(f"{line}\n" for line in shown), closing]
    return "".join(parts)


def _frame(section: Section) -> tuple[str, str]:
    if section.is_folded:
        return f"\n<details><summary>{section.title}</summary>\n\n", "\n</details>\n"
    return f"\n### {section.title}\n\n", ""


def _head(outcome: Outcome) -> str:
    judgement = outcome.judgement
    against = f" against {code(str(outcome.base))}" if outcome.base else ""
    counts = ", ".join(f"{judgement.counts[verdict]} {verdict.value}" for verdict in Verdict)
    return (
        f"## egov-infra: the gate is {GATE[outcome.exit_code]}\n\n"
        f"{judgement.institutions} institutions, {judgement.resources} resources in {judgement.stacks} stacks, "
        f"{len(judgement.policies.rules)} rules of profile {code(judgement.policies.profile.name)}, "
        f"as of {judgement.today}{against}.\n\n{counts}, {len(judgement.idle)} idle.\n{_table(outcome)}"
    )


def _table(outcome: Outcome) -> str:
    """How many findings do what, by severity."""
    counts = Counter((item.effect, item.finding.severity) for item in outcome.items())
    rows = [
        f"| {effect} | {' | '.join(str(counts[effect, severity]) for severity in SEVERITIES)} |"
        for effect in EFFECTS
        if any(counts[effect, severity] for severity in SEVERITIES)
    ]
    if not rows:
        return ""
    rules = " | ".join("---:" for _ in SEVERITIES)
    return "\n".join(["", f"| | {' | '.join(SEVERITIES)} |", f"|---| {rules} |", *rows, ""])


def _sections(outcome: Outcome) -> Iterator[Section]:
    items = outcome.items()
    for effect in _FIRST:
        yield from _of_effect(effect, items, outcome.tree)
    if obstacles := outcome.obstacles():
        lines = [_obstacle(item, outcome.tree) for item in obstacles]
        yield Section(f"What is wrong with waivers and rules ({len(lines)})", lines)
    yield from _of_effect("warns", items, outcome.tree)
    if waived := [item.finding for item in items if item.effect == "waived"]:
        yield _waivers(waived, outcome)
    if outcome.base is not None and outcome.base.plans:
        yield from _plans(outcome.base.plans)
    for effect in _LAST:
        yield from _of_effect(effect, items, outcome.tree, is_folded=True)


def _of_effect(
    effect: Effect, items: Sequence[Item], tree: Tree, *, is_folded: bool = False
) -> Iterator[Section]:
    findings = [item.finding for item in items if item.effect == effect]
    mended = set()  # how to mend is said once a rule
    lines = []
    for finding in findings:
        lines.append(_finding(finding, tree, with_fix=finding.rule not in mended))
        mended.add(finding.rule)
    if lines:
        yield Section(f"{_TITLES[effect]} ({len(lines)})", lines, is_folded)


def _finding(finding: Finding, tree: Tree, *, with_fix: bool) -> str:
    fix = f", fix: {code(finding.fix)}" if with_fix else ""
    return (
        f"- **{finding.severity}** {code(finding.rule)} {code(finding.institution)}: {code(finding.message)}<br>"
        f"{code(str(tree.called(finding.place)))}{fix}"
    )


def _obstacle(obstacle: Obstacle, tree: Tree) -> str:
    return f"- {code(obstacle.code)} {code(obstacle.message)}<br>{code(str(tree.called(obstacle.place)))}"


def _waivers(findings: Sequence[Finding], outcome: Outcome) -> Section:
    """The waivers in use, the first to end first."""
    found = [(outcome.waiver_of(finding), finding) for finding in findings]
    lasting = sorted(
        ((waiver, finding) for waiver, finding in found if waiver is not None),
        key=lambda item: (item[0].expires_on, item[1].rule, item[1].institution, item[1].subject),
    )
    lines = []
    ending, warn_days = 0, outcome.judgement.policies.profile.settings.waivers.warn_days
    for waiver, finding in lasting:
        days = waiver.days_left(outcome.judgement.today)
        ending += days <= warn_days
        left = f"{days} days left" if days != 1 else "1 day left"
        lines.append(
            f"- {f'**{left}**' if days <= warn_days else left}, until {waiver.expires_on}: {code(finding.rule)} "
            f"{code(finding.institution)} {code(finding.subject)}, approved by {code(waiver.approver)}"
        )
    soon = f", {ending} of them end within {warn_days} days" if ending else ""
    return Section(f"Waivers in use ({len(lines)}{soon})", lines)


def _plans(stacks: Sequence[StackDifference]) -> Iterator[Section]:
    """How many resources of each stack differ, and folded which."""
    total = _counts(*(sum(len(part) for part in parts) for parts in zip(*map(_parts, stacks), strict=True)))
    lines = [
        f"- {code(stack.stack)}: {_counts(*map(len, _parts(stack))) if stack.count else 'only what it exports'}"
        for stack in stacks
    ]
    yield Section(f"Plan: {len(stacks)} stacks differ, {total}", lines)
    resources = [
        f"- {code(stack.stack)} {word} {_resource(resource)}"
        for stack in stacks
        for word, part in zip(("create", "change", "remove"), _parts(stack), strict=True)
        for resource in part
    ]
    if resources:
        yield Section(f"Resources that differ ({len(resources)})", resources, is_folded=True)


def _parts(stack: StackDifference) -> tuple[Sequence[ResourceDifference], ...]:
    return stack.created, stack.changed, stack.removed


def _counts(created: int, changed: int, removed: int) -> str:
    return f"{created} created, {changed} changed, {removed} removed"


def _resource(resource: ResourceDifference) -> str:
    fields = f": {code(', '.join(resource.fields))}" if resource.fields else ""
    return f"{code(resource.type)} {code(resource.name)}{fields}"
