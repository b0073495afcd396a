"""Run a change over previewed stacks in the order of what they read, independent ones side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import Any, Protocol

from egov_infra.engine.checkpoint import Checkpoint, Head
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.preview import Action, Preview, StackOutputs
from egov_infra.engine.selection import SelectedStack, stack_graph
from egov_infra.plan.outline import stack_references
from egov_infra.plan.resource import StackPlan

OnStep = Callable[[str, Action, str, str], None]
"""Told of each finished step: stack, action, type, logical name."""
OnStack = Callable[[str, bool], None]
"""Told of a stack when it begins (True), and when it has ended (False)."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a stack did."""

    stack: str
    counts: Mapping[Action, int]
    recorded_only: int
    errors: tuple[str, ...]
    skipped: tuple[str, ...]
    """Logical names of resources that were not tried, since something that they use failed."""
    outputs: Mapping[str, Any]
    is_complete: bool
    """Whether everything that is declared is there, though something else may be left to delete."""


class States(Protocol):
    """Where the states of a target are recorded."""

    def stacks(self) -> tuple[str, ...]:
        """Names of the recorded stacks, sorted."""

    def load(self, stack: str) -> Checkpoint:
        """The state of a stack; empty if there is none. Raises RefusedError."""

    def head(self, stack: str) -> Head | None:
        """What the state of a stack says of itself; None where that is not known without reading it."""

    def signature(self, stack: str) -> object:
        """Differs when the state of a stack has been written since."""


Change = Callable[[StackPlan, Preview, Callable[[Action, str, str], None]], Applied | None]
"""Brings one stack to its reviewed plan; None if nothing had changed. Raises FailedError, RefusedError."""


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
    made_up: tuple[str, ...] = ()
    """Secrets that the rehearsal cloud does not keep, and whose values were made up."""


def run_stacks(
    stacks: Sequence[tuple[SelectedStack, Preview]],
    states: States,
    outputs: StackOutputs,
    change: Change,
    on_step: OnStep,
    on_stack: OnStack,
    workers: int,
) -> Summary:
    """Change every stack after those that it reads. Raises RefusedError if one of them was refused."""
    run = _Run(stacks, states, outputs, change, on_step, on_stack)
    run.everything(workers)
    if run.refusals:
        raise RefusedError("\n".join(run.refusals))
    return Summary(run.counts, run.recorded_only, run.skipped_stacks, tuple(run.errors), run.exported)


class _Run:
    """What one run has done so far."""

    def __init__(
        self,
        stacks: Sequence[tuple[SelectedStack, Preview]],
        states: States,
        outputs: StackOutputs,
        change: Change,
        on_step: OnStep,
        on_stack: OnStack,
    ) -> None:
        self._stacks = {selected.plan.name: (selected.plan, preview) for selected, preview in stacks}
        self._states = states
        self._outputs = outputs
        self._change = change
        self._on_step = on_step
        self._on_stack = on_stack
        self._failed: set[str] = set()
        self.counts: Counter[Action] = Counter()
        self.recorded_only = self.skipped_stacks = 0
        self.errors: list[str] = []
        self.refusals: list[str] = []
        self.exported: dict[str, Mapping[str, Any]] = {}

    def everything(self, workers: int) -> None:
        """Change every stack after those that it reads."""
        sorter = TopologicalSorter(stack_graph(plan for plan, _ in self._stacks.values()))
        sorter.prepare()
        running: dict[Future[Applied | None], str] = {}
        pool = ThreadPoolExecutor(workers)
        try:
            while sorter.is_active():
                for name in sorted(sorter.get_ready()):
                    running[pool.submit(copy_context().run, self._stack, name)] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    self._finish(name, future)
                    self._on_stack(name, False)
                    sorter.done(name)
        finally:
            pool.shutdown(
                cancel_futures=True
            )  # who interrupts waits for the stacks at work, not for all that are ready

    def _stack(self, name: str) -> Applied | None:
        """Change one stack if what it reads is there."""
        plan, reviewed = self._stacks[name]
        self._on_stack(name, True)
        for reference in stack_references(plan):
            if reference.stack in self._failed:
                raise FailedError(f"{name}: not tried, since it reads {reference.stack}, which failed")
            if self._outputs(reference.stack).get(reference.output) is None:
                raise FailedError(
                    f"{name}: not tried: {reference.stack} has no output {reference.output!r} yet"
                )
        return self._change(plan, reviewed, partial(self._on_step, name))

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
            entries = self._states.load(name).by_name().values()
            self.skipped_stacks += 1
            self.counts[Action.SAME] += len(entries)
            self.recorded_only += sum(entry.is_recorded_only for entry in entries)
            for entry in entries:
                self._on_step(name, Action.SAME, entry.type, entry.name)
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
