"""A page of Markdown for the job summary of GitHub Actions: the file that $GITHUB_STEP_SUMMARY names, of 1 MiB at most."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.report.formats import Format
from egov_infra.report.markdown import render_page, render_unread_page
from egov_infra.report.outcome import Outcome, Unread

LIMIT = 1 << 20
"""Bytes: GitHub drops a larger summary."""


def _render(outcome: Outcome) -> Iterator[str]:
    yield render_page(outcome, LIMIT)


def _render_unread(unread: Unread) -> Iterator[str]:
    yield render_unread_page(unread, LIMIT)


FORMAT = Format(_render, _render_unread, wants_plans=True)
