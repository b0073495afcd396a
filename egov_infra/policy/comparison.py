"""A change against its base: what it brings, what was there before, what it mends, and where it weakens its own judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from egov_infra.policy.base import Base
from egov_infra.policy.finding import SEVERITIES, Finding, Verdict
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement
from egov_infra.policy.withdrawn import unsaid
from egov_infra.source.diagnostic import Diagnostic
from egov_infra.source.frozen import frozen


@frozen
class Comparison:
    """Findings of the head, by what became of them. Each is told by its fingerprint: rule, institution, subject."""

    new: tuple[Finding, ...]
    """They block, and the base did not have them."""
    worsened: tuple[Finding, ...]
    """They block, the base had them, and they are worse, or other values are wrong now."""
    weakened: tuple[Finding, ...]
    """By the base's policies they block, by the head's no longer: the change would bring its own judge.

    So do those that the head waives as the base's policies and staff would not.
    """
    is_lifted: bool
    """Whether the head's policies are signed, so that what is weakened does not block."""
    existing: tuple[Finding, ...]
    """They would block, and the base had them as they are."""
    fixed: tuple[Finding, ...]
    """The base had them, and the head has not, by whichever policies; what is only waived or let through was not mended."""
    vanished: tuple[Diagnostic, ...]
    """Rules and withdrawals of the base that the head lets go without a word: their ids could be used again."""
    decision: Decision
    """That of the head by itself."""
    exit_code: int
    """0 open, 1 blocked, 3 undecidable: of what is new, worsened or weakened, and of what no base excuses."""


def compare(base: Base, head: Judgement) -> Comparison:
    """Compare a head with its base.

    Faults of waivers and idle rules block as ever: no base excuses them. So does a rule that goes without a word.
    """
    decision = decide(head)
    before = _open(base.judgement.findings)
    mandatory = (*decision.blocking, *decision.undecided)
    new = tuple(item for item in mandatory if item.fingerprint not in before)
    old = [item for item in mandatory if item.fingerprint in before]
    worsened = tuple(item for item in old if is_worse(before[item.fingerprint], item))
    waived = {item.fingerprint for item in _waived(head.findings)}
    kept = {item.fingerprint for item in mandatory} | (waived & base.excused)
    theirs = decide(base.of_head)
    weakened = tuple(item for item in (*theirs.blocking, *theirs.undecided) if item.fingerprint not in kept)
    ours, older = head.policies, base.policies
    # a signature is of the policies: not of waivers, nor of which profile of them the estate takes
    is_signed = ours.seal is not None and ours.seal.key is not None
    rests_on_waivers = any(item.fingerprint in waived for item in weakened)
    is_lifted = is_signed and ours.profile.name == older.profile.name and not rests_on_waivers
    refused = (*new, *worsened, *(() if is_lifted else weakened))
    blocking = [item for item in refused if item.verdict is not Verdict.UNKNOWN]
    undecided = [item for item in refused if item.verdict is Verdict.UNKNOWN]
    vanished = tuple(unsaid(ours.folder, older.ids, older.withdrawn, ours.ids, ours.withdrawn))
    rules = {rule.id for rule in head.policies.rules}  # a finding of a rule that is no more was not mended
    unmended = {item.fingerprint for item in (*head.findings, *base.of_head.findings)}
    is_shut = bool(blocking or vanished or head.waiver_faults or decision.idle_blocks)
    return Comparison(
        new=new,
        worsened=worsened,
        weakened=weakened,
        is_lifted=is_lifted,
        existing=tuple(item for item in old if item not in worsened),
        fixed=tuple(item for mark, item in before.items() if mark not in unmended and item.rule in rules),
        vanished=vanished,
        decision=decision,
        exit_code=1 if is_shut else 3 if undecided else 0,
    )


def is_worse(before: Finding, now: Finding) -> bool:
    """Whether a finding blocks although its base had it: more severe, decided now, or about other values.

    Nobody can say of other wrong values that they are better. The order of what stands in a list means nothing.
    """
    if SEVERITIES.index(now.severity) < SEVERITIES.index(before.severity):
        return True
    if before.verdict is not now.verdict and before.verdict is not Verdict.FAIL:
        return True
    return _values(before) != _values(now)


def _values(finding: Finding) -> Mapping[str, list[str]]:
    return {name: sorted(text.split(", ")) for name, text in finding.values.items()}


def _open(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Findings that nothing excuses, by fingerprint."""
    return {item.fingerprint: item for item in findings if item.verdict is not Verdict.WAIVED}


def _waived(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What a waiver excuses: it is approved, dated, and seen in review."""
    return (item for item in findings if item.verdict is Verdict.WAIVED)
