"""The proof of rules as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.prove import resource_mutant, rule_mutant
from egov_infra.policy.prove.score import MOST_EQUIVALENT, Proof, RuleProof


def render_proof(proof: Proof, least: float) -> Iterator[str]:
    """What is not proven, rule by rule; then the score, and how many mutants each operator made."""
    for fault in proof.faults:
        yield str(fault)
    for rule in proof.rules:
        yield from _rule(rule, is_unfailed=rule.rule in proof.unfailed)
    yield "mutants of rules"
    for name in rule_mutant.OPERATORS:
        made = sum(rule.mutants.get(name, 0) for rule in proof.rules)
        survived = sum(item.operator == name for rule in proof.rules for item in rule.survivors)
        yield f"  {name:<18} {made - survived:>5} of {made:>5} killed"
    yield "mutants of what they judge"
    for name in resource_mutant.OPERATORS:
        made, failed, crashed = (
            sum(counts.get(name, 0) for counts in found)
            for found in (
                [rule.resources for rule in proof.rules],
                [rule.failed for rule in proof.rules],
                [rule.crashed for rule in proof.rules],
            )
        )
        yield f"  {name:<18} {made:>5} made, {failed:>5} failed a rule, {crashed:>5} could not be computed"
    if proof.exceeds:
        yield f"too many mutants are called equivalent: at most {MOST_EQUIVALENT:.0%} may be"
    unfailed = len(proof.unfailed)
    yield (
        f"{len(proof.rules)} rules, {unfailed} of them failed by nothing; {proof.killed} of {proof.mutants} mutants "
        f"killed, {proof.equivalent} called equivalent"
    )
    yield f"score {percent(proof.score)}, at least {percent(least)} is asked: {'proven' if proof.holds(least) else 'not proven'}"


def percent(share: float) -> str:
    """A share in percent, rounded down: nothing looks better than it is."""
    return f"{int(share * 1000 + 1e-9) / 10:.1f} %"


def _rule(rule: RuleProof, *, is_unfailed: bool) -> Iterator[str]:
    if not is_unfailed and not rule.survivors:
        return
    yield f"{rule.rule}: {sum(rule.mutants.values()) - len(rule.survivors)} of {sum(rule.mutants.values())} mutants killed"
    if is_unfailed:
        yield "  nothing that was made worse failed it"
    for survivor in rule.survivors:
        yield f"  {survivor.place} {survivor.name}"
        yield f"    {survivor.text}"
