"""Rules as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from egov_infra.policy.rulebook import STATES, Entry


def render_list(shown: Sequence[Entry], count: int, profile: str) -> Iterator[str]:
    """A line for each rule: what it does, how bad its finding is, its id and what is wrong; then how many of all there are."""
    width = max((len(entry.rule.id) for entry in shown), default=0)
    for entry in shown:
        metadata = entry.rule.metadata
        later = ", ".join(f"{step.action} from {step.begins}" for step in entry.coming)
        title = f"{metadata.title} ({later})" if later else metadata.title
        yield f"{entry.state:12}  {metadata.severity:8}  {entry.rule.id:{width}}  {title}"
    found = Counter(entry.state for entry in shown)
    states = ", ".join(f"{found[state]} {state}" for state in STATES if found[state])
    yield f"{len(shown)} of {count} rules in profile {profile}{f': {states}' if states else ''}"
