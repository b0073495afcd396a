"""Waivers as text for people."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from egov_infra.policy.judge import Judgement
from egov_infra.policy.register import WAIVER_STATES, Registered
from egov_infra.source.diagnostic import Diagnostic


def render_register(shown: Sequence[Registered], count: int, today: datetime.date) -> Iterator[str]:
    """Of each waiver how long it holds and whose it is, with what is wrong with it; then how many there are."""
    for row in shown:
        waiver = row.waiver
        days = f"{abs(row.days_left)} day{'' if abs(row.days_left) == 1 else 's'}"
        left = f"{days} {'left' if row.days_left >= 0 else 'over'}"
        yield f"{row.state:8}  {left:>14}  {row.severity or '-':8}  {waiver.rule}  {waiver.institution} {waiver.subject}"
        yield f"  approved by {waiver.approver}, until {waiver.expires_on}; {row.place}"
        for fault in row.faults:
            yield f"  {fault.code}: {fault.message}"
    found = Counter(row.state for row in shown)
    states = ", ".join(f"{found[state]} {state}" for state in WAIVER_STATES if found[state])
    yield f"{len(shown)} of {count} waivers as of {today}{f': {states}' if states else ''}"


def render_lint(found: Sequence[Diagnostic], judgement: Judgement) -> Iterator[str]:
    """Everything wrong with waivers, which of them end soon, and the tally."""
    yield from map(str, found)
    for ending in judgement.ending_waivers:
        yield f"{ending.place} waiver-ending {ending.message}"
    count = len(judgement.policies.waivers.waivers)
    yield (
        f"waivers: {count}; faults: {len(found)}; ending soon: {len(judgement.ending_waivers)}; "
        f"as of {judgement.today}"
    )
