"""An estate and its policies as they were at a revision, judged as of the same day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.plan.difference import StackDifference, changed_owners, differences
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import Outline
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.judge import Judgement, Policies, judge_estate, load_policies
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.revision import at_revision


@frozen
class Base:
    """What a change is compared with."""

    name: str
    """The revision as it was asked for."""
    commit: str
    """Forty hexadecimal digits."""
    policies: Policies
    """Those of the revision; the head's own where it had none, or where they lie outside the repository."""
    judgement: Judgement
    """Its manifests by its policies."""
    of_head: Judgement
    """The head's manifests by its policies."""
    plans: tuple[StackDifference, ...] | None = None
    """What the head plans otherwise, by stack; None where nobody asked."""

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:12]})"


def judge_base(
    name: str,
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    profile: str | None = None,
    shown: Collection[str] | None = None,
    outlines: Sequence[Outline] | None = None,
) -> Base:
    """Judge the base of a head with this estate and these policies. `profile` goes before that of the base's estate.

    With the `outlines` of the head's stacks the plans are compared, too: only where an outline differs is planned again.

    Raises InputError without revision, or without an estate there, and where it cannot be read.
    """
    with at_revision(name, (source.folder, policies.folder)) as revision, revision.faults():
        folder = revision.of(source.folder)
        if folder is None:
            message = f"revision {name!r} has no estate here"
            raise InputError([Diagnostic(Place(str(source.folder)), "revision", message)])
        there = open_estate(folder)
        theirs = load_policies(there, revision.of(policies.folder) or policies.folder, profile, is_past=True)
        then = PlanContext(there.estate, context.today, read_addresses(there.folder))
        judgement = judge_estate(there, theirs, then, shown=shown, outlined=outlines is not None)
        plans = None
        if outlines is not None:
            owners = changed_owners(judgement.outlines, outlines)
            plans = tuple(
                difference
                for owner in owners
                if shown is None or owner in shown
                for difference in differences(_planned(owner, there, then), _planned(owner, source, context))
            )
        findings = tuple(replace(item, place=revision.named(item.place)) for item in judgement.findings)
    of_head = judge_estate(source, theirs, context, shown=shown)
    return Base(name, revision.commit, theirs, replace(judgement, findings=findings), of_head, plans)


def _planned(owner: str, source: EstateSource, context: PlanContext) -> tuple[StackPlan, ...]:
    """The stacks of an institution or the platform; none of one that is not there."""
    if owner == PLATFORM:
        return plan_platform(context)
    return plan_institution(source.read(owner).institution, context) if owner in source.slugs else ()
