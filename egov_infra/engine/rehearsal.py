"""Apply one stack to a rehearsal cloud: Pulumi's SDK, unchanged, talking to our monitor in this process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

import pulumi

from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.change import Changer
from egov_infra.engine.checkpoint import PROJECT, Checkpoint, Stamp, Store
from egov_infra.engine.error import FailedError
from egov_infra.engine.ledger import Ledger
from egov_infra.engine.monitor import Monitor, OnStep
from egov_infra.engine.preview import StackOutputs
from egov_infra.engine.program import SecretUnreadableError, register, touch_classes
from egov_infra.engine.reads import reads_digest
from egov_infra.engine.run import Applied
from egov_infra.engine.target import REHEARSAL
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.catalogue import aws_type
from egov_infra.plan.outline import secret_references, stack_references
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import StackRef

TARGET = REHEARSAL


def usable(checkpoint: Checkpoint, cloud: Cloud) -> Checkpoint:
    """The state if it speaks of this cloud; an empty one if the cloud is new, for then nothing of it is there."""
    if checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud.cloud_id:
        return Checkpoint(checkpoint.stack)
    return checkpoint


def apply_stack(
    plan: StackPlan,
    store: Store,
    cloud: Cloud,
    stack_outputs: StackOutputs,
    on_step: OnStep,
    lifted: Collection[str] = (),
    secrets: SecretReader | None = None,
) -> Applied:
    """Apply a judged plan. The state is saved whole, whatever happens.

    `lifted` names the protected resources that a reviewed plan replaces or deletes; `secrets` is what its preview read.
    Raises RefusedError if the stack is locked or the program registers what was not judged, FailedError if the
    state cannot be written.
    """
    touch_classes(plan.resources)

    def work(monitor: Monitor) -> None:
        _run(plan, monitor, stack_outputs)
        if not monitor.errors and not monitor.skipped:
            monitor.remove_leftovers()

    secrets = secrets or SecretReader(cloud)
    reads = reads_digest(stack_references(plan), stack_outputs, secret_references(plan), secrets)
    return change_stack(plan.name, plan, store, cloud, work, on_step, lifted, reads, secrets)


def change_stack(
    stack: str,
    plan: StackPlan | None,
    store: Store,
    cloud: Cloud,
    work: Callable[[Monitor], None],
    on_step: OnStep,
    lifted: Collection[str],
    reads: str = "",
    secrets: SecretReader | None = None,
) -> Applied:
    """Hold a stack, let `work` change it through a monitor, and save what came of it. Without a plan it is to go.

    `reads` is the digest of what the plan reads of other stacks.

    Raises RefusedError, FailedError.
    """
    resources = plan.resources if plan else ()
    digest = plan_digest(plan) if plan else ""
    try:
        with store.locked(stack):
            recorded = store.load(stack)
            checkpoint = usable(recorded, cloud)
            if checkpoint is not recorded:
                store.remove(stack)
            with store.journal(stack, Stamp(TARGET, cloud.cloud_id, digest, succeeded=False)) as journal:
                ledger = Ledger(checkpoint, journal)
                reader = secrets or SecretReader(cloud)
                changer = Changer(ledger, cloud, lifted, reader)
                monitor = Monitor(ledger, changer, on_step, reader, _declared(resources))
                work(monitor)
            is_complete = not monitor.errors and not monitor.skipped
            succeeded = is_complete and not monitor.undeleted
            stamp = Stamp(TARGET, cloud.cloud_id, digest if succeeded else "", succeeded, reads)
            state = ledger.checkpoint(stamp, {item.name: number for number, item in enumerate(resources)})
            if succeeded and not resources and not state.by_name():
                store.remove(stack)
            else:
                store.save(state)
    except OSError as error:
        raise FailedError(f"{stack}: {error.strerror or error}; every step is in the journal") from error
    return Applied(
        stack,
        Counter(monitor.counts),
        monitor.recorded_only,
        (*monitor.errors.values(), *monitor.undeleted.values()),
        tuple(urn.rpartition("::")[2] for urn in monitor.skipped),
        state.outputs,
        is_complete,
    )


def _declared(resources: Iterable[PlannedResource]) -> dict[str, frozenset[str]]:
    """Logical name to the wire names of its inputs: none may come out empty."""
    return {
        resource.name: frozenset(aws_type(resource.type).inputs[name].wire for name in resource.inputs)
        for resource in resources
    }


def _run(plan: StackPlan, monitor: Monitor, stack_outputs: StackOutputs) -> None:
    def look_up(reference: StackRef) -> Any:
        found = stack_outputs(reference.stack).get(reference.output)
        if found is None:
            raise FailedError(f"{plan.name}: stack {reference.stack} has no output {reference.output!r} yet")
        return found

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
    try:
        asyncio.run(pulumi.runtime.run_in_stack(program))
    except SecretUnreadableError as error:
        raise FailedError(f"{plan.name}: {error}") from None
