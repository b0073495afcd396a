"""Apply selected stacks: gate, preview, guard, then one stack after another in the order of what they read."""

from __future__ import annotations

import pathlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.error import RefusedError
from egov_infra.engine.guard import guard, review_digest
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.selection import SelectedStack, in_order, matches, slugs_of
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement, Policies, judge_estate

STATE_FOLDER = ".state"
OnStep = Callable[[str, Action, str, str], None]
"""Told of each finished step: stack, action, type, logical name."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Selected stacks after the gate: what was judged, and what would change."""

    judgement: Judgement
    decision: Decision
    stacks: tuple[tuple[SelectedStack, Preview], ...]

    @property
    def digest(self) -> str:
        """What an approval must name."""
        return review_digest(preview for _, preview in self.stacks)


@dataclass(frozen=True, slots=True)
class Summary:
    """What `up` did."""

    counts: Mapping[Action, int]
    recorded_only: int
    """Resources that were simulated, since the rehearsal cloud cannot serve their type."""
    skipped_stacks: int
    """Stacks in which nothing had changed since their last success."""
    errors: tuple[str, ...]
    outputs: Mapping[str, Mapping[str, Any]]
    """Exported values by stack."""


def state_store(estate: pathlib.Path, target: str) -> Store:
    """Where the state of an estate is kept."""
    return Store(estate / STATE_FOLDER, target)


def select(
    source: EstateSource, policies: Policies, context: PlanContext, selectors: Sequence[str]
) -> tuple[Judgement, tuple[SelectedStack, ...]]:
    """Judge the whole estate and keep the selected stacks; no selector means all. Raises InputError."""
    slugs = slugs_of(selectors, source.slugs) if selectors else None
    kept: list[SelectedStack] = []

    def keep(loaded: LoadedInstitution | None, stacks: tuple[StackPlan, ...]) -> None:
        kept.extend(
            SelectedStack(stack, loaded)
            for stack in stacks
            if not selectors or any(matches(selector, stack.name) for selector in selectors)
        )

    judgement = judge_estate(source, policies, context, shown=slugs, keep=keep)
    return judgement, in_order(kept)


def prepare(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    store: Store,
    cloud_id: str | None,
) -> Prepared:
    """Gate and preview the selected stacks. `cloud_id` None compares with whatever cloud the state speaks of."""
    judgement, stacks = select(source, policies, context, selectors)
    outputs = _recorded_outputs(store, cloud_id)
    previews = tuple(
        (selected, preview_stack(selected.plan, _recorded(store, selected.plan.name, cloud_id), outputs))
        for selected in stacks
    )
    return Prepared(judgement, decide(judgement), previews)


def apply(prepared: Prepared, store: Store, cloud: Cloud, approved: str | None, on_step: OnStep) -> Summary:
    """Apply what was prepared. Raises RefusedError if the gate is shut or a guard refuses."""
    from egov_infra.engine.rehearsal import TARGET, apply_stack  # noqa: PLC0415 - loads pulumi

    if not prepared.decision.is_open:
        raise RefusedError("the gate is shut")
    guard(prepared.stacks, prepared.judgement.today, approved)
    counts: Counter[Action] = Counter()
    recorded_only = skipped = 0
    errors: list[str] = []
    exported: dict[str, Mapping[str, Any]] = {}
    outputs = _recorded_outputs(store, cloud.cloud_id)
    for selected, preview in prepared.stacks:
        plan = selected.plan
        checkpoint = _recorded(store, plan.name, cloud.cloud_id)
        stamp = checkpoint.stamp
        is_current = (
            stamp is not None
            and stamp.succeeded
            and stamp.target == TARGET
            and stamp.plan_digest == plan_digest(plan)
            and not preview.changes
        )
        if is_current:
            skipped += 1
            counts[Action.SAME] += len(plan.resources)
            recorded_only += sum(entry.is_recorded_only for entry in checkpoint.entries.values())
            exported[plan.name] = checkpoint.outputs
            continue
        applied = apply_stack(plan, store, cloud, outputs, _bound(on_step, plan.name))
        counts.update(applied.counts)
        recorded_only += applied.recorded_only
        errors += applied.errors
        exported[plan.name] = applied.outputs
        if applied.skipped:
            errors.append(f"{plan.name}: not tried, since they use what failed: {', '.join(applied.skipped)}")
    return Summary(counts, recorded_only, skipped, tuple(errors), exported)


def _bound(on_step: OnStep, stack: str) -> Callable[[Action, str, str], None]:
    return lambda action, token, name: on_step(stack, action, token, name)


def _recorded(store: Store, stack: str, cloud_id: str | None) -> Any:
    """The state of a stack, or an empty one if it speaks of another cloud."""
    checkpoint = store.load(stack)
    if cloud_id is not None and checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud_id:
        return type(checkpoint)(stack)
    return checkpoint


def _recorded_outputs(store: Store, cloud_id: str | None) -> Callable[[str], Mapping[str, Any]]:
    return lambda stack: _recorded(store, stack, cloud_id).outputs


def changed_stacks(previews: Iterable[Preview]) -> tuple[Preview, ...]:
    """Previews that do something."""
    return tuple(preview for preview in previews if preview.changes)
