"""Survey an estate: judge all of it once, and keep of each institution what its page shows."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from egov_infra.manifest.figures import Figures, count
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.addresses import LOCK_FILE, Lock, check_lock
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.policy.evaluation import Tally
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.gathered import Gathered
from egov_infra.policy.judge import Judge, Judgement, Policies
from egov_infra.policy.rule import Rule
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
class Standing:
    """Who passes a rule and who does not; slugs in order. Who has several subjects stands by the worst of them."""

    rule: Rule
    passes: tuple[str, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[Verdict, int]
    """Verdicts over all subjects."""

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Findings of a verdict."""
        return tuple(finding for finding in self.findings if finding.verdict is verdict)


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
    judge = Judge(source, policies, context)
    whole = judge.gathered
    platform = _surveyed(judge, whole, None)
    members = [_surveyed(judge, whole, loaded) for loaded in source.institutions()]
    faults = check_lock(whole.wanted, Lock(context.addresses), str(source.folder / LOCK_FILE))
    if faults:
        raise InputError(faults)
    judge.gathered = whole
    judgement = portable(judge.finish(is_whole=True), source.folder)
    everyone = _completed((platform, *members), judgement)
    institutions = [item.institution for item in members if item.institution is not None]
    return Survey(
        estate=source.estate,
        today=context.today,
        judgement=judgement,
        decision=decide(judgement),
        institutions={item.slug: item for item in everyone if item.slug != PLATFORM},
        platform=everyone[0],
        standings=_standings(judgement, everyone),
        figures={period: count(institutions, period) for period in begun},
    )


def _surveyed(judge: Judge, whole: Gathered, loaded: LoadedInstitution | None) -> Surveyed:
    """Judge an institution, or the platform, and count its verdicts apart: only so can it be told whose they are."""
    judge.gathered = Gathered(Tally(watched=whole.tally.watched))
    stacks = judge.platform() if loaded is None else judge.institution(loaded)
    verdicts = judge.gathered.tally.verdicts()
    whole.add(judge.gathered)
    return Surveyed(
        loaded.institution.slug if loaded else PLATFORM,
        loaded.institution if loaded else None,
        tuple(map(draw_stack, stacks)),
        {key: times for key, times in verdicts.items() if key[1] is not Verdict.NOT_APPLICABLE},
    )


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


def _standings(judgement: Judgement, everyone: Iterable[Surveyed]) -> Mapping[str, Standing]:
    """Each rule with who passes it. What spans institutions has findings and a count of what passes, and nobody's name."""
    passing: defaultdict[str, list[str]] = defaultdict(list)
    for item in everyone:
        for name, verdict in item.verdicts:
            if verdict is Verdict.PASS:
                passing[name].append(item.slug)
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in judgement.findings:
        findings[finding.rule].append(finding)
    standings = {}
    for rule in judgement.policies.rules:
        found = tuple(findings[rule.id])
        counts = Counter(finding.verdict for finding in found)
        counts[Verdict.PASS] = judgement.evaluated.get(rule.id, 0) - counts.total()
        failing = {finding.institution for finding in found}
        passes = tuple(slug for slug in passing[rule.id] if slug not in failing)
        standings[rule.id] = Standing(rule, passes, found, counts)
    return standings
