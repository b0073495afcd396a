"""Why a rule says what it says, as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from egov_infra.manifest.fault import dotted
from egov_infra.policy.explain.explanation import Explanation
from egov_infra.policy.explain.formula import Part, Shape
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.rule import shown
from egov_infra.policy.rulebook import Entry
from egov_infra.report.rule_page import enforcement_of

_MOST_ORIGINS = 4
_WIDTH = 140
_HEADS: dict[Shape, str] = {"all": "all of", "any": "any of", "not": "not", "case": "the case that"}


def render_explanation(found: Explanation, entry: Entry, finding: Finding | None) -> Iterator[str]:
    """What it says, the formula with its values, where these were written, and what would change it.

    `finding` is what the gate shows of it, if anything.
    """
    rule = found.rule
    mark = f" [{finding.fingerprint}]" if finding is not None else ""
    verdict = finding.verdict if finding is not None else found.verdict
    yield f"{verdict.value} {rule.metadata.severity} {rule.id}{mark}"
    yield f"  {finding.message if finding is not None else rule.metadata.title}"
    yield f"  {found.subject} of {found.owner}"
    yield f"  {found.place}" + (f" ({found.resource})" if found.resource else "")
    if finding is not None and finding.waiver:
        yield f"  {finding.waiver}"
    if found.formulas.when is not None:
        yield from ("", "Applies when")
        yield from _part(found, found.formulas.when, 1)
    if found.verdict is not Verdict.NOT_APPLICABLE:
        yield from ("", "Must hold")
        yield from _part(found, found.formulas.must, 1)
    if found.verdict is Verdict.FAIL:
        yield from ("", "To pass")
        yield from _remedies(found)
    yield from ("", f"Controls: {_controls(found)}", f"Sources: {'; '.join(rule.metadata.reference)}")
    yield f"{enforcement_of(entry).capitalize()}; " + (
        "a waiver may permit it" if rule.metadata.waivable else "no waiver may permit it"
    )


def _part(found: Explanation, part: Part, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if part.shape == "value":
        yield f"{indent}{part.text} = {_short(part.value)}"
        yield from (f"{indent}  {line}" for line in _origins(found, part))
        return
    head = _HEADS.get(part.shape, "")
    is_item = part.shape == "all" and " && " not in part.text
    yield f"{indent}{part.value}: {part.text if not head or is_item else head}"
    inside = _deciding(part)
    lists: Sequence[Part] = ()
    if part.shape == "each" and len(inside) > 1:
        lists, inside = inside[:1], inside[1:]  # the list itself says no more than its items
    for inner in inside:
        yield from _part(found, inner, depth + 1)
    if part.left_out:
        yield f"{indent}  and {part.left_out} more like these"
    for leaf in (leaf for one in lists for leaf in one.leaves()):
        yield from (f"{indent}  {line}" for line in _origins(found, leaf))


def _deciding(part: Part) -> Sequence[Part]:
    """One that is false decides `all of`, one that is true `any of`: what else stands there decides nothing."""
    decides = {("all", "false"), ("any", "true")}
    if (part.shape, part.value) not in decides:
        return part.parts
    return [inner for inner in part.parts if inner.value == part.value] or part.parts


def _origins(found: Explanation, leaf: Part) -> Iterator[str]:
    setting = found.settings.get(leaf.text)
    if setting is not None:
        yield f"{setting.place} {'set by the profile' if setting.by_profile else 'default of the rule'}"
        return
    if leaf.value == "unknown":
        yield "known only after creation"
        return
    if found.origins is None or leaf.is_of_item:
        return
    origins = found.origins.get(leaf.text, ())
    if not origins and leaf.value != "absent":
        yield "no value of a file changes it"
    for origin in origins[:_MOST_ORIGINS]:
        said = "" if shown(origin.value) == leaf.value else f" = {_short(shown(origin.value))}"
        default = "" if origin.is_written else ", a default: nobody wrote it"
        yield f"{found.places[origin]} {dotted(origin.spot.path)}{said}{default}"
    if len(origins) > _MOST_ORIGINS:
        yield f"and {len(origins) - _MOST_ORIGINS} more"


def _remedies(found: Explanation) -> Iterator[str]:
    for remedy in found.remedies:
        origin = remedy.origin
        yield (
            f"  {found.places[origin]} {dotted(origin.spot.path)}: "
            f"{_short(shown(origin.value))} to {_short(shown(remedy.value))}"
        )
        for rule, subject in remedy.breaks:
            yield f"    then {rule} fails on {subject}"
    yield from textwrap.wrap(found.rule.fix, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _controls(found: Explanation) -> str:
    return ", ".join(f"{name} {' '.join(ids)}" for name, ids in found.rule.metadata.controls.items())


def _short(text: str) -> str:
    return textwrap.shorten(text, _WIDTH, placeholder=" …")


def render_verdicts(rule: str, owner: str, verdicts: Sequence[tuple[str, Verdict]]) -> Iterator[str]:
    """What a rule says of each subject of an owner."""
    for subject, verdict in verdicts:
        yield f"{verdict.value} {subject}"
    yield f"{rule} looks at {len(verdicts)} subjects of {owner}; --subject explains one"
