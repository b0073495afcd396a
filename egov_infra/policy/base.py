"""An estate and its policies as they were at a revision, judged as of the same day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.judge import Judgement, Policies, judge_estate, load_policies
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.revision import at_revision


@dataclass(frozen=True, slots=True)
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

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:12]})"


def judge_base(
    name: str,
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    profile: str | None = None,
    shown: Collection[str] | None = None,
) -> Base:
    """Judge the base of a head with this estate and these policies. `profile` goes before that of the base's estate.

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
        judgement = judge_estate(there, theirs, then, shown=shown)
        findings = tuple(replace(item, place=revision.named(item.place)) for item in judgement.findings)
    of_head = judge_estate(source, theirs, context, shown=shown)
    return Base(name, revision.commit, theirs, replace(judgement, findings=findings), of_head)
