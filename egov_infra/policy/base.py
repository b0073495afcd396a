"""An estate and its policies as they were at a revision, judged as of the same day."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.plan.difference import StackDifference, changed_owners, differences
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import Outline
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import Judgement, judge_estate
from egov_infra.policy.locate import BUNDLED, places
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.policy.waiving import apply_waivers
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.revision import Revision, at_revision


@frozen
class Base:
    """What a change is compared with."""

    name: str
    """The revision as it was asked for."""
    commit: str
    """Forty hexadecimal digits."""
    policies: Policies
    """Those of the revision; where it had none those of the package, or the head's own."""
    judgement: Judgement
    """Its manifests by its policies."""
    of_head: Judgement
    """The head's manifests by its policies, on a day that the change cannot turn back."""
    plans: tuple[StackDifference, ...] | None = None
    """What the head plans otherwise, by stack; None where nobody asked."""
    excused: frozenset[str] = frozenset()
    """Findings of the head by its policies which a waiver of the head excuses by its policies and staff, by fingerprint."""

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:12]})"


def judge_base(
    name: str,
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    today_of: Callable[[EstateSource], datetime.date],
    named: pathlib.Path | None = None,
    profile: str | None = None,
    shown: Collection[str] | None = None,
    outlines: Sequence[Outline] | None = None,
) -> Base:
    """Judge the base of a head with this estate and these policies.

    `today_of` says what counts as today in an estate. Policies that were `named` and lie outside the repository judge the
    base, too; `profile` goes before that of the base's estate. With the `outlines` of the head's stacks the plans are
    compared, too: only where an outline differs is planned again.

    Raises InputError without revision, or without an estate there, and where it cannot be read.
    """
    paths = (source.folder, policies.folder, policies.folder.resolve(), *places(source.folder))
    with at_revision(name, paths) as revision, revision.faults():
        folder = revision.of(source.folder)
        if folder is None:
            message = f"revision {name!r} has no estate here"
            raise InputError([Diagnostic(Place(str(source.folder)), "revision", message)])
        there = open_estate(folder)
        theirs = load_policies(there, _policies_at(revision, source, policies, named), profile, is_past=True)
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
    today = max(context.today, today_of(there))
    of_head = judge_estate(source, theirs, replace(context, today=today), shown=shown)
    terms = replace(theirs.terms(source, today), estate=there.estate)
    by_head = apply_waivers(policies.waivers, of_head.findings, frozenset(), terms, frozenset())
    excused = frozenset(item.fingerprint for item in by_head.findings if item.verdict is Verdict.WAIVED)
    judgement = replace(judgement, findings=findings)
    return Base(name, revision.commit, theirs, judgement, of_head, plans, excused)


def _policies_at(
    revision: Revision, source: EstateSource, policies: Policies, named: pathlib.Path | None
) -> pathlib.Path:
    """The base's policies: not only where the head has its own, for a change may move these."""
    if named is not None and not revision.covers(named):
        return named
    for path in (*(() if named is None else (named,)), *places(source.folder)):
        found = revision.of(path) if revision.covers(path) else path
        if found is not None and (found / "profiles").is_dir():
            return found
    return BUNDLED if BUNDLED.is_dir() else policies.folder


def _planned(owner: str, source: EstateSource, context: PlanContext) -> tuple[StackPlan, ...]:
    """The stacks of an institution or the platform; none of one that is not there."""
    if owner == PLATFORM:
        return plan_platform(context)
    return plan_institution(source.read(owner).institution, context) if owner in source.slugs else ()
