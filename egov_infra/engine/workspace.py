"""A Pulumi project under the CLI: its environment, its states, and what the CLI says in words of ours."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from pulumi import automation

from egov_infra.engine.checkpoint import Checkpoint
from egov_infra.engine.entry import demand_own_provider
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.exported import read_exported
from egov_infra.engine.target import REHEARSAL_CLI, project_of

_REFUSALS: Mapping[str, str] = {
    # what the CLI says to what a person should do
    "PULUMI_ACCESS_TOKEN must be set": (
        "{project} has no backend to keep its state in: set PULUMI_BACKEND_URL, write `backend: {{url: …}}` "
        "into its Pulumi.yaml, or run `pulumi login`"
    ),
    "passphrase must be set": (
        "secrets of the state in {project} have no key: set PULUMI_CONFIG_PASSPHRASE or "
        "PULUMI_CONFIG_PASSPHRASE_FILE, or make its stacks with a --secrets-provider"
    ),
    "incorrect passphrase": "the passphrase that is set is not that of the state in {project}",
    "the stack is currently locked": "{stack} is being changed by another run; `pulumi cancel` ends a dead one",
    "[409] Conflict": "{stack} is being changed by another run",
}


class Workspace(automation.LocalWorkspace):
    """A project of ours. Which stack a person has selected in it stays as it is: every command names its stack."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do."""

    def create_stack(self, stack_name: str) -> None:
        """Make a stack without a state."""
        self.run("stack", "init", stack_name, "--no-select")

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:
        """Nothing: outputs are taken from the exported state, and asking for them takes two more commands."""
        del stack_name
        return {}

    def unprotect(self, stack_name: str, urns: Iterable[str]) -> None:
        """Let the engine replace or delete these resources the next time."""
        self.run("state", "unprotect", *urns, "--yes", "--stack", stack_name)

    def protect(self, stack_name: str, urns: Iterable[str]) -> None:
        """Do not."""
        self.run("state", "protect", *urns, "--yes", "--stack", stack_name)

    def run(self, *arguments: str) -> None:
        """Any command of the CLI."""
        self.pulumi_command.run([*arguments], self.work_dir, self.env_vars)

    def beside(self, environment: Mapping[str, str]) -> Workspace:
        """The same project for one operation, with more in the environment of its program and plugins."""
        return Workspace(
            self.work_dir, env_vars={**self.env_vars, **environment}, pulumi_command=self.pulumi_command
        )

    @contextmanager
    def in_our_words(self, stack: str = "") -> Iterator[None]:
        """A failed command becomes RefusedError where a person must set something, FailedError otherwise."""
        try:
            yield
        except automation.CommandError as error:
            said = str(error)
            for pattern, text in _REFUSALS.items():
                if pattern in said:
                    raise RefusedError(text.format(project=self.work_dir, stack=stack)) from None
            raise FailedError(_gist(said, stack)) from None


def _gist(said: str, stack: str) -> str:
    """The lines of a failed command that say why."""
    lines = [line.strip().removeprefix("stderr: ") for line in said.splitlines()]
    why = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return f"{stack or 'pulumi'}: {'; '.join(why) or said.strip()}"


def open_workspace(estate: pathlib.Path, target: str) -> Workspace:
    """The project of a target, for the CLI that is on PATH. Raises RefusedError."""
    project = project_of(estate, target)
    if target == REHEARSAL_CLI:
        demand_own_provider(project)
    if shutil.which("pulumi") is None:
        raise RefusedError(f"target {target} needs the Pulumi CLI, and no `pulumi` is on PATH")
    try:
        command = automation.PulumiCommand()
    except (automation.InvalidVersionError, OSError, subprocess.CalledProcessError) as error:
        raise RefusedError(f"the Pulumi CLI on PATH cannot be used: {error}") from None
    return Workspace(str(project), env_vars=_environment(target), pulumi_command=command)


def _environment(target: str) -> dict[str, str]:
    """The program and the plugin run with the Python that runs this; a rehearsal fetches nothing."""
    own = str(pathlib.Path(sys.executable).parent)
    found = {"PATH": os.pathsep.join((own, os.environ.get("PATH", ""))), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if sys.prefix != sys.base_prefix:
        found["VIRTUAL_ENV"] = sys.prefix
    if target == REHEARSAL_CLI:
        found["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    return found


class ExportedStates:
    """The states in a project's backend, each exported once until it changes. Methods raise RefusedError, FailedError."""

    def __init__(self, workspace: Workspace, target: str) -> None:
        self._workspace = workspace
        self._target = target
        self._read: dict[str, Checkpoint] = {}
        self._changes: Counter[str] = Counter()

    @cached_property
    def _names(self) -> set[str]:
        with self._workspace.in_our_words():
            return {summary.name.rpartition("/")[2] for summary in self._workspace.list_stacks()}

    def stacks(self) -> tuple[str, ...]:
        """Names of the recorded stacks, sorted."""
        return tuple(sorted(self._names))

    def load(self, stack: str) -> Checkpoint:
        """The state of a stack; empty if there is none. That of another target is refused."""
        if stack not in self._names:
            return Checkpoint(stack)
        if stack not in self._read:
            with self._workspace.in_our_words(stack):
                exported = self._workspace.export_stack(stack)
            found = read_exported(stack, exported.version, exported.deployment)
            if found.stamp is not None and found.stamp.target != self._target:
                raise RefusedError(f"{stack}: state of target {found.stamp.target}, not of {self._target}")
            self._read[stack] = found
        return self._read[stack]

    def head(self, _stack: str) -> None:
        """Nothing is known of a state without exporting it."""

    def signature(self, stack: str) -> object:
        """Differs when the state of a stack was changed here since."""
        return self._changes.get(stack, 0)

    def demand(self, stack: str) -> None:
        """Make a stack if there is none yet."""
        if stack not in self._names:
            with self._workspace.in_our_words(stack):
                self._workspace.create_stack(stack)
            self._names.add(stack)

    def changed(self, stack: str) -> None:
        """Export it anew when it is asked for the next time."""
        self._read.pop(stack, None)
        self._changes[stack] += 1

    def remove(self, stack: str) -> None:
        """Forget a stack in which nothing is left."""
        with self._workspace.in_our_words(stack):
            self._workspace.remove_stack(stack)
        self._names.discard(stack)
        self.changed(stack)
