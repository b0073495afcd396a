"""Rules as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from egov_infra.policy.judge import Policies
from egov_infra.policy.rulebook import STATES, Entry
from egov_infra.report.document import document


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
    if entry.later is not None:
        day, action = entry.later
        data["later"] = {"from": day.isoformat(), "state": action}
    return data
