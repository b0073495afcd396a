"""The targets that the Pulumi CLI applies, through its Automation API: stack by stack, each in the project's program.

The program is the one that `pulumi up` runs by hand. It judges by itself, and refuses to register another plan than
the one that was reviewed here.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pulumi import automation

from egov_infra.engine.checkpoint import Checkpoint
from egov_infra.engine.destroy import Destruction, take_down
from egov_infra.engine.entry import REVIEWED
from egov_infra.engine.error import RefusedError
from egov_infra.engine.follower import Follower
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.provider.configuration import REFRESHED
from egov_infra.engine.reads import recorded_outputs, usable_state
from egov_infra.engine.run import Applied, OnStack, OnStep, Summary, run_stacks
from egov_infra.engine.up import Prepared, demand_reviewed, lifted_by
from egov_infra.engine.workspace import ExportedStates, Workspace, open_workspace
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import StackPlan

WORKERS = 2
"""Stacks at a time: each runs an engine, a program and its plugins."""
Told = Callable[[Action, str, str], None]


@dataclass(frozen=True)
class Automation:
    """One target of the CLI. `cloud_id` is that of the rehearsal cloud, None where a state speaks for itself.

    Secrets are read by the program, where Pulumi keeps them as secrets: `secrets` is None.
    """

    workspace: Workspace
    states: ExportedStates
    cloud_id: str | None
    secrets: None = None

    @classmethod
    def of(cls, estate: pathlib.Path, target: str, cloud_id: str | None) -> Automation:
        """The target for an estate. Raises RefusedError without a project, a CLI or a backend, FailedError."""
        workspace = open_workspace(estate, target)
        states = ExportedStates(workspace, target)
        states.stacks()
        return cls(workspace, states, cloud_id)

    def apply(
        self,
        prepared: Prepared,
        approved: str | None,
        on_step: OnStep,
        on_stack: OnStack,
        workers: int = WORKERS,
    ) -> Summary:
        """Apply what was prepared, as `engine.up.apply` does. Raises RefusedError."""
        demand_reviewed(prepared, approved)
        outputs = recorded_outputs(self.states, self.cloud_id)
        return run_stacks(prepared.stacks, self.states, outputs, self._change, on_step, on_stack, workers)

    def destroy(self, destruction: Destruction, approved: str | None, on_step: OnStep) -> Summary:
        """Delete what was prepared, one stack after another. Raises RefusedError without the digest of what was reviewed."""

        def take(preview: Preview, *, is_whole: bool, told: Told) -> Applied:
            going = {step.name for step in preview.steps}
            return self._destroy(preview, None if is_whole else going, told)

        return take_down(destruction, approved, take, on_step)

    def _change(self, plan: StackPlan, reviewed: Preview, told: Told) -> Applied | None:
        recorded = self.states.load(plan.name)
        state = usable_state(self.states, plan.name, self.cloud_id)
        shown = preview_stack(plan, state, recorded_outputs(self.states, self.cloud_id))
        if not shown.changes and not state.leaving and not state.pending:
            return None
        if not plan.resources:
            return self._destroy(reviewed, None, told)
        self.states.demand(plan.name)
        self._unprotect(recorded, lifted_by(reviewed))
        is_new = state is not recorded
        environment = {REVIEWED: plan_digest(plan), **({REFRESHED: "true"} if is_new else {})}
        stack = automation.Stack.select(plan.name, self.workspace.beside(environment))
        return self._follow(
            plan.name,
            told,
            lambda follower: stack.up(
                on_event=follower,
                refresh=is_new,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
            ),
        )

    def _destroy(self, preview: Preview, going: set[str] | None, told: Told) -> Applied:
        """Delete these resources of a stack, or everything: a CLI that met a protected one would stop half-way."""
        recorded = self.states.load(preview.stack)
        self._unprotect(recorded, lifted_by(preview))
        urns = [
            entry.urn for name, entry in recorded.by_name().items() if going is not None and name in going
        ]
        stack = automation.Stack.select(preview.stack, self.workspace)
        done = self._follow(
            preview.stack,
            told,
            lambda follower: stack.destroy(
                target=urns or None,
                on_event=follower,
                color="never",
                suppress_outputs=True,
                suppress_progress=True,
            ),
        )
        if going is None and not done.errors:
            self.states.remove(preview.stack)
        return done

    def _unprotect(self, recorded: Checkpoint, names: Iterable[str]) -> None:
        entries = recorded.by_name()
        urns = [entries[name].urn for name in sorted(names) if name in entries]
        if urns:
            with self.workspace.in_our_words(recorded.stack):
                self.workspace.unprotect(recorded.stack, urns)

    def _follow(self, name: str, told: Told, operation: Callable[[Follower], object]) -> Applied:
        """Run an operation of the CLI, and give what it did by its events and by the state that it left."""
        follower = Follower(name, told)
        try:
            with self.workspace.in_our_words(name):
                operation(follower)
        except Exception:
            if not follower.errors and not follower.refusals:
                raise
        finally:
            self.states.changed(name)
        if follower.refusals:
            raise RefusedError("\n".join(follower.refusals))
        state = self.states.load(name)
        return Applied(
            name,
            follower.counts,
            sum(entry.is_recorded_only for entry in state.by_name().values()),
            tuple(follower.errors),
            (),
            state.outputs,
            is_complete=not follower.errors,
        )
