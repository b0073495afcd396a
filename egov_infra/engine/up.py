"""Apply selected stacks: gate, preview, guard, then one stack after another in the order of what they read."""

from __future__ import annotations

import gc
import os
import pathlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Stamp, Store
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.guard import guard, review_digest
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.reads import reads_digest, recorded_outputs, usable_state, what_remains
from egov_infra.engine.run import Applied, OnStack, OnStep, States, Summary, run_stacks
from egov_infra.engine.selection import SelectedStack, demand_stacks, in_order, is_meant, slugs_of
from egov_infra.engine.target import REHEARSAL
from egov_infra.engine.workers import can_fork, forked
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import Outline, secret_references, stack_references
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.retirement import NOTHING, retired_by
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement, judge_estate
from egov_infra.policy.policies import Policies

STATE_FOLDER = ".state"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A stack that is as planned: by its plan, what it reads, target and cloud, and the success of its last operation."""

    stack: str
    resources: int
    recorded_only: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """Selected stacks after the gate: what was judged, and what would change."""

    judgement: Judgement
    decision: Decision
    stacks: tuple[tuple[SelectedStack, Preview], ...]
    unchanged: tuple[Unchanged, ...] = ()
    """Stacks that were left out of `stacks`, since nothing of them has changed."""
    secrets: SecretReader | None = None
    """What read the secrets for the previews."""

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
    kept: list[SelectedStack] = []

    def keep(loaded: LoadedInstitution | None, stacks: tuple[StackPlan, ...]) -> None:
        kept.extend(SelectedStack(stack, loaded) for stack in stacks if is_meant(stack.name, selectors))

    slugs = slugs_of(selectors, source.slugs) if selectors else None
    judgement = judge_estate(source, policies, context, shown=slugs, keep=keep)
    return judgement, in_order(kept)


def prepare(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    store: States,
    cloud_id: str | None,
    secrets: SecretReader | None = None,
    *,
    skips_unchanged: bool = False,
) -> Prepared:
    """Gate and preview the selected stacks. `cloud_id` None compares with whatever cloud the state speaks of.

    Without `secrets` a rotated one shows only when it is applied.

    A stack that is recorded but planned no longer is among them, with nothing but deletions. With `skips_unchanged`
    stacks that are as planned are told by the head of their state, and neither kept nor compared.
    """
    slugs = slugs_of(selectors, source.slugs) if selectors else None
    judgement = judge_estate(source, policies, context, shown=slugs, outlined=True)
    outputs = recorded_outputs(store, cloud_id)
    demand_stacks(selectors, {*(item.stack for item in judgement.outlines), *store.stacks()})
    meant = [item for item in judgement.outlines if is_meant(item.stack, selectors)]
    unchanged: dict[str, Unchanged] = {}
    for item in meant if skips_unchanged else ():
        head = store.head(item.stack)
        reads = reads_digest(item.reads, outputs, item.secrets, secrets)
        expected = Stamp(REHEARSAL, cloud_id or "", item.digest, True, reads)
        if head is not None and head.stamp == expected:
            unchanged[item.stack] = Unchanged(item.stack, head.resources, head.recorded_only)
    wanted = [item for item in meant if item.stack not in unchanged]
    planned = in_order(tuple(_planned(source, context, wanted, store, cloud_id)))
    vanished = tuple(_vanished(source, context, store, judgement.outlines, selectors))
    previews = [
        (selected, preview_stack(selected.plan, state, outputs, secrets))
        for selected in (*planned, *vanished)
        for state in (usable_state(store, selected.plan.name, cloud_id),)
    ]
    gone = {selected.plan.name for selected in vanished}
    kept = tuple(
        (selected, preview) for selected, preview in previews if preview.changes or preview.stack not in gone
    )
    return Prepared(judgement, decide(judgement), kept, tuple(unchanged.values()), secrets)


def _planned(
    source: EstateSource, context: PlanContext, wanted: Iterable[Outline], store: States, cloud_id: str | None
) -> Iterator[SelectedStack]:
    """The stacks of these outlines, planned again: an estate is judged without keeping what it plans.

    Of an institution that leaves, only what is still there: what `destroy` has taken down stays down.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for item in wanted:
        names[item.owner].add(item.stack)

    def state(stack: str) -> Checkpoint:
        return usable_state(store, stack, cloud_id)

    for owner, stacks in names.items():
        loaded = None if owner == PLATFORM else source.read(owner)
        plans = plan_institution(loaded.institution, context) if loaded else plan_platform(context)
        retired = retired_by(loaded.institution, context) if loaded else NOTHING
        chosen = tuple(plan for plan in plans if plan.name in stacks)
        there = what_remains(chosen, loaded.institution, state) if loaded else chosen
        yield from (SelectedStack(plan, loaded, retired) for plan in there if plan.resources)


