"""Examples that were tried, as text for people."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence

from egov_infra.policy.trial import Trial


def render_trials(trials: Sequence[Trial], today: datetime.date) -> Iterator[str]:
    """Examples that do not hold, with what the rule saw; then how many do."""
    for trial in trials:
        if not trial.holds:
            yield from _failing(trial)
    failing = sum(not trial.holds for trial in trials)
    tally = f"{failing} fail" if failing else "all hold"
    yield f"{len(trials)} examples, as of {today}: {tally}"


def _failing(trial: Trial) -> Iterator[str]:
    got = trial.verdict.value if trial.verdict is not None else "nothing"
    yield f"fails {trial.rule}: expected {trial.expected.value}, got {got}"
    yield f"  {trial.place} {json.dumps(trial.patch, ensure_ascii=False, default=str)}"
    if trial.reason is not None:
        yield f"  it cannot be tried: {trial.reason}"
    elif not trial.sights:
        yield "  the rule met no subject"
    for sight in trial.sights:
        yield f"  {sight.subject}: {sight.verdict.value}"
        yield f"    message: {sight.message}"
        yield from (f"    {text} = {value}" for text, value in sight.values.items())
