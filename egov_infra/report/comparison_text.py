"""A change against its base, as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from egov_infra.policy.finding import Finding
from egov_infra.policy.judge import Judgement
from egov_infra.report.judgement_text import GATE, render_finding, render_rest

if TYPE_CHECKING:  # a check without a base loads nothing of git
    from egov_infra.policy.base import Base
    from egov_infra.policy.comparison import Comparison


def render_comparison(comparison: Comparison, head: Judgement, base: Base) -> Iterator[str]:
    """What blocks first, then in a line each what was there before and what is mended."""
    for effect in ("new", "worsened", "weakened"):
        is_lifted = effect == "weakened" and comparison.is_lifted
        for finding in getattr(comparison, effect):
            yield from render_finding(finding, "weakened, by signed policies," if is_lifted else effect)
    for gone in comparison.vanished:
        yield f"blocks {gone.code} {gone.place}"
        yield f"  {gone.message}"
    for finding in comparison.decision.warnings:
        yield from render_finding(finding, "warns")
    for effect in ("existing", "fixed"):
        for finding in getattr(comparison, effect):
            yield f"{effect} {_short(finding)}"
    yield from render_rest(head, comparison.decision)
    counts = ", ".join(
        f"{len(getattr(comparison, name))} {name}"
        for name in ("new", "worsened", "weakened", "existing", "fixed")
    )
    yield f"against {base}: {counts}; the gate is {GATE[comparison.exit_code]}"


def _short(finding: Finding) -> str:
    return (
        f"{finding.severity} {finding.rule} [{finding.fingerprint}] {finding.institution}: {finding.message}"
    )
