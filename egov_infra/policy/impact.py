"""Which subjects change verdict between a base and its head, and whether policies or manifests are why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from egov_infra.policy.base import Base
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import Judgement
from egov_infra.source.frozen import frozen

Cause: TypeAlias = Literal["policies", "manifests"]


@frozen
class Flip:
    """A subject whose verdict changes. No finding means that it is clean: it passes, or the rule does not apply to it."""

    before: Finding | None
    now: Finding | None
    cause: Cause
    """Policies where the head's manifests by the base's policies had the verdict of before, else manifests."""

    @property
    def finding(self) -> Finding:
        """The one of the two that there is; that of the head if there are both."""
        found = self.now or self.before
        assert found is not None
        return found

    @property
    def is_failing(self) -> bool:
        """Whether something is wrong now that was not before."""
        return self.now is not None and self.now.verdict is not Verdict.WAIVED


def impact(base: Base, head: Judgement) -> tuple[Flip, ...]:
    """Every flip: what fails now first, then by institution, rule and subject."""
    before, now = _by_mark(base.judgement.findings), _by_mark(head.findings)
    between = _by_mark(base.of_head.findings)
    flips = [
        Flip(before.get(mark), now.get(mark), _cause(before.get(mark), between.get(mark)))
        for mark in before.keys() | now.keys()
        if _verdict(before.get(mark)) is not _verdict(now.get(mark))
    ]
    return tuple(sorted(flips, key=_order))


def _by_mark(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {item.fingerprint: item for item in findings}


def _cause(before: Finding | None, between: Finding | None) -> Cause:
    return "policies" if _verdict(before) is _verdict(between) else "manifests"


def _verdict(finding: Finding | None) -> Verdict:
    return finding.verdict if finding is not None else Verdict.PASS


def _order(flip: Flip) -> tuple[bool, str, str, str]:
    finding = flip.finding
    return (not flip.is_failing, finding.institution, finding.rule, finding.subject)
