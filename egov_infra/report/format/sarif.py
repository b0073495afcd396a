"""Open findings as SARIF 2.1.0, for code scanning: what is waived or fixed stands in `sarif-closed`."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.formats import Format
from egov_infra.report.outcome import CLOSED, Outcome
from egov_infra.report.sarif_log import log_of, unread_log_of


def _render(outcome: Outcome) -> Iterator[str]:
    items = [item for item in outcome.items() if item.effect not in CLOSED]
    return log_of(outcome, items, outcome.obstacles())


FORMAT = Format(_render, unread_log_of)
