"""The gate as Pulumi programs pass it: an estate with its policies gives judged plans, or refuses."""

from __future__ import annotations

import datetime
import pathlib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pulumi

from egov_infra.engine.error import RefusedError
from egov_infra.engine.refusal import render_refusal
from egov_infra.manifest.load import EstateSource, find_estate, open_estate
from egov_infra.model.institution import Institution
from egov_infra.plan.addresses import add_written, read_lock
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judgement, judge_estate
from egov_infra.policy.policies import Policies, load_policies

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
    def of(
        cls,
        estate: pathlib.Path | str,
        policies: pathlib.Path | None = None,
        *,
        institutions: Iterable[Institution] = (),
        addresses: Mapping[str, str] | None = None,
    ) -> Gate:
        """The gate of the estate in a folder, by default with the policies found for it. Raises InputError.

        `institutions` are written in Python; each stands in for a manifest of its slug, if there is one. `addresses`
        has the range of each of their environments, such as `{"erb/prod": "10.40.200.0/24"}`: a lock is for manifests.
        """
        source = open_estate(find_estate(pathlib.Path(estate))).with_written(*institutions)
        today = source.estate.today() or datetime.datetime.now(_TIME_ZONE).date()
        ranges = add_written(read_lock(source.folder), addresses or {})
        return cls(source, load_policies(source, policies), PlanContext(source.estate, today, ranges))

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
        """The plan of `<slug>.<part>` of an institution written in Python, judged within the estate. Raises as `admit`."""
        gate = replace(self, source=self.source.with_written(institution))
        return gate.admit(f"{institution.slug}.{part}")


def _open(stack: str, judgement: Judgement, planned: Mapping[str, StackPlan]) -> StackPlan:
    decision = decide(judgement)
    if not decision.is_open:
        raise GateShutError(render_refusal(stack, judgement, decision))
    for ending in judgement.ending_waivers:
        pulumi.log.warn(f"{ending.message} ({ending.place})")
    if stack not in planned:
        owner = f"{stack.partition('.')[0]}."
        known = ", ".join(sorted(name for name in planned if name.startswith(owner))) or "none of this owner"
        raise RefusedError(f"no stack {stack!r} is planned; there are: {known}")
    return planned[stack]
