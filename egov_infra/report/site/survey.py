"""Survey an estate: judge all of it once, and keep of each institution what its page shows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from egov_infra.manifest.figures import Figures, count
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judgement, judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.policy.standing import Standing, standings
from egov_infra.policy.waiver import Waiver
from egov_infra.report.portable import portable
from egov_infra.report.site.picture import Box, draw_stack
from egov_infra.source.diagnostic import Diagnostic, InputError


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An institution, or what all share: its planned stacks as a picture, and how often each rule gave each verdict."""

    slug: str
    institution: Institution | None
    """None for the platform."""
    stacks: tuple[Box, ...]
    verdicts: Mapping[tuple[str, Verdict], int]
    findings: tuple[Finding, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def resources(self) -> int:
        """Planned resources."""
        return sum(stack.count for stack in self.stacks)


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that the pages of an estate show."""

    estate: Estate
    today: datetime.date
    judgement: Judgement
    decision: Decision
    institutions: Mapping[str, Surveyed]
    platform: Surveyed
    standings: Mapping[str, Standing]
    figures: Mapping[str, Figures]
    """Periods that have begun, in order, with their figures."""

    @property
    def current(self) -> Figures:
        """Figures of the latest period."""
        return self.figures[max(self.figures)]


def survey(source: EstateSource, policies: Policies, context: PlanContext) -> Survey:
    """Judge an estate and keep what its pages show. Raises InputError as `judge_estate` does, and where no period has begun."""
    begun = sorted(name for name, days in source.estate.periods.items() if days.begins_on <= context.today)
    if not begun:
        message = f"no period of the estate has begun by {context.today}"
        raise InputError([Diagnostic(source.document.place(("periods",)), "period-missing", message)])
    drawn: dict[str, tuple[Institution | None, tuple[Box, ...]]] = {}

    def keep(loaded: LoadedInstitution | None, stacks: tuple[StackPlan, ...]) -> None:
        institution = loaded.institution if loaded is not None else None
        drawn[institution.slug if institution else PLATFORM] = institution, tuple(map(draw_stack, stacks))

    judgement = portable(judge_estate(source, policies, context, keep=keep, apart=True), source.folder)
    everyone = _completed(
        (
            Surveyed(slug, institution, boxes, _counted(judgement.apart[slug]))
            for slug, (institution, boxes) in drawn.items()
        ),
        judgement,
    )
    institutions = [item.institution for item in everyone if item.institution is not None]
    return Survey(
        estate=source.estate,
        today=context.today,
        judgement=judgement,
        decision=decide(judgement),
        institutions={item.slug: item for item in everyone if item.slug != PLATFORM},
        platform=everyone[0],
        standings=standings(judgement),
        figures={period: count(institutions, period) for period in begun},
    )


def _counted(verdicts: Mapping[tuple[str, Verdict], int]) -> Mapping[tuple[str, Verdict], int]:
    """What was decided."""
    return {key: times for key, times in verdicts.items() if key[1] is not Verdict.NOT_APPLICABLE}


def _completed(everyone: Iterable[Surveyed], judgement: Judgement) -> tuple[Surveyed, ...]:
    """Each with its findings and waivers, which are known only when all is judged."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in judgement.findings:
        findings[finding.institution].append(finding)
    waivers: defaultdict[str, list[Waiver]] = defaultdict(list)
    for waiver in judgement.policies.waivers.waivers:
        waivers[waiver.institution].append(waiver)
    return tuple(
        replace(item, findings=tuple(findings[item.slug]), waivers=tuple(waivers[item.slug]))
        for item in everyone
    )
