"""Which stacks a person means, and in which order they are applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.builder import PlanError
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import stack_references
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.retirement import NOTHING, Retired
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.spelling import closest

_GROUND = f"{PLATFORM}.{PLATFORM}"
"""The stack of the platform's own account."""


@dataclass(frozen=True, slots=True)
class SelectedStack:
    """A stack to apply, with the institution that it serves; None for the platform."""

    plan: StackPlan
    loaded: LoadedInstitution | None
    retired: Retired = NOTHING
    """What may go though nobody declares it."""


def matches(selector: str, stack: str) -> bool:
    """Whether a selector means a stack: a slug, a stack's name, or a glob over either."""
    owner = stack.partition(".")[0]
    return fnmatchcase(stack, selector) or fnmatchcase(owner, selector)


def is_meant(stack: str, selectors: Sequence[str]) -> bool:
    """Whether any selector means a stack; no selector means all."""
    return not selectors or any(matches(selector, stack) for selector in selectors)


def with_platform(selectors: Iterable[str]) -> tuple[str, ...]:
    """Selectors and the platform, on which every stack stands: its log archive, its bus. No selector means all."""
    named = tuple(selectors)
    return (PLATFORM, *named) if named and PLATFORM not in named else named


def slugs_of(selectors: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Slugs that selectors may mean. Raises InputError for a selector that means none."""
    known = (*known, PLATFORM)
    found: set[str] = set()
    faults = []
    for selector in selectors:
        head = selector.partition(".")[0]
        meant = {slug for slug in known if fnmatchcase(slug, head)}
        if not meant:
            hint = closest(head, known)
            faults.append(
                Diagnostic(Place("<arguments>"), "selector-unknown", f"nothing is called {selector!r}", hint)
            )
        found |= meant
    if faults:
        raise InputError(faults)
    return frozenset(found)


def demand_stacks(selectors: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a selector that names a stack, or a glob over stacks, of which there is none. Raises InputError."""
    stacks = sorted(known)
    faults = [
        Diagnostic(
            Place("<arguments>"),
            "selector-unknown",
            f"no stack is called {selector!r}",
            closest(selector, stacks),
        )
        for selector in selectors
        if "." in selector and not any(matches(selector, stack) for stack in stacks)
    ]
    if faults:
        raise InputError(faults)


def stack_graph(plans: Iterable[StackPlan]) -> Mapping[str, frozenset[str]]:
    """Each stack with those of these stacks that it reads, or stands on without reading them.

    An institution's stands on the whole platform, and all of that on the platform's own account: its log archive takes
    every account's trail, its bus every finding.
    """
    by_name = {plan.name: plan for plan in plans}
    platform = frozenset(name for name in by_name if name.startswith(f"{PLATFORM}."))

    def ground(name: str) -> frozenset[str]:
        if name == _GROUND:
            return frozenset()
        return platform & {_GROUND} if name in platform else platform

    return {
        name: frozenset(reference.stack for reference in stack_references(plan)) & by_name.keys()
        | ground(name)
        for name, plan in by_name.items()
    }


def in_order(stacks: Sequence[SelectedStack]) -> tuple[SelectedStack, ...]:
    """Stacks so that each stands after those it reads; the platform first. Raises PlanError on a cycle."""
    by_name = {selected.plan.name: selected for selected in stacks}
    sorter = TopologicalSorter(stack_graph(selected.plan for selected in stacks))
    try:
        sorter.prepare()
    except CycleError as error:
        raise PlanError(f"stacks need each other: {' -> '.join(error.args[1])}") from None
    ordered: list[SelectedStack] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered.extend(by_name[name] for name in ready)
        sorter.done(*ready)
    return tuple(ordered)
