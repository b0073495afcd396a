"""Judgements as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import Decision
from egov_infra.policy.judge import Judgement


def render_judgement(judgement: Judgement, decision: Decision) -> Iterator[str]:
    """Findings that block first, then the tally: every verdict is counted."""
    for finding in decision.blocking:
        yield from render_finding(finding, "blocks")
    for finding in decision.undecided:
        yield from render_finding(finding, "undecided")
    for finding in decision.warnings:
        yield from render_finding(finding, "warns")
    for finding in judgement.findings:
        if finding.verdict is Verdict.WAIVED:
            yield from render_finding(finding, "waived")
    for fault in judgement.waiver_faults:
        yield f"blocks {fault.code} {fault.place}"
        yield f"  {fault.message}"
    if decision.idle_blocks:
        yield f"blocks idle: these rules met no subject: {', '.join(judgement.idle)}"
    counts = ", ".join(f"{judgement.counts[verdict]} {verdict.value}" for verdict in Verdict)
    yield (
        f"{judgement.institutions} institutions, {judgement.resources} resources in {judgement.stacks} stacks, "
        f"{len(judgement.policies.rules)} rules of profile {judgement.policies.profile.name}, as of {judgement.today}"
    )
    gate = {0: "open", 1: "shut", 3: "undecided"}[decision.exit_code]
    yield f"{counts}, {len(judgement.idle)} idle; the gate is {gate}"


def render_finding(finding: Finding, effect: str) -> Iterator[str]:
    """One finding: what it does, what is wrong, where, and what to change."""
    yield f"{effect} {finding.severity} {finding.rule} [{finding.fingerprint}]"
    yield f"  {finding.message}"
    at = f" ({finding.resource})" if finding.resource else ""
    yield f"  {finding.place}{at}"
    yield f"  {finding.waiver}" if finding.waiver else f"  fix: {finding.fix}"
