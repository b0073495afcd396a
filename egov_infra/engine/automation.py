"""The targets that the Pulumi CLI applies, through its Automation API: stack by stack, each in the project's program.

The program is the one that `pulumi up` runs by hand. It judges by itself, and refuses to register another plan than
the one that was reviewed here.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from pulumi import automation

from egov_infra.engine.destroy import Destruction, take_down
from egov_infra.engine.entry import KEPT, REFUSAL, REVIEWED
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.follower import Follower
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.provider.configuration import REFRESHED
from egov_infra.engine.reads import recorded_outputs, usable_state
from egov_infra.engine.run import Applied, OnStack, OnStep, Summary, run_stacks
from egov_infra.engine.up import Prepared, demand_reviewed, lifted_by
from egov_infra.engine.workspace import ExportedStates, Workspace, open_workspace
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.outline import secret_references
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
        return take_down(destruction, approved, self._destroy, on_step)

    def _change(self, plan: StackPlan, reviewed: Preview, told: Told) -> Applied | None:
        state = usable_state(self.states, plan.name, self.cloud_id)
        shown = preview_stack(plan, state, recorded_outputs(self.states, self.cloud_id))
        is_settled = not state.leaving and not state.pending
        if not shown.changes and is_settled and not secret_references(plan):  # one may have been rotated
            return None
        if not plan.resources:
            return self._destroy(reviewed, is_whole=True, told=told)
        self.states.demand(plan.name)
        return self._follow(reviewed, told, automation.Stack.up, {REVIEWED: plan_digest(plan)})

    def _destroy(self, preview: Preview, *, is_whole: bool, told: Told) -> Applied:
        """Delete these resources of a stack, or everything: a CLI that met a protected one would stop half-way."""
        entries = self.states.load(preview.stack).by_name()
        urns = [entries[step.name].urn for step in preview.steps if step.name in entries]
        if not is_whole and not urns:  # to target nothing would be to delete everything
            return Applied(preview.stack, {}, 0, (), (), {}, is_complete=True)
        done = self._follow(
            preview, told, automation.Stack.destroy, {}, **({} if is_whole else {"target": urns})
        )
        if is_whole and not done.errors:
            self.states.remove(preview.stack)
        return done

    @contextmanager
    def _lifted(self, reviewed: Preview) -> Iterator[None]:
        """Let go of what a review lets go, and protect again what is still there afterwards."""
        entries = self.states.load(reviewed.stack).by_name()
        names = [name for name in sorted(lifted_by(reviewed)) if name in entries]
        if not names:
            yield
            return
        with self.workspace.in_our_words(reviewed.stack):
            self.workspace.unprotect(reviewed.stack, [entries[name].urn for name in names])
        try:
            yield
        finally:
            left = self.states.load(reviewed.stack).by_name()
            bare = [left[name].urn for name in names if name in left and not left[name].is_protected]
            if bare:
                with self.workspace.in_our_words(reviewed.stack):
                    self.workspace.protect(reviewed.stack, bare)

    def _follow(
        self,
        reviewed: Preview,
        told: Told,
        operation: Callable[..., object],
        environment: Mapping[str, str],
        **options: Any,
    ) -> Applied:
        """Run an operation of the CLI, and give what it did by its events and by the state that it left.

        What is recorded of another cloud is read back first: nothing of it is there.
        """
        name = reviewed.stack
        is_new = usable_state(self.states, name, self.cloud_id) is not self.states.load(name)
        follower = Follower(name, told)
        with TemporaryDirectory() as folder, self._lifted(reviewed):
            refusal = pathlib.Path(folder) / "refusal"
            kept = pathlib.Path(folder) / "kept"
            names = (step.name for step in reviewed.steps if step.action is not Action.DELETE)
            kept.write_text("\n".join(names), encoding="utf-8")
            surroundings = {
                REFUSAL: str(refusal),
                KEPT: str(kept),
                **({REFRESHED: "true"} if is_new else {}),
                **environment,
            }
            stack = automation.Stack.select(name, self.workspace.beside(surroundings))
            try:
                with self.workspace.in_our_words(name):
                    operation(
                        stack,
                        on_event=follower,
                        refresh=is_new,
                        color="never",
                        suppress_outputs=True,
                        suppress_progress=True,
                        show_secrets=False,
                        **options,
                    )
            except (FailedError, RefusedError):
                if refusal.is_file():
                    raise RefusedError(refusal.read_text(encoding="utf-8")) from None
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
