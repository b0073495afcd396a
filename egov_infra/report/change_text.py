"""Previews and summaries as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.engine.preview import Action, Preview
from egov_infra.engine.run import Summary

_SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "±", Action.DELETE: "-", Action.SAME: " "}
_ORDER = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.SAME)


def render_preview(preview: Preview, *, is_full: bool = False) -> Iterator[str]:
    """How many steps of each kind; then those that do something, or all. Of a new stack everything is new: it is not listed."""
    tally = ", ".join(f"{preview.count(action)} {action.value}" for action in _ORDER if preview.count(action))
    yield f"{preview.stack}: {tally or 'nothing'}"
    is_new = preview.count(Action.CREATE) == len(preview.steps)
    for step in preview.steps if is_full else () if is_new else preview.changes:
        why = f" [{', '.join(step.properties)}]" if step.properties else ""
        lock = " (protected)" if step.is_protected and step.action in (Action.REPLACE, Action.DELETE) else ""
        yield f"  {_SIGNS[step.action]} {step.type} {step.name}{why}{lock}"


def render_summary(summary: Summary) -> Iterator[str]:
    """What `up` did."""
    done = {
        Action.CREATE: "created",
        Action.UPDATE: "updated",
        Action.REPLACE: "replaced",
        Action.DELETE: "deleted",
    }
    for error in summary.errors:
        yield f"failed {error}"
    counts = ", ".join(f"{summary.counts.get(action, 0)} {word}" for action, word in done.items())
    yield (
        f"{counts}, {summary.counts.get(Action.SAME, 0)} unchanged; {summary.recorded_only} of all recorded only; "
        f"{summary.skipped_stacks} stacks skipped, {len(summary.errors)} errors"
    )
