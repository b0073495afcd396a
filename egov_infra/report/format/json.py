"""What a check came to, as JSON of our own: whole, with every value that a rule read."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.document import comparison_document, fault_document, judgement_document
from egov_infra.report.formats import Format
from egov_infra.report.outcome import Outcome, Unread


def _render(outcome: Outcome) -> Iterator[str]:
    if outcome.comparison is None or outcome.base is None:
        yield judgement_document(outcome.judgement, outcome.decision)
    else:
        yield comparison_document(outcome.comparison, outcome.judgement, outcome.base)
    yield "\n"


def _render_unread(unread: Unread) -> Iterator[str]:
    yield fault_document(unread.fault, unread.exit_code, unread.where)
    yield "\n"


FORMAT = Format(_render, _render_unread)
