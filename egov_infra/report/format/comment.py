"""A page of Markdown for one sticky comment on a change: by its first line the comment is found again, and replaced."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.formats import Format
from egov_infra.report.markdown import render_page, render_unread_page
from egov_infra.report.outcome import Outcome, Unread

MARKER = "<!-- egov-infra check -->\n"
"""The first line. Nobody sees it."""
LIMIT = 65_536
"""Characters that GitHub takes; counted in bytes here, so that it holds however characters are counted."""


def _render(outcome: Outcome) -> Iterator[str]:
    yield render_page(outcome, LIMIT, MARKER)


def _render_unread(unread: Unread) -> Iterator[str]:
    yield render_unread_page(unread, LIMIT, MARKER)


FORMAT = Format(_render, _render_unread, wants_plans=True)
