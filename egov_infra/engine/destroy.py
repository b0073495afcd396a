"""Take down stacks, as far as the state of their institution permits, and say what stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from typing import Any, Protocol

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Store
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.guard import demand_approval, review_digest
from egov_infra.engine.preview import Action, Preview, Step, preview_of
from egov_infra.engine.reads import usable_state
from egov_infra.engine.run import Applied, OnStep, States, Summary
from egov_infra.engine.selection import matches, slugs_of, stack_graph
from egov_infra.engine.staying import Staying, add_read, delayed, kept_of
from egov_infra.manifest.load import EstateSource
from egov_infra.model.institution import Identity
from egov_infra.plan.catalogue import from_wire
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution

Told = Callable[[Action, str, str], None]
"""Told of each finished step of a stack: action, type, logical name."""


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
    slugs = {stack.partition(".")[0] for stack in chosen}
    identities: dict[str, Identity] = {}
    plans: dict[str, StackPlan] = {}
    for slug in sorted(slugs & set(source.slugs)):
        institution = source.read(slug).institution
        identities[slug] = institution.institution
        plans |= {plan.name: plan for plan in plan_institution(institution, context)}
    refused = [*_not_permitted(chosen, identities)]
    if refused:
        raise RefusedError("\n".join(refused))
    readers_last = [*TopologicalSorter(stack_graph(tuple(plans.values()))).static_order()]
    theirs = [stack for stack in recorded if stack.partition(".")[0] in slugs]
    theirs.sort(key=lambda stack: -readers_last.index(stack) if stack in readers_last else 0)
    previews: list[Preview] = []
    staying: list[Staying] = []
    guarded: list[str] = []
    read: dict[str, dict[str, str]] = {}
    for stack in theirs:  # also those that stay: what they keep may need what goes
        checkpoint = usable_state(store, stack, cloud_id)
        is_draining = identities[stack.partition(".")[0]].state == "draining"
        kept = kept_of(checkpoint, read.get(stack, {})) if is_draining else {}
        add_read(read, kept, stack, plans)
        if stack not in chosen:
            continue
        previews.append(_preview(checkpoint, kept))
        staying += [Staying(stack, name, why) for name, why in {**kept, **delayed(checkpoint, kept)}.items()]
        guarded += _guarded(checkpoint, plans.get(stack), kept)
    if guarded:
        raise RefusedError("\n".join(guarded))
    return Destruction(tuple(previews), tuple(staying))


def _not_permitted(chosen: Iterable[str], identities: Mapping[str, Identity]) -> Iterator[str]:
    for stack in chosen:
        slug = stack.partition(".")[0]
        identity = identities.get(slug)
        if identity is None or not identity.is_leaving:
            state = identity.state if identity else "not in the estate"
            yield f"{stack}: {slug} is {state}: only what is draining or closed may be destroyed"


_GUARDS = (
    "deletion_protection",
    "deletion_protection_enabled",
    "enable_deletion_protection",
    "force_destroy",
)
"""Inputs that decide whether AWS deletes something that is in use or holds something."""


def _guarded(checkpoint: Checkpoint, plan: StackPlan | None, kept: Collection[str]) -> Iterator[str]:
    """What AWS would refuse to delete, and the plan lets go: half of the stack would be gone by then."""
    recorded = checkpoint.by_name()
    if plan is None:
        return
    for resource in plan.resources:
        entry = recorded.get(resource.name)
        if entry is None or resource.name in kept:
            continue
        inputs = from_wire(entry.type, entry.inputs)
        if any(inputs.get(guard) != resource.inputs.get(guard) for guard in _GUARDS):
            yield (
                f"{plan.name}: {resource.name} is still guarded against deletion: "
                f"`egov-infra up {plan.name}` lifts that first"
            )


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
