"""Why the gate is shut, as the one block of text that a Pulumi program shows."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.gate import Decision
from egov_infra.policy.judge import Judgement


def render_refusal(stack: str, judgement: Judgement, decision: Decision) -> str:
    """Every finding that blocks or cannot be decided, with its place and its fix."""
    return "\n".join(_lines(stack, judgement, decision))


def _lines(stack: str, judgement: Judgement, decision: Decision) -> Iterator[str]:
    yield f"{stack}: the gate is shut; nothing was registered, nothing was changed"
    for word, findings in (("blocks", decision.blocking), ("undecided", decision.undecided)):
        for finding in findings:
            yield f"{word} {finding.severity} {finding.rule} at {finding.place}"
            yield f"  {finding.message}"
            yield f"  fix: {finding.fix}"
    for fault in judgement.waiver_faults:
        yield f"blocks {fault.code} at {fault.place}"
        yield f"  {fault.message}"
    if decision.idle_blocks:
        yield f"blocks: these rules met no subject: {', '.join(judgement.idle)}"