def _vanished(
    source: EstateSource,
    context: PlanContext,
    store: States,
    outlines: Iterable[Outline],
    selectors: Sequence[str],
) -> Iterator[SelectedStack]:
    """What is recorded, and planned no longer."""
    planned = {item.stack for item in outlines}
    for name in store.stacks():
        if name in planned or not is_meant(name, selectors):
            continue
        owner = name.partition(".")[0]
        loaded = source.read(owner) if owner in source.slugs else None
        retired = retired_by(loaded.institution, context) if loaded else NOTHING
        yield SelectedStack(StackPlan(name, owner, "", "", ()), loaded, retired)


def apply(
    prepared: Prepared,
    store: Store,
    cloud: Cloud,
    approved: str | None,
    on_step: OnStep,
    workers: int | None = None,
    on_stack: OnStack = lambda *_: None,
) -> Summary:
    """Apply what was prepared, the platform first, independent stacks side by side.

    Workers are processes where the cloud can be reached by several, else threads; by default one to a processor.
    `on_step` is called by threads of this process, once all workers are there.
    Raises RefusedError if the gate is shut, a guard refuses, or another run holds a stack.
    """
    demand_reviewed(prepared, approved)
    stacks = prepared.stacks
    if not stacks:
        return _with_unchanged(Summary({}, 0, 0, (), {}), prepared.unchanged)
    from egov_infra.engine.program import touch_classes  # noqa: PLC0415 - loads pulumi
    from egov_infra.engine.rehearsal import apply_stack  # noqa: PLC0415

    for selected, _ in stacks:
        touch_classes(selected.plan.resources)
    outputs = recorded_outputs(store, cloud.cloud_id)
    count = min(workers or processors(), len(stacks))
    has_processes = count > 1 and cloud.is_shared and can_fork()
    reached = cloud.afresh() if has_processes else cloud
    secrets = prepared.secrets or SecretReader(cloud)
    for selected, _ in stacks:
        for place in secret_references(selected.plan):
            secrets.version(place)  # by this process: what a worker reads its parent does not hear of

    def change(
        plan: StackPlan, reviewed: Preview, told: Callable[[Action, str, str], None]
    ) -> Applied | None:
        _demand_secrets(plan, secrets)
        checkpoint = usable_state(store, plan.name, cloud.cloud_id)
        reads = reads_digest(stack_references(plan), outputs, secret_references(plan), secrets)
        expected = Stamp(REHEARSAL, cloud.cloud_id, plan_digest(plan), True, reads)
        if checkpoint.stamp == expected and not preview_stack(plan, checkpoint, outputs, secrets).changes:
            return None
        return apply_stack(plan, store, reached, outputs, told, lifted_by(reviewed), secrets)

    with collected(), ExitStack() as stack:
        reviewed = {selected.plan.name: (selected.plan, preview) for selected, preview in stacks}
        doing = stack.enter_context(forked(change, reviewed, count)) if has_processes else change
        summary = run_stacks(
            stacks, store, outputs, doing, on_step, on_stack, count if has_processes else max(count, 2)
        )
    made_up = sorted(
        f"{item.place.name} of account {item.place.account}" for item in secrets.versions if item.is_made_up
    )
    return replace(_with_unchanged(summary, prepared.unchanged), made_up=tuple(made_up))


def _demand_secrets(plan: StackPlan, secrets: SecretReader) -> None:
    """Leave a stack alone if a secret that it needs cannot be read. Raises FailedError."""
    for place in secret_references(plan):
        try:
            secrets.read(place)
        except CloudError as error:
            raise FailedError(f"{plan.name}: not tried: {error}") from None


def demand_reviewed(prepared: Prepared, approved: str | None) -> None:
    """Refuse what the gate or a guard refuses, whatever the target. Raises RefusedError."""
    if not prepared.decision.is_open:
        raise RefusedError("the gate is shut")
    guard(prepared.stacks, approved)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _with_unchanged(summary: Summary, unchanged: Sequence[Unchanged]) -> Summary:
    counts = Counter(summary.counts)
    counts[Action.SAME] += sum(item.resources for item in unchanged)
    return replace(
        summary,
        counts=+counts,
        recorded_only=summary.recorded_only + sum(item.recorded_only for item in unchanged),
        skipped_stacks=summary.skipped_stacks + len(unchanged),
    )


def lifted_by(reviewed: Preview) -> set[str]:
    """Names of protected resources that a reviewed plan replaces or deletes."""
    going = (Action.REPLACE, Action.DELETE)
    return {step.name for step in reviewed.changes if step.is_protected and step.action in going}


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
