"""Exported outputs of other stacks, as the engine that Pulumi is talking to knows them."""

from __future__ import annotations

from typing import Any

import pulumi

from egov_infra.plan.value import StackRef


class StackOutputs:
    """Looks up `StackRef`s through Pulumi's stack references, one for each stack that is read."""

    def __init__(self) -> None:
        self._references: dict[str, pulumi.StackReference] = {}

    def __call__(self, reference: StackRef) -> pulumi.Output[Any]:
        """The exported value. The program stops with a RunError if the other stack has not exported it yet."""
        if reference.stack not in self._references:
            full = f"{pulumi.get_organization()}/{pulumi.get_project()}/{reference.stack}"
            self._references[reference.stack] = pulumi.StackReference(full)
        found: pulumi.Output[Any] = self._references[reference.stack].get_output(reference.output)
        return found.apply(lambda value: _present(value, reference))


def _present(value: Any, reference: StackRef) -> Any:
    if value is None:
        raise pulumi.RunError(
            f"stack {reference.stack} has no output {reference.output!r} yet: apply it first"
        )
    return value
