"""Previews, summaries and audits as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.audit.run import Audit
from egov_infra.engine.preview import Action, Preview
from egov_infra.engine.run import Summary
from egov_infra.report.judgement_text import render_finding

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


def render_audit(audit: Audit) -> Iterator[str]:
    """Drift first, then what nobody declared, findings on live values, and what cannot be said."""
    for stack in audit.stacks:
        for drift in stack.drifts:
            yield f"drift {drift}"
        for error in stack.errors:
            yield f"unreadable {error}"
        if stack.not_applied:
            yield f"not applied {stack.stack}: {len(stack.not_applied)} planned resources are not in the state"
    for item in audit.undeclared:
        yield f"undeclared {item}"
    for finding in (*audit.decision.blocking, *audit.decision.undecided):
        yield from render_finding(finding, "live")
    read = sum(stack.read for stack in audit.stacks)
    drifts = sum(len(stack.drifts) for stack in audit.stacks)
    simulated = sum(len(stack.recorded_only) for stack in audit.stacks)
    unread = sum(len(names) for stack in audit.stacks for names in stack.unread.values())
    yield (
        f"{read} resources read back in {len(audit.stacks)} stacks: {drifts} drifts, "
        f"{len(audit.undeclared)} undeclared, {len(audit.decision.blocking)} findings on live values; "
        f"{simulated} recorded only and {unread} properties not given back: of these nothing is said"
    )
