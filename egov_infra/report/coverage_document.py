"""The coverage of rules as JSON."""

from __future__ import annotations

from egov_infra.policy.rule_coverage import MOST_ACCEPTED, RuleCoverage
from egov_infra.report.document import document


def coverage_document(coverage: RuleCoverage) -> str:
    """Every rule with its subjects, every planned type with its rules, every kind with its fields."""
    summary = {
        "rules": len(coverage.rules),
        "rules_without_subject": sum(not use.subjects for use in coverage.rules),
        "types": len(coverage.types),
        "types_without_rule": sum(not use.rules for use in coverage.types),
        "types_accepted": len(coverage.accepted),
        "most_accepted": MOST_ACCEPTED,
        "is_covered": not coverage.faults,
    }
    return document(
        summary,
        coverage.faults,
        rules=[
            {"rule": use.rule, "subjects": use.subjects, "may_be_idle": use.may_be_idle}
            for use in coverage.rules
        ],
        types=[
            {"type": use.type, "resources": use.resources, "rules": list(use.rules), "accepted": use.accepted}
            for use in coverage.types
        ],
        fields=[
            {"kind": use.kind, "read": list(use.read), "unread": list(use.unread)} for use in coverage.fields
        ],
    )
