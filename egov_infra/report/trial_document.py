"""Examples that were tried, as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from egov_infra.manifest.fault import dotted
from egov_infra.policy.trial import Trial
from egov_infra.report.document import describe_place, document


def trials_document(trials: Sequence[Trial], rules: int, today: datetime.date, exit_code: int) -> str:
    """Every example, with what the rule saw of those that do not hold."""
    summary = {
        "as_of": today.isoformat(),
        "rules": rules,
        "examples": len(trials),
        "failing": sum(not trial.holds for trial in trials),
        "exit_code": exit_code,
    }
    return document(summary, trials=[_describe(trial) for trial in trials])


def _describe(trial: Trial) -> dict[str, Any]:
    data: dict[str, Any] = {
        "rule": trial.rule,
        "example": dotted(trial.path),
        "expected": trial.expected.value,
        "verdict": trial.verdict.value if trial.verdict is not None else None,
        "holds": trial.holds,
    }
    if trial.place is not None:
        data["place"] = describe_place(trial.place)
    if trial.reason is not None:
        data["reason"] = trial.reason
    if trial.sights:
        data["sights"] = [
            {
                "subject": sight.subject,
                "verdict": sight.verdict.value,
                "message": sight.message,
                "values": dict(sight.values),
            }
            for sight in trial.sights
        ]
    return data
