"""Audits as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from egov_infra.audit.run import Audit
from egov_infra.report.judgement_text import render_finding, render_waivers

_MAX_VALUE = 200
"""Characters of a value; JSON has all of it."""


def render_audit(audit: Audit) -> Iterator[str]:
    """Drift first, then what nobody declared, findings on live values, and what cannot be said."""
    for stack in audit.stacks:
        for drift in stack.drifts:
            yield f"drift {replace(drift, declared=_short(drift.declared), live=_short(drift.live))}"
        for item in stack.undeclared:
            yield f"undeclared {item}"
        if stack.not_applied:
            yield f"not applied {stack.stack}: {len(stack.not_applied)} planned resources are not in the state"
        for name, properties in stack.unresolved.items():
            yield f"not compared {stack.stack}/{name}: nobody knows what these refer to: {', '.join(properties)}"
        if stack.left:
            yield f"left {stack.stack}: recorded, and planned no longer: {', '.join(stack.left)}"
    for item in audit.undeclared:
        yield f"undeclared {item}"
    for finding in audit.decision.blocking:
        yield from render_finding(finding, "live")
    for finding in audit.decision.undecided:
        yield from render_finding(finding, "undecided")
    for finding in audit.decision.warnings:
        yield from render_finding(finding, "warns")
    yield from render_waivers(audit.judgement)
    for unknown in audit.everything_unknown:
        yield f"unknown {unknown}"
    if audit.unjudged:
        yield f"not judged, since they leave and a part is taken down: {', '.join(audit.unjudged)}"
    counts = audit.counts
    yield (
        f"{counts['read']} resources read back in {counts['stacks']} stacks: {counts['drifts']} drifts, "
        f"{counts['undeclared']} undeclared, {counts['unknown']} unknown, "
        f"{len(audit.decision.blocking)} findings on live values; {counts['recorded_only']} resources recorded only, "
        f"{counts['not_given_back']} properties not given back and {counts['not_compared']} that refer to "
        "what nobody knows: of these nothing is said"
    )


def _short(value: str) -> str:
    return value if len(value) <= _MAX_VALUE else f"{value[: _MAX_VALUE - 1]}…"
