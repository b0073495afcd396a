"""The gate as Pulumi programs pass it: an estate with its policies gives judged plans, or refuses."""

from __future__ import annotations

import datetime
import pathlib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from egov_infra.engine.error import RefusedError
from egov_infra.engine.refusal import render_refusal
from egov_infra.manifest.load import EstateSource, adopt, find_estate, open_estate
from egov_infra.model.institution import Institution
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement, Policies, judge_estate, load_policies

_TIME_ZONE = zoneinfo.ZoneInfo("Africa/Dar_es_Salaam")


class GateShutError(pulumi.RunError, RefusedError):
    """The policies refuse what is planned. The text lists every finding."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What judges a plan before anything is registered."""

    source: EstateSource
    policies: Policies
    context: PlanContext

    @classmethod
    def of(cls, estate: pathlib.Path, policies: pathlib.Path | None = None) -> Gate:
        """The gate of the estate in a folder, by default with the policies found for it. Raises InputError."""
        source = open_estate(find_estate(estate))
        today = source.estate.today() or datetime.datetime.now(_TIME_ZONE).date()
        context = PlanContext(source.estate, today, read_addresses(source.folder))
        return cls(source, load_policies(source, policies), context)

    def admit(self, stack: str) -> StackPlan:
        """The plan of a stack of the estate. Raises GateShutError, RefusedError without such a stack, InputError.

        The whole estate is judged, since institutions can get in each other's way; findings of others do not block.
        """
        planned: dict[str, StackPlan] = {}
        judgement = judge_estate(
            self.source,
            self.policies,
            self.context,
            shown=(stack.partition(".")[0],),
            keep=lambda _loaded, stacks: planned.update({plan.name: plan for plan in stacks}),
        )
        return _open(stack, judgement, planned)

    def admit_written(self, institution: Institution, part: str) -> StackPlan:
        """The plan of `<slug>.<part>` of an institution written in Python, judged by itself. Raises as `admit`."""
        loaded = adopt(institution, self.source.estate, self.source.slugs)
        judge = Judge(self.source, self.policies, self.context)
        stacks = judge.institution(loaded)
        judgement = judge.finish(is_whole=False)
        return _open(f"{institution.slug}.{part}", judgement, {plan.name: plan for plan in stacks})


def _open(stack: str, judgement: Judgement, planned: Mapping[str, StackPlan]) -> StackPlan:
    decision = decide(judgement)
    if not decision.is_open:
        raise GateShutError(render_refusal(stack, judgement, decision))
    if stack not in planned:
        owner = f"{stack.partition('.')[0]}."
        known = ", ".join(sorted(name for name in planned if name.startswith(owner))) or "none of this owner"
        raise RefusedError(f"no stack {stack!r} is planned; there are: {known}")
    return planned[stack]
