"""Apply selected stacks: gate, preview, guard, then one stack after another in the order of what they read."""

from __future__ import annotations

import gc
import pathlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Stamp, Store
from egov_infra.engine.error import RefusedError
from egov_infra.engine.guard import guard, review_digest
from egov_infra.engine.preview import Action, Preview, StackOutputs, preview_stack
from egov_infra.engine.run import WORKERS, Applied, OnStep, States, Summary, run_stacks
from egov_infra.engine.selection import SelectedStack, in_order, matches, slugs_of
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement, Policies, judge_estate

STATE_FOLDER = ".state"


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


def state_store(estate: pathlib.Path, target: str) -> Store:
    """Where the state of an estate is kept."""
    return Store(estate / STATE_FOLDER, target)


def select(
    source: EstateSource, policies: Policies, context: PlanContext, selectors: Sequence[str]
) -> tuple[Judgement, tuple[SelectedStack, ...]]:
    """Judge the whole estate and keep the selected stacks; no selector means all. Raises InputError."""
    judgement, planned, _ = _select(source, policies, context, selectors, ())
    return judgement, planned


def _select(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    recorded: Sequence[str],
) -> tuple[Judgement, tuple[SelectedStack, ...], tuple[SelectedStack, ...]]:
    """The judgement, the planned stacks, and those that are recorded but planned no longer."""
    slugs = slugs_of(selectors, source.slugs) if selectors else None
    kept: list[SelectedStack] = []
    planned: set[str] = set()
    owners = {stack.partition(".")[0] for stack in recorded}
    loaded_owners: dict[str, LoadedInstitution] = {}

    def is_meant(stack: str) -> bool:
        return not selectors or any(matches(selector, stack) for selector in selectors)

    def keep(loaded: LoadedInstitution | None, stacks: tuple[StackPlan, ...]) -> None:
        planned.update(stack.name for stack in stacks)
        kept.extend(SelectedStack(stack, loaded) for stack in stacks if is_meant(stack.name))
        if loaded is not None and loaded.institution.slug in owners:
            loaded_owners[loaded.institution.slug] = loaded

    judgement = judge_estate(source, policies, context, shown=slugs, keep=keep)
    vanished = tuple(
        SelectedStack(StackPlan(name, owner, "", "", ()), loaded_owners.get(owner))
        for name in recorded
        if name not in planned and is_meant(name)
        for owner in (name.partition(".")[0],)
    )
    return judgement, in_order(kept), vanished


def prepare(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    store: States,
    cloud_id: str | None,
) -> Prepared:
    """Gate and preview the selected stacks. `cloud_id` None compares with whatever cloud the state speaks of.

    A stack that is recorded but planned no longer is among them, with nothing but deletions.
    """
    judgement, planned, vanished = _select(source, policies, context, selectors, store.stacks())
    outputs = recorded_outputs(store, cloud_id)
    previews = [
        (selected, preview_stack(selected.plan, usable_state(store, selected.plan.name, cloud_id), outputs))
        for selected in (*planned, *vanished)
    ]
    gone = {selected.plan.name for selected in vanished}
    kept = tuple(
        (selected, preview) for selected, preview in previews if preview.changes or preview.stack not in gone
    )
    return Prepared(judgement, decide(judgement), kept)


def apply(
    prepared: Prepared,
    store: Store,
    cloud: Cloud,
    approved: str | None,
    on_step: OnStep,
    workers: int = WORKERS,
) -> Summary:
    """Apply what was prepared, the platform first, independent stacks side by side.

    Raises RefusedError if the gate is shut, a guard refuses, or another run holds a stack.
    """
    if not prepared.decision.is_open:
        raise RefusedError("the gate is shut")
    guard(prepared.stacks, prepared.judgement.today, approved)
    from egov_infra.engine.program import touch_classes  # noqa: PLC0415 - loads pulumi
    from egov_infra.engine.rehearsal import TARGET, apply_stack  # noqa: PLC0415

    for selected, _ in prepared.stacks:
        touch_classes(selected.plan.resources)
    outputs = recorded_outputs(store, cloud.cloud_id)

    def change(
        plan: StackPlan, reviewed: Preview, told: Callable[[Action, str, str], None]
    ) -> Applied | None:
        checkpoint = usable_state(store, plan.name, cloud.cloud_id)
        expected = Stamp(TARGET, cloud.cloud_id, plan_digest(plan), succeeded=True)
        if checkpoint.stamp == expected and not preview_stack(plan, checkpoint, outputs).changes:
            return None
        return apply_stack(plan, store, cloud, outputs, told, lifted_by(reviewed))

    with collected():
        return run_stacks(prepared.stacks, store, outputs, change, on_step, workers)


def lifted_by(reviewed: Preview) -> set[str]:
    """Names of protected resources that a reviewed plan replaces or deletes."""
    return {step.name for step in reviewed.changes if step.is_protected}


def usable_state(store: States, stack: str, cloud_id: str | None) -> Checkpoint:
    """The state of a stack, or an empty one if it speaks of another cloud."""
    checkpoint = store.load(stack)
    if cloud_id is not None and checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud_id:
        return Checkpoint(stack)
    return checkpoint


def recorded_outputs(store: States, cloud_id: str | None) -> StackOutputs:
    """Exported outputs of a stack, by its name."""
    return lambda stack: usable_state(store, stack, cloud_id).outputs


@contextmanager
def collected() -> Iterator[None]:
    """Collect garbage rarely, and never what lives already: half of what the SDK costs is collection otherwise."""
    was_enabled, threshold = gc.isenabled(), gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    gc.enable()
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        if not was_enabled:
            gc.disable()
