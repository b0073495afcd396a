"""Rules and findings in the words of Pulumi's analyzer protocol, which has no place for most of what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as proto

import egov_infra
from egov_infra.policy.finding import Finding, Severity, WaiverFault
from egov_infra.policy.outside import stands_alone
from egov_infra.policy.policies import Policies
from egov_infra.policy.profile import Action
from egov_infra.policy.rule import Rule

PACK = "egov-infra"
WAIVERS = "egov-waivers"
"""The name under which faults of waivers are reported."""
TYPES = "egov-types"
"""The name under which resources are reported that no rule can look at."""
_OWN: Mapping[str, tuple[str, str]] = {
    WAIVERS: ("Waivers are right", "mend or remove the waiver"),
    TYPES: ("Some rule can look at every resource", "plan it as a type of the catalogue, or add its type"),
}
LEVELS: Mapping[Action, Any] = {
    "block": proto.MANDATORY,
    "warn": proto.ADVISORY,
    "draft": proto.DISABLED,
}
_SEVERITIES: Mapping[Severity, Any] = {
    "critical": proto.POLICY_SEVERITY_CRITICAL,
    "high": proto.POLICY_SEVERITY_HIGH,
    "medium": proto.POLICY_SEVERITY_MEDIUM,
    "low": proto.POLICY_SEVERITY_LOW,
}


def describe_pack(rules: Iterable[Rule], policies: Policies, today: Any) -> proto.AnalyzerInfo:
    """The rules as policies, each under its own name."""
    described = [
        _describe_rule(rule, policies.profile.action(rule.id, rule.metadata.severity, today))
        for rule in rules
    ]
    described += [
        proto.PolicyInfo(
            name=name,
            displayName=title,
            description=title,
            enforcementLevel=proto.MANDATORY,
            policy_type=proto.POLICY_TYPE_STACK,
            severity=proto.POLICY_SEVERITY_HIGH,
            remediation_steps=fix,
        )
        for name, (title, fix) in _OWN.items()
    ]
    return proto.AnalyzerInfo(
        name=PACK,
        displayName="egov-infra",
        version=egov_infra.__version__,
        description=f"Profile {policies.profile.name}: {policies.profile.settings.title}",
        policies=described,
    )


def _describe_rule(rule: Rule, action: Action) -> proto.PolicyInfo:
    metadata = rule.metadata
    name, ids = next(iter(metadata.controls.items()))
    return proto.PolicyInfo(
        name=rule.id,
        displayName=metadata.title,
        description=f"{metadata.title}. {metadata.rationale.strip()}",
        enforcementLevel=LEVELS[action],
        policy_type=proto.POLICY_TYPE_RESOURCE if stands_alone(rule) else proto.POLICY_TYPE_STACK,
        severity=_SEVERITIES[metadata.severity],
        framework=proto.PolicyComplianceFramework(
            name=name, specification=", ".join(ids), reference="; ".join(metadata.reference)
        ),
        tags=list(_controls(metadata.controls)),
        remediation_steps=rule.fix,
    )


def _controls(controls: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    return (f"{name} {', '.join(ids)}" for name, ids in controls.items())


def describe_finding(finding: Finding, action: Action, title: str, urn: str) -> proto.AnalyzeDiagnostic:
    """A finding; what has no field of its own stands below its message."""
    lines = [
        finding.message,
        f"fix: {finding.fix}",
        f"reference: {'; '.join((*_controls(finding.controls), *finding.reference))}",
        f"{finding.verdict.value} {finding.fingerprint}, values {finding.values_digest}, at {finding.place}",
    ]
    return _diagnostic(
        finding.rule, title, "\n".join(lines), urn, LEVELS[action], _SEVERITIES[finding.severity]
    )


def describe_fault(fault: WaiverFault) -> proto.AnalyzeDiagnostic:
    """Something wrong with a waiver: it stops a change as everywhere."""
    message = f"{fault.code} at {fault.place}\n{fault.message}"
    return _diagnostic(WAIVERS, _OWN[WAIVERS][0], message, "", proto.MANDATORY, proto.POLICY_SEVERITY_HIGH)


def describe_unknown_type(message: str, urn: str) -> proto.AnalyzeDiagnostic:
    """A resource that no rule can look at: it would look as if it passed."""
    text = f"{message}\nfix: {_OWN[TYPES][1]}"
    return _diagnostic(TYPES, _OWN[TYPES][0], text, urn, proto.MANDATORY, proto.POLICY_SEVERITY_HIGH)


def _diagnostic(
    name: str, title: str, message: str, urn: str, level: Any, severity: Any
) -> proto.AnalyzeDiagnostic:
    return proto.AnalyzeDiagnostic(
        policyName=name,
        policyPackName=PACK,
        policyPackVersion=egov_infra.__version__,
        description=title,
        message=message,
        enforcementLevel=level,
        urn=urn,
        severity=severity,
    )
