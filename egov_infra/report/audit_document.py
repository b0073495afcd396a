"""Audits as JSON; `docs/reference/audit.schema.json` describes it."""

from __future__ import annotations

from typing import Any

from egov_infra.audit.record import Drift, StackAudit, Undeclared, Unknown
from egov_infra.audit.run import Audit
from egov_infra.policy.finding import Verdict
from egov_infra.report.document import describe_finding, describe_place, describe_waivers, document
from egov_infra.source.diagnostic import Place


def audit_document(audit: Audit) -> str:
    """An audit as JSON: what differs, what nobody declared, what is unknown, and each stack."""
    judgement, decision = audit.judgement, audit.decision
    summary = {
        "as_of": judgement.today.isoformat(),
        **audit.counts,
        "rules": len(judgement.policies.rules),
        "profile": judgement.policies.profile.name,
        "verdicts": {verdict.value: judgement.counts[verdict] for verdict in Verdict},
        "blocking": len(decision.blocking),
        "undecided": len(decision.undecided),
        "warnings": len(decision.warnings),
        **describe_waivers(judgement),
        "exit_code": audit.exit_code,
    }
    return document(
        summary,
        findings=map(describe_finding, judgement.findings),
        drift=[_drift(item) for stack in audit.stacks for item in stack.drifts],
        undeclared=[_undeclared(item) for item in audit.everything_undeclared],
        unknown=[_unknown(item) for item in audit.everything_unknown],
        unjudged=list(audit.unjudged),
        stacks=[_stack(item) for item in audit.stacks],
    )


def _drift(drift: Drift) -> dict[str, Any]:
    return {
        "institution": drift.institution,
        "stack": drift.stack,
        "resource": drift.resource,
        "type": drift.type,
        "property": drift.property or None,
        "declared": drift.declared,
        "live": drift.live,
        "place": describe_place(drift.place),
    }


def _undeclared(item: Undeclared) -> dict[str, Any]:
    return {
        "account": item.account,
        "region": item.region,
        "kind": item.kind,
        "id": item.id,
        "name": item.name or None,
        "why": item.why,
        **_owner(item.institution, item.stack, item.resource, item.place),
    }


def _unknown(item: Unknown) -> dict[str, Any]:
    return {
        "account": item.account,
        "region": item.region,
        "kind": item.kind,
        "reason": item.reason,
        **_owner(item.institution, item.stack, item.resource, item.place),
    }


def _owner(institution: str, stack: str, resource: str, place: Place | None) -> dict[str, Any]:
    """Whose resource it is about; nulls for what stands on its own in an account."""
    return {
        "institution": institution or None,
        "stack": stack or None,
        "resource": resource or None,
        "place": describe_place(place) if place else None,
    }


def _stack(stack: StackAudit) -> dict[str, Any]:
    return {
        "stack": stack.stack,
        "institution": stack.institution,
        "read": stack.read,
        "recorded_only": list(stack.recorded_only),
        "not_applied": list(stack.not_applied),
        "left": list(stack.left),
        "not_given_back": {name: list(paths) for name, paths in stack.unread.items()},
        "not_compared": {name: list(paths) for name, paths in stack.unresolved.items()},
    }
