"""What a change makes of verdicts, as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from egov_infra.policy.base import Base
from egov_infra.policy.finding import Finding
from egov_infra.policy.impact import Flip
from egov_infra.policy.judge import Judgement
from egov_infra.report.document import describe_place, document


def render_impact(flips: Sequence[Flip], base: Base) -> Iterator[str]:
    """A line a subject, newly failing first, then how many of each."""
    for flip in flips:
        finding = flip.finding
        yield f"{_verdict(flip.before)} to {_verdict(flip.now)} {finding.institution} {finding.rule} {finding.subject}"
        yield f"  {finding.message}"
        yield f"  {finding.place}, since {flip.cause} changed"
    institutions = len({flip.finding.institution for flip in flips})
    failing = sum(flip.is_failing for flip in flips)
    yield (
        f"against {base}: {len(flips)} subjects of {institutions} institutions change verdict, "
        f"{failing} of them fail now"
    )


def impact_document(flips: Sequence[Flip], base: Base, head: Judgement) -> str:
    """The same as JSON."""
    summary = {
        "as_of": head.today.isoformat(),
        "flips": len(flips),
        "failing": sum(flip.is_failing for flip in flips),
        "institutions": sorted({flip.finding.institution for flip in flips}),
        "exit_code": 0,
    }
    return document(
        summary, base={"revision": base.name, "commit": base.commit}, flips=[_flip(flip) for flip in flips]
    )


def _flip(flip: Flip) -> dict[str, Any]:
    finding = flip.finding
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "institution": finding.institution,
        "subject": finding.subject,
        "before": _verdict(flip.before),
        "now": _verdict(flip.now),
        "cause": flip.cause,
        "message": finding.message,
        "place": describe_place(finding.place),
    }


def _verdict(finding: Finding | None) -> str:
    """Clean is what passed, or what the rule did not apply to: of that nobody kept which."""
    return finding.verdict.value if finding else "clean"
