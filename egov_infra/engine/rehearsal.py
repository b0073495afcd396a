"""Apply one stack to a rehearsal cloud: Pulumi's SDK, unchanged, talking to our monitor in this process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import PROJECT, Checkpoint, Stamp, Store
from egov_infra.engine.monitor import Monitor, OnStep
from egov_infra.engine.preview import Action, StackOutputs
from egov_infra.engine.program import register, touch_classes
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import StackRef

TARGET = "rehearsal"


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

    @property
    def succeeded(self) -> bool:
        """Whether everything is as planned."""
        return not self.errors and not self.skipped


def usable(checkpoint: Checkpoint, cloud: Cloud) -> Checkpoint:
    """The state if it speaks of this cloud; an empty one if the cloud is new, for then nothing of it is there."""
    if checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud.cloud_id:
        return Checkpoint(checkpoint.stack)
    return checkpoint


def apply_stack(
    plan: StackPlan, store: Store, cloud: Cloud, stack_outputs: StackOutputs, on_step: OnStep
) -> Applied:
    """Apply a judged plan. The state is saved whole, whatever happens. Raises RefusedError if the stack is locked."""
    with store.locked(plan.name):
        recorded = store.load(plan.name)
        checkpoint = usable(recorded, cloud)
        if checkpoint is not recorded:
            store.remove(plan.name)
        digest = plan_digest(plan)
        stamp = Stamp(TARGET, cloud.cloud_id, digest, succeeded=False)
        touch_classes(plan.resources)
        with store.journal(plan.name, stamp) as journal:
            monitor = Monitor(checkpoint, cloud, plan.region, journal, on_step)
            _run(plan, monitor, stack_outputs)
            if not monitor.errors and not monitor.skipped:
                monitor.remove_leftovers()
        succeeded = not monitor.errors and not monitor.skipped
        order = _in_order(plan, monitor)
        if not succeeded:  # what was not reached is still there
            order.update({urn: entry for urn, entry in checkpoint.entries.items() if urn not in order})
        state = Checkpoint(
            plan.name,
            order,
            tuple(monitor.leaving),
            frozenset(monitor.errors) & checkpoint.pending,
            Stamp(TARGET, cloud.cloud_id, digest if succeeded else "", succeeded),
        )
        store.save(state)
    names = tuple(urn.rpartition("::")[2] for urn in monitor.skipped)
    return Applied(
        plan.name,
        Counter(monitor.counts),
        monitor.recorded_only,
        tuple(monitor.errors.values()),
        names,
        state.outputs,
    )


def _run(plan: StackPlan, monitor: Monitor, stack_outputs: StackOutputs) -> None:
    def look_up(reference: StackRef) -> Any:
        return stack_outputs(reference.stack).get(reference.output)

    async def program() -> None:
        register(plan, look_up)

    settings = pulumi.runtime.Settings(
        project=PROJECT,
        stack=plan.name,
        monitor=monitor,
        engine=None,
        dry_run=False,
        organization="organization",
    )
    pulumi.runtime.configure(settings)
    asyncio.run(pulumi.runtime.run_in_stack(program))


def _in_order(plan: StackPlan, monitor: Monitor) -> dict[str, Any]:
    """Entries in the order of the plan: stack, component, providers, resources; registration order varies."""
    position = {resource.name: number for number, resource in enumerate(plan.resources)}

    def rank(urn: str) -> tuple[int, int, str]:
        entry = monitor.entries[urn]
        if not entry.is_custom:
            return (0 if entry.parent == "" else 1, 0, urn)
        if entry.type.startswith("pulumi:providers:"):
            return (2, 0, urn)
        return (3, position.get(entry.name, len(position)), urn)

    return {urn: monitor.entries[urn] for urn in sorted(monitor.entries, key=rank)}
