"""Rules as JSON."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from egov_infra.policy.example import expectations
from egov_infra.policy.finding import Verdict
from egov_infra.policy.framework_coverage import Requirement
from egov_infra.policy.policies import Policies
from egov_infra.policy.rulebook import STATES, Entry
from egov_infra.policy.standing import Standing
from egov_infra.report.document import describe_finding, document


def list_document(shown: Sequence[Entry], count: int, policies: Policies) -> str:
    """The rules that were asked for, of all that there are."""
    found = Counter(entry.state for entry in shown)
    summary = {
        "rules": count,
        "shown": len(shown),
        "profile": policies.profile.name,
        "states": {state: found[state] for state in STATES},
    }
    return document(summary, rules=[describe_entry(entry) for entry in shown])


def rule_document(
    entry: Entry,
    standing: Standing,
    cited: Mapping[str, Sequence[Requirement]],
    policies: Policies,
    today: datetime.date,
) -> str:
    """A rule with all that its page shows, every name included. `cited`: framework to the requirements that it looks at."""
    rule, metadata = entry.rule, entry.rule.metadata
    data = describe_entry(entry) | {
        "rationale": " ".join(metadata.rationale.split()),
        "when": rule.when_text,
        "must": rule.must_text,
        "fix": rule.fix,
        "reference": list(metadata.reference),
        "requirements": {
            name: [{"id": one.id, "title": one.title, "state": one.sight} for one in found]
            for name, found in cited.items()
        },
        "waivable": metadata.waivable,
        "since": metadata.since,
        "parameters": {
            name: {**declared.schema_part(), "value": rule.parameters[name]}
            for name, declared in metadata.parameters.items()
        },
        "examples": [{"expected": expected.value, "patch": patch} for expected, patch in expectations(rule)],
    }
    summary = {
        "as_of": today.isoformat(),
        "profile": policies.profile.name,
        "verdicts": {verdict.value: standing.counts.get(verdict, 0) for verdict in Verdict},
        "institutions": {verdict.value: list(standing.institutions(verdict)) for verdict in Verdict},
    }
    return document(summary, findings=map(describe_finding, standing.findings), rule=data)


def describe_entry(entry: Entry) -> dict[str, Any]:
    """A rule in short."""
    metadata = entry.rule.metadata
    data: dict[str, Any] = {
        "id": entry.rule.id,
        "title": metadata.title,
        "severity": metadata.severity,
        "applies_to": metadata.applies_to,
        "state": entry.state,
        "file": entry.rule.file,
        "controls": {name: list(ids) for name, ids in metadata.controls.items()},
    }
    if entry.coming:
        data["later"] = [{"from": str(step.begins), "state": step.action} for step in entry.coming]
    return data
