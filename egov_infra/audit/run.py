"""Audit selected stacks: drift of each, what nobody declared, and the rules on live values."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from egov_infra.audit.drift import audit_stack
from egov_infra.audit.known import Known
from egov_infra.audit.live import Live
from egov_infra.audit.record import StackAudit, Undeclared, Unknown
from egov_infra.audit.undeclared import find_undeclared
from egov_infra.cloud.calling import READS_AT_A_TIME
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Store
from egov_infra.engine.reads import usable_state, what_remains
from egov_infra.engine.selection import demand_stacks, is_meant, slugs_of
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judge, Judgement
from egov_infra.policy.policies import Policies
from egov_infra.policy.subject import Planned
from egov_infra.source.diagnostic import Path, Place

OnStack = Callable[[StackAudit], None]
"""Told of each stack when it was read back."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What is live, against what is declared and what the rules demand."""

    stacks: tuple[StackAudit, ...]
    undeclared: tuple[Undeclared, ...]
    """What accounts hold on its own; what was added to declared resources stands with their stacks."""
    unknown: tuple[Unknown, ...]
    """What could not be asked of accounts; what could not be read of stacks stands with these."""
    judgement: Judgement
    """The rules on live values."""
    decision: Decision
    unjudged: tuple[str, ...] = ()
    """Institutions of which a part was taken down, as their state permits: no rule is about a half."""

    @property
    def everything_undeclared(self) -> tuple[Undeclared, ...]:
        """Of stacks first, then of accounts."""
        return (*(item for stack in self.stacks for item in stack.undeclared), *self.undeclared)

    @property
    def everything_unknown(self) -> tuple[Unknown, ...]:
        """Of stacks first, then of accounts."""
        return (*(item for stack in self.stacks for item in stack.unknown), *self.unknown)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each there are; every summary says them all."""
        stacks = self.stacks
        return {
            "stacks": len(stacks),
            "read": sum(stack.read for stack in stacks),
            "drifts": sum(len(stack.drifts) for stack in stacks),
            "undeclared": len(self.everything_undeclared),
            "unknown": len(self.everything_unknown),
            "not_applied": sum(len(stack.not_applied) for stack in stacks),
            "left": sum(len(stack.left) for stack in stacks),
            "recorded_only": sum(len(stack.recorded_only) for stack in stacks),
            "not_given_back": sum(len(names) for stack in stacks for names in stack.unread.values()),
            "not_compared": sum(len(names) for stack in stacks for names in stack.unresolved.values()),
        }

    @property
    def exit_code(self) -> int:
        """0 all is as declared; 1 something differs, or a finding or a fault of a waiver blocks; 3 nothing does, but something is unknown."""
        counts = self.counts
        differs = counts["drifts"] + counts["undeclared"] + counts["not_applied"] + counts["left"]
        if differs or self.decision.blocking or self.judgement.waiver_faults:
            return 1
        is_open = counts["unknown"] or counts["not_compared"] or self.decision.undecided
        return 3 if is_open else 0


def run_audit(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    store: Store,
    cloud: Cloud,
    on_stack: OnStack = lambda _audit: None,
) -> Audit:
    """Read back the selected stacks, all without a selector, and judge what is live. Raises InputError, RefusedError.

    One institution after another is planned, read, judged and dropped: only what is to be said of it is kept.
    """
    slugs = slugs_of(selectors, source.slugs) if selectors else frozenset(source.slugs)
    chosen = sorted(slugs - {PLATFORM})
    for _ in source.institutions(chosen):
        pass  # what cannot be read is said before anything is asked of the cloud
    with _collected(), ThreadPoolExecutor(READS_AT_A_TIME) as pool:
        run = _Run(context, policies, source, selectors, store, cloud, pool, on_stack)
        run.platform()
        for loaded in source.institutions(chosen):
            run.institution(loaded)
        run.vanished()
        demand_stacks(selectors, run.stacks)
        undeclared, unknown = find_undeclared(cloud, run.places, run.known, pool)
    judgement = run.judge.finish(is_whole=False, complete=run.complete)
    return Audit(tuple(run.audits), undeclared, unknown, judgement, decide(judgement), tuple(run.unjudged))


def _size(plans: Sequence[StackPlan]) -> int:
    """How many resources are planned, or live."""
    return sum(len(plan.resources) for plan in plans)


@contextmanager
def _collected() -> Iterator[None]:
    """Collect garbage as it comes: a client of boto3 is full of cycles, and one that is dropped would stay for ever."""
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()
        if not was_enabled:
            gc.disable()


class _Run:
    """What one audit has found so far."""

    def __init__(
        self,
        context: PlanContext,
        policies: Policies,
        source: EstateSource,
        selectors: Sequence[str],
        store: Store,
        cloud: Cloud,
        pool: Executor,
        on_stack: OnStack,
    ) -> None:
        self._context = context
        self._source = source
        self._selectors = selectors
        self._store = store
        self._cloud = cloud
        self._pool = pool
        self._on_stack = on_stack
        self._planned: set[str] = set()
        self.judge = Judge(source, policies, context)
        self.known = Known(self._state(stack) for stack in store.stacks())
        self.audits: list[StackAudit] = []
        self.unjudged: list[str] = []
        self.complete: set[str] = set()
        self.places: set[tuple[str, str]] = set()
        plans = plan_platform(context)
        self._platform = Live(cloud, plans, self._state, pool)
        self._platform_plans = plans

    def platform(self) -> None:
        """Audit the selected stacks of what institutions share."""
        found = self._stacks(self._platform, self._platform_plans, self._source.document.place)
        if found:
            self.judge.shared(found)

    def institution(self, loaded: LoadedInstitution) -> None:
        """Audit the selected stacks of an institution."""
        declared = plan_institution(loaded.institution, self._context)
        plans = what_remains(declared, loaded.institution, self._state)
        live = Live(self._cloud, plans, self._state, self._pool, self._platform)
        found = self._stacks(live, plans, loaded.place)
        if found and plans == declared:
            self.judge.planned(Planned(loaded, found, self._context))
            if _size(found) == _size(declared):
                self.complete.add(loaded.institution.slug)
        elif found:
            self.unjudged.append(loaded.institution.slug)

    @property
    def stacks(self) -> frozenset[str]:
        """Names of everything that is planned or recorded."""
        return frozenset((*self._planned, *self._store.stacks()))

    def vanished(self) -> None:
        """Name what is recorded of selected stacks that are planned no longer."""
        for stack in self._store.stacks():
            if stack not in self._planned and is_meant(stack, self._selectors):
                left = tuple(self._state(stack).by_name())
                if left:
                    self._keep(StackAudit(stack, stack.partition(".")[0], left=left))

    def _stacks(
        self, live: Live, plans: Sequence[StackPlan], place: Callable[[Path], Place]
    ) -> tuple[StackPlan, ...]:
        """Audit the selected ones, and give those of which anything is live, as it is live."""
        found = []
        for plan in plans:
            self._planned.add(plan.name)
            if not is_meant(plan.name, self._selectors):
                continue
            audit, seen = audit_stack(live, plan, self.known, place)
            self._keep(audit)
            self.places |= set(self._regions(plan))
            if seen.resources:
                found.append(seen)
        return tuple(found)

    def _regions(self, plan: StackPlan) -> Iterator[tuple[str, str]]:
        """The account of a stack, in every region of the estate."""
        for region in {plan.region, *self._context.estate.regions}:
            yield plan.account, region

    def _keep(self, audit: StackAudit) -> None:
        self.audits.append(audit)
        self._on_stack(audit)

    def _state(self, stack: str) -> Checkpoint:
        return usable_state(self._store, stack, self._cloud.cloud_id)
