"""Waivers as JSON."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

from egov_infra.policy.judge import Judgement
from egov_infra.policy.profile import WaiverLimits
from egov_infra.policy.register import WAIVER_STATES, Registered
from egov_infra.report.document import describe_place, describe_waivers, document
from egov_infra.source.diagnostic import Diagnostic


def register_document(
    shown: Sequence[Registered], count: int, limits: WaiverLimits, today: datetime.date
) -> str:
    """The waivers that were asked for, of all that there are."""
    found = Counter(row.state for row in shown)
    summary = {
        "as_of": today.isoformat(),
        "waivers": count,
        "shown": len(shown),
        "states": {state: found[state] for state in WAIVER_STATES},
        "ceiling": dict(limits.ceiling),
        "warn_days": limits.warn_days,
    }
    return document(summary, waivers=[_describe(row) for row in shown])


def lint_document(found: Sequence[Diagnostic], judgement: Judgement) -> str:
    """Everything wrong with waivers, and which of them end soon."""
    summary = {
        "as_of": judgement.today.isoformat(),
        "waivers": len(judgement.policies.waivers.waivers),
        "ending_waivers": describe_waivers(judgement)["ending_waivers"],
        "exit_code": 1 if found else 0,
    }
    return document(summary, found)


def _describe(row: Registered) -> dict[str, Any]:
    return {
        **row.waiver.model_dump(mode="json"),
        "severity": row.severity,
        "state": row.state,
        "days_left": row.days_left,
        "place": describe_place(row.place),
        "faults": [{"code": fault.code, "message": fault.message} for fault in row.faults],
    }
