"""Apply selected stacks: gate, preview, guard, then one stack after another in the order of what they read."""

from __future__ import annotations

import gc
import pathlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Stamp, Store
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.guard import guard, review_digest
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.selection import (
    SelectedStack,
    in_order,
    matches,
    slugs_of,
    stack_graph,
    stack_references,
)
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement, Policies, judge_estate

if TYPE_CHECKING:
    from egov_infra.engine.rehearsal import Applied

WORKERS = 2
"""Stacks at a time: more gain nothing, for one moto serves them."""
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
    store: Store,
    cloud_id: str | None,
) -> Prepared:
    """Gate and preview the selected stacks. `cloud_id` None compares with whatever cloud the state speaks of.

    A stack that is recorded but planned no longer is among them, with nothing but deletions.
    """
    judgement, planned, vanished = _select(source, policies, context, selectors, store.stacks())
    outputs = _recorded_outputs(store, cloud_id)
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
    run = _Run(prepared, store, cloud, on_step)
    with collected():
        run.everything(workers)
    if run.refusals:
        raise RefusedError("\n".join(run.refusals))
    return Summary(run.counts, run.recorded_only, run.skipped_stacks, tuple(run.errors), run.exported)


class _Run:
    """One run of `apply`: what it has done so far."""

    def __init__(self, prepared: Prepared, store: Store, cloud: Cloud, on_step: OnStep) -> None:
        self._stacks = {selected.plan.name: (selected.plan, preview) for selected, preview in prepared.stacks}
        self._store = store
        self._cloud = cloud
        self._on_step = on_step
        self._outputs = _recorded_outputs(store, cloud.cloud_id)
        self._failed: set[str] = set()
        self.counts: Counter[Action] = Counter()
        self.recorded_only = self.skipped_stacks = 0
        self.errors: list[str] = []
        self.refusals: list[str] = []
        self.exported: dict[str, Mapping[str, Any]] = {}

    def everything(self, workers: int) -> None:
        """Apply every stack after those that it reads."""
        from egov_infra.engine.program import touch_classes  # noqa: PLC0415 - loads pulumi

        for plan, _ in self._stacks.values():
            touch_classes(plan.resources)
        sorter = TopologicalSorter(stack_graph(plan for plan, _ in self._stacks.values()))
        sorter.prepare()
        running: dict[Future[Applied | None], str] = {}
        with ThreadPoolExecutor(workers) as pool:
            while sorter.is_active():
                for name in sorted(sorter.get_ready()):
                    running[pool.submit(copy_context().run, self._stack, name)] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    self._finish(name, future)
                    sorter.done(name)

    def _stack(self, name: str) -> Applied | None:
        """Apply one stack; None if nothing had changed since its last success."""
        from egov_infra.engine.rehearsal import TARGET, apply_stack  # noqa: PLC0415 - loads pulumi

        plan, reviewed = self._stacks[name]
        for reference in sorted(stack_references(plan), key=lambda item: (item.stack, item.output)):
            if reference.stack in self._failed:
                raise FailedError(f"{name}: not tried, since it reads {reference.stack}, which failed")
            if self._outputs(reference.stack).get(reference.output) is None:
                raise FailedError(
                    f"{name}: not tried: {reference.stack} has no output {reference.output!r} yet"
                )
        checkpoint = usable_state(self._store, name, self._cloud.cloud_id)
        expected = Stamp(TARGET, self._cloud.cloud_id, plan_digest(plan), succeeded=True)
        if checkpoint.stamp == expected and not preview_stack(plan, checkpoint, self._outputs).changes:
            return None
        lifted = {step.name for step in reviewed.changes if step.is_protected}
        return apply_stack(
            plan, self._store, self._cloud, self._outputs, partial(self._on_step, name), lifted
        )

    def _finish(self, name: str, future: Future[Applied | None]) -> None:
        try:
            applied = future.result()
        except FailedError as error:
            self._failed.add(name)
            self.errors.append(str(error))
            return
        except RefusedError as error:
            self._failed.add(name)
            self.refusals.append(str(error))
            return
        if applied is None:
            entries = self._store.load(name).by_name().values()
            self.skipped_stacks += 1
            self.counts[Action.SAME] += len(entries)
            self.recorded_only += sum(entry.is_recorded_only for entry in entries)
            self.exported[name] = self._outputs(name)
            return
        self.counts.update(applied.counts)
        self.recorded_only += applied.recorded_only
        self.exported[name] = applied.outputs
        self.errors += applied.errors
        if not applied.is_complete:
            self._failed.add(name)
        if applied.skipped:
            self.errors.append(f"{name}: not tried, since they use what failed: {', '.join(applied.skipped)}")


def usable_state(store: Store, stack: str, cloud_id: str | None) -> Checkpoint:
    """The state of a stack, or an empty one if it speaks of another cloud."""
    checkpoint = store.load(stack)
    if cloud_id is not None and checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud_id:
        return Checkpoint(stack)
    return checkpoint


def _recorded_outputs(store: Store, cloud_id: str | None) -> Callable[[str], Mapping[str, Any]]:
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
