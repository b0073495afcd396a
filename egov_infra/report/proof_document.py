"""The proof of rules as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.policy.prove import resource_mutant, rule_mutant
from egov_infra.policy.prove.score import Proof, RuleProof, Survivor
from egov_infra.report.document import describe_place, document


def proof_document(proof: Proof, least: float) -> str:
    """The whole proof: scores, mutants by operator, and every survivor."""
    summary = {
        "rules": len(proof.rules),
        "mutants": proof.mutants,
        "killed": proof.killed,
        "equivalent": proof.equivalent,
        "score": round(proof.score, 4),
        "least": least,
        "unfailed": list(proof.unfailed),
        "is_proven": proof.holds(least),
    }
    rules = [_rule(rule) for rule in proof.rules]
    return document(summary, proof.faults, rules=rules)


def _rule(rule: RuleProof) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "rule_mutants": _counts(rule.mutants, rule_mutant.OPERATORS),
        "equivalent": rule.equivalent,
        "survivors": [_survivor(item) for item in rule.survivors],
        "resource_mutants": _counts(rule.resources, resource_mutant.OPERATORS),
        "failed": _counts(rule.failed, resource_mutant.OPERATORS),
        "crashed": _counts(rule.crashed, resource_mutant.OPERATORS),
    }


def _survivor(survivor: Survivor) -> dict[str, Any]:
    return {
        "mutant": survivor.name,
        "operator": survivor.operator,
        "expression": survivor.text,
        "place": describe_place(survivor.place),
    }


def _counts(counts: Mapping[str, int], operators: tuple[str, ...]) -> dict[str, int]:
    return {name: counts[name] for name in operators if counts.get(name)}
