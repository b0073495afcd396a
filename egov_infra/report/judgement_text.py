"""Judgements as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import Decision
from egov_infra.policy.judge import Judgement
from egov_infra.source.visible import visible

GATE = {0: "open", 1: "shut", 3: "undecided"}
"""Exit code to what it says of the gate."""


def render_judgement(judgement: Judgement, decision: Decision) -> Iterator[str]:
    """Findings that block first, then the tally: every verdict is counted."""
    for finding in decision.blocking:
        yield from render_finding(finding, "blocks")
    for finding in decision.undecided:
        yield from render_finding(finding, "undecided")
    for finding in decision.warnings:
        yield from render_finding(finding, "warns")
    *rest, counts = render_rest(judgement, decision)
    yield from rest
    yield f"{counts}; the gate is {GATE[decision.exit_code]}"


def render_rest(judgement: Judgement, decision: Decision) -> Iterator[str]:
    """What is waived, what is wrong with waivers and rules themselves, and the tally, which comes last."""
    for finding in judgement.findings:
        if finding.verdict is Verdict.WAIVED:
            yield from render_finding(finding, "waived")
    yield from render_waivers(judgement)
    if decision.idle_blocks:
        yield f"blocks idle: these rules met no subject: {', '.join(judgement.idle)}"
    counts = ", ".join(f"{judgement.counts[verdict]} {verdict.value}" for verdict in Verdict)
    if (seal := judgement.policies.seal) is not None:
        signed = f", signed by key {seal.key}" if seal.key else ""
        yield f"policies {seal.version} as their lock says{signed}: {seal.digest}"
    yield (
        f"{judgement.institutions} institutions, {judgement.resources} resources in {judgement.stacks} stacks, "
        f"{len(judgement.policies.rules)} rules of profile {judgement.policies.profile.name}, as of {judgement.today}"
    )
    yield f"{counts}, {len(judgement.idle)} idle"


def render_waivers(judgement: Judgement) -> Iterator[str]:
    """What is wrong with waivers, and which end soon."""
    for fault in judgement.waiver_faults:
        yield f"blocks {fault.code} {fault.place}"
        yield f"  {visible(fault.message)}"
    for ending in judgement.ending_waivers:
        yield f"warns waiver-ending {ending.place}"
        yield f"  {visible(ending.message)}"


def render_finding(finding: Finding, effect: str) -> Iterator[str]:
    """One finding: what it does, what is wrong, where, and what to change."""
    yield f"{effect} {finding.severity} {finding.rule} [{finding.fingerprint}]"
    yield f"  {visible(finding.message)}"
    at = f" ({finding.resource})" if finding.resource else ""
    yield f"  {visible(f'{finding.place}{at}')}"
    yield f"  {visible(finding.waiver or f'fix: {finding.fix}')}"
