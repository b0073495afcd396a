"""The one decision whether a change may proceed."""

from __future__ import annotations

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import Judgement
from egov_infra.source.frozen import frozen


@frozen
class Decision:
    """What blocks, what cannot be decided, and what only warns. `exit_code`: 0 open, 1 blocked, 3 undecidable."""

    blocking: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    idle_blocks: bool
    exit_code: int

    @property
    def is_open(self) -> bool:
        """Whether the change may proceed."""
        return self.exit_code == 0


def decide(judgement: Judgement) -> Decision:
    """The gate: fail, error and unknown of a mandatory rule block, and so does every fault of a waiver."""
    profile, today = judgement.policies.profile, judgement.today
    blocking: list[Finding] = []
    undecided: list[Finding] = []
    warnings: list[Finding] = []
    for finding in judgement.findings:
        if finding.verdict is Verdict.WAIVED:
            continue
        action = profile.action(finding.rule, finding.severity, today)
        if action == "block":
            (undecided if finding.verdict is Verdict.UNKNOWN else blocking).append(finding)
        elif action == "warn":
            warnings.append(finding)
    idle_blocks = profile.settings.idle == "block" and bool(judgement.idle)
    if blocking or judgement.waiver_faults or idle_blocks:
        code = 1
    else:
        code = 3 if undecided else 0
    return Decision(tuple(blocking), tuple(undecided), tuple(warnings), idle_blocks, code)
