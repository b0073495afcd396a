"""What a check came to, as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.comparison_text import render_comparison
from egov_infra.report.formats import Format
from egov_infra.report.judgement_text import render_judgement
from egov_infra.report.outcome import Outcome, Unread


def _render(outcome: Outcome) -> Iterator[str]:
    if outcome.comparison is None or outcome.base is None:
        lines = render_judgement(outcome.judgement, outcome.decision)
    else:
        lines = render_comparison(outcome.comparison, outcome.judgement, outcome.base)
    return (f"{line}\n" for line in lines)


def _render_unread(unread: Unread) -> Iterator[str]:
    return (f"{diagnostic.shown()}\n" for diagnostic in unread.diagnostics)


FORMAT = Format(_render, _render_unread)
