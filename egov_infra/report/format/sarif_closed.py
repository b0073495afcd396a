"""Findings that a waiver excuses, each with its suppression, and fixed ones, as SARIF 2.1.0: for archives and auditors.

They are no results of `sarif`, since GitHub makes an open alert of every result, suppressed or absent.
"""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.formats import Format
from egov_infra.report.outcome import CLOSED, Outcome
from egov_infra.report.sarif_log import log_of, unread_log_of


def _render(outcome: Outcome) -> Iterator[str]:
    items = [item for item in outcome.items() if item.effect in CLOSED]
    return log_of(outcome, items)


FORMAT = Format(_render, unread_log_of)
