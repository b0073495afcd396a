"""A target that is open: it keeps states, applies what was prepared, and takes down what may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.destroy import Destruction, destroy
from egov_infra.engine.run import OnStack, OnStep, States, Summary
from egov_infra.engine.up import Prepared, apply


class Applier(Protocol):
    """Whatever the target. Methods raise RefusedError."""

    @property
    def states(self) -> States:
        """Where its states are recorded."""

    @property
    def cloud_id(self) -> str | None:
        """Id of the rehearsal cloud that it reaches; None where a state speaks for itself."""

    @property
    def secrets(self) -> SecretReader | None:
        """What tells before a run of secrets that were rotated; None where only the run itself can."""

    def apply(self, prepared: Prepared, approved: str | None, on_step: OnStep, on_stack: OnStack) -> Summary:
        """Apply what was prepared, the platform first, independent stacks side by side."""

    def destroy(self, destruction: Destruction, approved: str | None, on_step: OnStep) -> Summary:
        """Delete what was prepared, one stack after another."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The target that is applied by our own engine, to a rehearsal cloud."""

    states: Store
    cloud: Cloud
    secrets: SecretReader

    @property
    def cloud_id(self) -> str:
        """Id of the rehearsal cloud."""
        return self.cloud.cloud_id

    def apply(self, prepared: Prepared, approved: str | None, on_step: OnStep, on_stack: OnStack) -> Summary:
        """As `engine.up.apply`."""
        return apply(prepared, self.states, self.cloud, approved, on_step, on_stack=on_stack)

    def destroy(self, destruction: Destruction, approved: str | None, on_step: OnStep) -> Summary:
        """As `engine.destroy.destroy`."""
        return destroy(destruction, self.states, self.cloud, approved, on_step)
