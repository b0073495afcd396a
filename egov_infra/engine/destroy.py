"""Take down stacks, as far as the state of their institution permits, and say what stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import Any, Protocol

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Entry, Store
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.guard import demand_approval, review_digest
from egov_infra.engine.preview import Action, Preview, Step, preview_of
from egov_infra.engine.reads import usable_state
from egov_infra.engine.run import Applied, OnStep, States, Summary
from egov_infra.engine.selection import matches, slugs_of, stack_graph
from egov_infra.manifest.load import EstateSource
from egov_infra.plan.catalogue import from_wire
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution

Told = Callable[[Action, str, str], None]
"""Told of each finished step of a stack: action, type, logical name."""
_PERMITTING = ("draining", "closed")


@dataclass(frozen=True, slots=True)
class Staying:
    """A resource that is not deleted, or not at once, and why."""

    stack: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Destruction:
    """What would go and what stays, in the order in which stacks are taken down."""

    previews: tuple[Preview, ...]
    staying: tuple[Staying, ...]

    @property
    def digest(self) -> str:
        """What an approval must name."""
        return review_digest(self.previews)


def prepare_destroy(
    source: EstateSource, context: PlanContext, selectors: Sequence[str], store: States, cloud_id: str | None
) -> Destruction:
    """What destroying the selected stacks does. `closed` permits everything, `draining` what holds no data.

    Raises InputError for a selector that means nothing, RefusedError for stacks whose institution permits nothing.
    """
    recorded = store.stacks()
    slugs_of(selectors, {*source.slugs, *(stack.partition(".")[0] for stack in recorded)})
    chosen = [stack for stack in recorded if any(matches(selector, stack) for selector in selectors)]
    states: dict[str, str] = {}
    plans: list[StackPlan] = []
    for slug in sorted({stack.partition(".")[0] for stack in chosen}):
        if slug not in source.slugs:
            states[slug] = "not in the estate"
            continue
        institution = source.read(slug).institution
        states[slug] = institution.institution.state
        plans += plan_institution(institution, context)
    refused = [
        f"{stack}: {slug} is {states[slug]}: only what is draining or closed may be destroyed"
        for stack in chosen
        for slug in (stack.partition(".")[0],)
        if states[slug] not in _PERMITTING
    ]
    if refused:
        raise RefusedError("\n".join(refused))
    readers_last = [*TopologicalSorter(stack_graph(plans)).static_order()]
    chosen.sort(key=lambda stack: -readers_last.index(stack) if stack in readers_last else 0)
    previews, staying = [], []
    for stack in chosen:
        checkpoint = usable_state(store, stack, cloud_id)
        kept = _kept(checkpoint) if states[stack.partition(".")[0]] == "draining" else {}
        previews.append(_preview(checkpoint, kept))
        staying += [Staying(stack, name, why) for name, why in {**kept, **_delayed(checkpoint, kept)}.items()]
    return Destruction(tuple(previews), tuple(staying))


def _kept(checkpoint: Checkpoint) -> dict[str, str]:
    """What holds data, and everything that this needs: name to reason."""
    kept: dict[str, str] = {}
    entries = checkpoint.by_name()
    by_urn = {entry.urn: entry for entry in entries.values()}

    def keep(entry: Entry, why: str) -> None:
        if entry.name in kept:
            return
        kept[entry.name] = why
        for urn in entry.dependencies:
            if urn in by_urn:
                keep(by_urn[urn], f"is needed by {entry.name}, which holds data")

    for entry in entries.values():
        if entry.is_protected:
            keep(entry, "holds data; it may go when the institution is closed")
    return kept


_DELAYS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "aws:kms/key:Key": lambda inputs: (
        f"the key can be restored for {inputs.get('deletion_window_in_days', 30)} days, then what it encrypts is lost"
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": lambda inputs: (
        f"its bucket cannot go before the last object's lock of {_retention(inputs)} has ended"
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": lambda inputs: (
        f"its vault cannot go before the last recovery point is {inputs.get('min_retention_days', 0)} days old"
    ),
}
"""Types that outlive their deletion: inputs to what is said of it."""


def _retention(inputs: Mapping[str, Any]) -> str:
    default = (inputs.get("rule") or {}).get("default_retention") or {}
    return f"{default['years']} years" if "years" in default else f"{default.get('days', 0)} days"


def _delayed(checkpoint: Checkpoint, kept: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, entry in checkpoint.by_name().items():
        delay = _DELAYS.get(entry.type)
        why = delay(from_wire(entry.type, entry.inputs)) if delay and name not in kept else None
        if why:
            found[name] = why
    return found


def _preview(checkpoint: Checkpoint, kept: Mapping[str, str]) -> Preview:
    steps = tuple(
        Step(Action.DELETE, entry.type, name, (), entry.is_protected)
        for name, entry in reversed(checkpoint.by_name().items())
        if name not in kept
    )
    return preview_of(checkpoint.stack, "", steps)


class Take(Protocol):
    """Deletes what a preview says of one stack, with the stack itself if it is whole. Raises FailedError."""

    def __call__(self, preview: Preview, *, is_whole: bool, told: Told) -> Applied:
        """What was done; `told` hears of each finished step."""


def destroy(
    destruction: Destruction, store: Store, cloud: Cloud, approved: str | None, on_step: OnStep
) -> Summary:
    """Delete what was prepared, one stack after another. Raises RefusedError without the digest of what was reviewed."""
    from egov_infra.engine.rehearsal import change_stack  # noqa: PLC0415 - loads pulumi

    def take(preview: Preview, *, is_whole: bool, told: Told) -> Applied:
        going = {step.name for step in preview.steps}

        def work(monitor: Any) -> None:
            for entry in monitor.leftovers():
                if entry.name in going or is_whole:
                    monitor.remove(entry)

        return change_stack(preview.stack, None, store, cloud, work, told, going)

    return take_down(destruction, approved, take, on_step)


def take_down(destruction: Destruction, approved: str | None, take: Take, on_step: OnStep) -> Summary:
    """Take one stack after another, up to the first that fails. Raises RefusedError without the right digest."""
    demand_approval(destruction.previews, approved)
    counts: Counter[Action] = Counter()
    errors: list[str] = []
    for preview in destruction.previews:
        going = {step.name for step in preview.steps}
        is_whole = not any(
            item.stack == preview.stack and item.name not in going for item in destruction.staying
        )
        try:
            done = take(preview, is_whole=is_whole, told=partial(on_step, preview.stack))
        except FailedError as error:
            errors.append(str(error))
            continue
        counts.update(done.counts)
        errors += done.errors
        if done.errors:
            errors += _not_tried(destruction, preview)
            break
    return Summary(counts, 0, 0, tuple(errors), {})


def _not_tried(destruction: Destruction, failed: Preview) -> Iterator[str]:
    """Stacks after a failed one stay: it may still need them."""
    later = destruction.previews[destruction.previews.index(failed) + 1 :]
    return (f"{preview.stack}: not tried, since {failed.stack} is not gone" for preview in later)
