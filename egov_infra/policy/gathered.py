"""What judging institutions leaves behind: plain data, so that shares of an estate may be judged apart and added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from egov_infra.plan.addresses import Wanted
from egov_infra.plan.outline import Outline
from egov_infra.policy.evaluation import Tally
from egov_infra.policy.finding import Verdict
from egov_infra.source.diagnostic import Diagnostic, Path


@dataclass(slots=True)
class Gathered:
    """Verdicts, and what only the whole estate can be judged by."""

    tally: Tally
    stacks: int = 0
    resources: int = 0
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Account and AWS type to how many resources are planned."""
    claims: defaultdict[tuple[str, str], list[tuple[str, Path]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Namespace and key to who claims it, and where in the manifest."""
    wanted: dict[str, Wanted] = field(default_factory=dict)
    """Environments that want a range."""
    digests: dict[str, str] = field(default_factory=dict)
    """Institution to the SHA-256 of its manifest."""
    outlines: list[Outline] = field(default_factory=list)
    """The planned stacks in short, where they are asked for."""
    apart: dict[str, Counter[tuple[str, Verdict]]] = field(default_factory=dict)
    """Owner to how often each rule gave each verdict on what is theirs, where that is asked for."""
    unreadable: list[Diagnostic] = field(default_factory=list)
    """What is wrong with manifests that are no institutions."""

    def add(self, later: Gathered) -> None:
        """Add what a later share of the institutions left."""
        self.tally.add(later.tally)
        self.stacks += later.stacks
        self.resources += later.resources
        self.used.update(later.used)
        for claim, claimants in later.claims.items():
            self.claims[claim].extend(claimants)
        self.wanted |= later.wanted
        self.digests |= later.digests
        self.outlines += later.outlines
        self.apart |= later.apart
        self.unreadable += later.unreadable
