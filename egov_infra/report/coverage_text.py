"""The coverage of rules as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.rule_coverage import MOST_ACCEPTED, RuleCoverage


def render_coverage(coverage: RuleCoverage) -> Iterator[str]:
    """What is wrong first; then rules without subjects, types without rules and fields that nothing reads."""
    for fault in coverage.faults:
        yield str(fault)
    idle = [use for use in coverage.rules if not use.subjects]
    yield f"rules: {len(coverage.rules) - len(idle)} of {len(coverage.rules)} decided on something"
    for use in idle:
        yield f"  {use.rule}: no subject; {use.may_be_idle or 'nothing says why'}"
    judged = [kind for kind in coverage.types if kind.rules]
    yield f"AWS types: a rule looks at {len(judged)} of {len(coverage.types)} that are planned"
    for kind in coverage.types:
        if not kind.rules:
            yield f"  {kind.type}, {kind.resources} planned: {kind.accepted or 'nothing says why'}"
    yield "fields that no rule reads"
    for found in coverage.fields:
        if found.unread:
            total = len(found.read) + len(found.unread)
            yield f"  {found.kind}, {len(found.unread)} of {total}: {', '.join(found.unread)}"
    accepted = len(coverage.accepted)
    yield (
        f"{accepted} of {len(coverage.types)} types accepted without a rule, at most {MOST_ACCEPTED:.0%} may be; "
        f"{len(coverage.faults)} faults"
    )
