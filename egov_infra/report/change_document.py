"""Plans and what came of them as JSON, in the one shape of every JSON output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from egov_infra.engine.preview import Action, Preview, Step
from egov_infra.engine.run import Summary
from egov_infra.engine.up import Prepared
from egov_infra.plan.canonical import describe_stack
from egov_infra.report.document import describe_finding, describe_judgement, diagnostics_of, document
from egov_infra.source.diagnostic import Diagnostic, Place


def describe_steps(preview: Preview) -> list[dict[str, Any]]:
    """What would change in a stack, in the order of its plan."""
    return [
        {
            "action": step.action.value,
            "type": step.type,
            "name": step.name,
            "properties": list(step.properties),
            "protected": step.is_protected,
        }
        for step in preview.changes
    ]


def plan_document(prepared: Prepared, target: str) -> str:
    """Planned stacks and what would change as JSON."""
    stacks = [
        {
            **describe_stack(selected.plan),
            "notes": list(selected.plan.notes),
            "digest": preview.digest,
            "steps": describe_steps(preview),
        }
        for selected, preview in prepared.stacks
    ]
    return document(
        _describe_prepared(prepared, target),
        findings=map(describe_finding, prepared.judgement.findings),
        stacks=stacks,
    )


def up_document(
    prepared: Prepared,
    target: str,
    exit_code: int,
    summary: Summary | None,
    done: Mapping[str, Iterable[Step]],
    refused: str,
    where: str,
) -> str:
    """What `up` found and did as JSON. `done` has the finished steps of each stack, in any order.

    `summary` is None where nothing was tried, or what was tried ended with the refusal. Refusals and failures are
    diagnostics of the folder that `up` worked on.
    """
    failures = [] if summary is None else sorted(summary.errors)
    stacks = [
        {
            "stack": preview.stack,
            "owner": selected.plan.owner,
            "digest": preview.digest,
            "steps": describe_steps(preview),
            "done": _describe_done(preview, done.get(preview.stack, ())),
        }
        for selected, preview in prepared.stacks
    ]
    described = {
        **_describe_prepared(prepared, target),
        "applied": None if summary is None else describe_summary(summary),
        "exit_code": exit_code,
    }
    return document(
        described,
        [
            *diagnostics_of("refused", refused, where),
            *(Diagnostic(Place(where), "failed", text) for text in failures),
        ],
        map(describe_finding, prepared.judgement.findings),
        stacks=stacks,
        unchanged=sorted(item.stack for item in prepared.unchanged),
        made_up_secrets=[] if summary is None else list(summary.made_up),
    )


def describe_summary(summary: Summary) -> dict[str, int]:
    """Counts of what was done, by the words of the text."""
    words = {
        "created": Action.CREATE,
        "updated": Action.UPDATE,
        "replaced": Action.REPLACE,
        "deleted": Action.DELETE,
        "unchanged": Action.SAME,
    }
    return {
        **{word: summary.counts.get(action, 0) for word, action in words.items()},
        "recorded_only": summary.recorded_only,
        "skipped_stacks": summary.skipped_stacks,
    }


def _describe_prepared(prepared: Prepared, target: str) -> dict[str, Any]:
    previews = [preview for _, preview in prepared.stacks]
    return {
        **describe_judgement(prepared.judgement, prepared.decision),
        "target": target,
        "digest": prepared.digest,
        "changes": {
            action.value: sum(preview.count(action) for preview in previews)
            for action in Action
            if action is not Action.SAME
        },
    }


def _describe_done(preview: Preview, done: Iterable[Step]) -> list[dict[str, str]]:
    """Finished steps in the order of the plan: stacks and resources are done side by side."""
    planned = {step.name: number for number, step in enumerate(preview.steps)}
    ordered = sorted(done, key=lambda step: (planned.get(step.name, len(planned)), step.name, step.action))
    return [{"action": step.action.value, "type": step.type, "name": step.name} for step in ordered]
