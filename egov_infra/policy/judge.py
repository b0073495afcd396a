"""Judge an estate: each institution is read, planned, judged and dropped; claims and quotas are judged at the end.

`check`, `up`, the Pulumi program and audit all come here, so that verdicts are equal by construction.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from typing import Any, TypeAlias

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.addresses import LOCK_FILE, Lock, check_lock, wanted_by, wanted_by_platform
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import Outline, outline
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.evaluation import (
    Evaluation,
    RuleGroup,
    Tally,
    group,
    judge_closely,
    judge_plainly,
    judge_subject,
)
from egov_infra.policy.finding import EndingWaiver, Finding, Verdict, WaiverFault
from egov_infra.policy.gathered import Gathered
from egov_infra.policy.graph import Context, Graph
from egov_infra.policy.policies import Policies
from egov_infra.policy.shares import split, work
from egov_infra.policy.subject import InstitutionFacts, Kind, Planned, Subject
from egov_infra.policy.subjects.account import find_account
from egov_infra.policy.subjects.claim import Claim, claims
from egov_infra.policy.subjects.planned_resource import is_taggable
from egov_infra.policy.subjects.quota import DEFAULTS, Quota
from egov_infra.policy.waiving import apply_waivers
from egov_infra.source.diagnostic import InputError, Path, Place
from egov_infra.source.frozen import frozen

Keep: TypeAlias = Callable[[LoadedInstitution | None, tuple[StackPlan, ...]], None]
"""Is handed an institution, or None for the platform, with its stacks."""

PLATFORM_FACTS = InstitutionFacts(PLATFORM, "agency", "active", "internal", "T0")


def shared_variables(kind: Kind, subject: Subject) -> Sequence[Any]:
    """What rules of a kind read of a subject that institutions share."""
    return (subject.value, PLATFORM_FACTS) if kind.find is not None else (subject.value,)


@frozen
class Judgement:
    """What was judged, and what came out. `findings` hold everything but pass and not-applicable."""

    today: datetime.date
    policies: Policies
    institutions: int
    stacks: int
    resources: int
    counts: Mapping[Verdict, int]
    evaluated: Mapping[str, int]
    """Rule to how many subjects it decided on."""
    findings: tuple[Finding, ...]
    waiver_faults: tuple[WaiverFault, ...]
    is_whole: bool
    """Whether the whole estate is shown: only then a rule that met no subject is idle."""
    digests: Mapping[str, str]
    """Institution to the SHA-256 of its manifest."""
    ending_waivers: tuple[EndingWaiver, ...] = ()
    """Waivers in force that end soon; they block nothing yet."""
    outlines: tuple[Outline, ...] = ()
    """Every stack in short, where that was asked for."""
    apart: Mapping[str, Mapping[tuple[str, Verdict], int]] = field(default_factory=dict)
    """Institution, or the platform, to how often each rule gave each verdict, where that was asked for.

    Waivers do not show in it, and what spans institutions is nobody's.
    """
    evaluations: tuple[Evaluation, ...] = ()
    """Every subject that was evaluated, where that was asked for, also where there is no finding."""

    @property
    def idle(self) -> tuple[str, ...]:
        """Rules that met no subject in the whole estate, and do not say why they may."""
        if not self.is_whole:
            return ()
        return tuple(
            rule.id
            for rule in self.policies.rules
            if not self.evaluated.get(rule.id) and rule.metadata.may_be_idle is None
        )


class Judge:
    """Takes institutions one after another, keeps what is needed at the end, and gives the judgement."""

    def __init__(
        self,
        source: EstateSource,
        policies: Policies,
        context: PlanContext,
        *,
        outlined: bool = False,
        apart: bool = False,
        named: bool = False,
        watched: Mapping[str, RuleGroup] | None = None,
    ) -> None:
        """`outlined`: the judgement is to hold every stack in short. `apart`: verdicts are counted for each owner, too.

        `named`: the judgement is to hold every evaluation. `watched`: kind to what looks on in place of rules.
        """
        self._outlined = outlined
        self._is_apart = apart
        self._source = source
        self._policies = policies
        self.context = context
        self._rules = group(policies.rules) if watched is None else watched
        waived = frozenset(waiver.rule for waiver in policies.waivers.waivers)
        self.gathered = Gathered(Tally(watched=waived, evaluations=[] if named else None))
        self._evaluation = Context(context.today)
        self._places: dict[str, Callable[[Path], Place]] = {}

    def platform(self) -> tuple[StackPlan, ...]:
        """Plan and judge what institutions share; gives the stacks."""
        stacks = plan_platform(self.context)
        self.gathered.wanted |= wanted_by_platform(self.context.estate)
        with self._counted(PLATFORM):
            self.shared(stacks)
        return stacks

    def shared(self, stacks: Iterable[StackPlan]) -> None:
        """Judge what institutions share, once: the estate itself, and stacks that are planned already, perhaps patched."""
        place, planned = self._source.document.place, tuple(stacks)
        for rules in self._rules.values():
            kind = rules.kind
            for subject in kind.shared(self.context, planned) if kind.shared is not None else ():
                self._subject(rules, subject, shared_variables(kind, subject), PLATFORM, place)
        for stack in planned:
            self.stack(stack, PLATFORM, PLATFORM_FACTS, place)

    def institution(self, loaded: LoadedInstitution) -> tuple[StackPlan, ...]:
        """Plan and judge an institution; gives its stacks."""
        stacks = plan_institution(loaded.institution, self.context)
        with self._counted(loaded.institution.slug):
            self.planned(Planned(loaded, stacks, self.context))
        return stacks

    @contextmanager
    def _counted(self, owner: str) -> Iterator[None]:
        """Count the verdicts that are given meanwhile apart, as well, if that is asked for."""
        if not self._is_apart:
            yield
            return
        whole = self.gathered.tally
        self.gathered.tally = whole.sibling()
        yield
        self.gathered.apart[owner] = self.gathered.tally.verdicts()
        whole.add(self.gathered.tally)
        self.gathered.tally = whole

    def planned(self, planned: Planned) -> None:
        """Judge an institution whose stacks are planned already, perhaps patched."""
        loaded = planned.loaded
        slug = loaded.institution.slug
        self._places[slug] = loaded.place
        self.gathered.digests[slug] = loaded.digest
        self.gathered.wanted |= wanted_by((loaded.institution,))
        facts = planned.facts()
        for rules in self._rules.values():
            find = rules.kind.find
            if find is None:
                continue
            for subject in find(planned):
                self._subject(rules, subject, (subject.value, facts), slug, loaded.place)
        for stack in planned.stacks:
            self.stack(stack, slug, facts, loaded.place)
        for namespace, key, path in claims(loaded):
            self.gathered.claims[namespace, key].append((slug, path))

    def stack(
        self, stack: StackPlan, owner: str, facts: InstitutionFacts, place: Callable[[Path], Place]
    ) -> None:
        """Judge the planned resources of a stack, and the account whose own stack it is."""
        gathered = self.gathered
        gathered.stacks += 1
        gathered.resources += len(stack.resources)
        if self._outlined:
            gathered.outlines.append(outline(stack))
        accounts = self._rules.get("account")
        account = find_account(stack, self.context.estate) if accounts is not None else None
        if accounts is not None and account is not None:
            self._subject(accounts, account, (account.value,), owner, place)
        graph = self._evaluation.graph = Graph(stack)
        every = self._rules.get("planned_resource")
        regions = tuple(self.context.estate.regions)
        self._evaluation.owner = owner
        for token, resources in graph.by_type.items():
            rules, has_tags = self._rules.get(token), is_taggable(token)
            for resource in resources:
                gathered.used[resource.account, token] += 1
                if rules is not None:
                    self._resource(rules, resource, (resource.inputs, resource, facts), owner, place)
                if every is not None:
                    self._resource(every, resource, (resource, facts, regions, has_tags), owner, place)
        self._evaluation.graph = None

    def _resource(
        self,
        rules: RuleGroup,
        resource: PlannedResource,
        variables: Sequence[Any],
        owner: str,
        place: Callable[[Path], Place],
    ) -> None:
        """Judge a planned resource; it is named only where there is something to say."""
        tally = self.gathered.tally
        answers = judge_plainly(rules, variables, self._evaluation, tally)
        if answers is not None:
            subject = Subject(resource.inputs, f"{resource.stack}/{resource.name}", resource.path, resource)
            judge_closely(rules, answers, subject, variables, self._evaluation, owner, place, tally)

    def _subject(
        self,
        rules: RuleGroup,
        subject: Subject,
        variables: Sequence[Any],
        owner: str,
        place: Callable[[Path], Place],
    ) -> None:
        judge_subject(rules, subject, variables, self._evaluation, owner, place, self.gathered.tally)

    def finish(
        self, *, is_whole: bool, shown: Collection[str] | None = None, complete: Collection[str] | None = None
    ) -> Judgement:
        """Judge what spans institutions, apply waivers, and give the judgement.

        `shown` narrows the findings to those of some institutions; everything was judged all the same. `complete` are
        the institutions of which nothing was left out, all that were judged by default: a waiver of another one is not
        said to match nothing.
        """
        self._judge_claims()
        self._judge_quotas()
        gathered, tally = self.gathered, self.gathered.tally
        complete = gathered.digests if complete is None else complete
        waived = apply_waivers(
            self._policies.waivers,
            tally.findings,
            tally.met,
            self._policies.terms(self._source, self.context.today),
            None if is_whole else frozenset(complete),
        )
        findings, ending = waived.findings, waived.ending
        given = tally.counts()
        counts = {verdict: given[verdict] for verdict in Verdict}
        counts[Verdict.WAIVED] = sum(finding.verdict is Verdict.WAIVED for finding in findings)
        counts[Verdict.FAIL] -= counts[Verdict.WAIVED]
        if shown is not None:
            findings = tuple(finding for finding in findings if _concerns(finding, shown))
            ending = tuple(waiver for waiver in ending if waiver.institution in shown)
        evaluations = tuple(
            item for item in tally.evaluations or () if shown is None or item.institution in shown
        )
        return Judgement(
            today=self.context.today,
            policies=self._policies,
            institutions=len(gathered.digests),
            stacks=gathered.stacks,
            resources=gathered.resources,
            counts=counts,
            evaluated=tally.evaluated(),
            findings=tuple(sorted(findings, key=lambda item: (item.place, item.rule, item.subject))),
            waiver_faults=waived.faults,
            is_whole=is_whole and shown is None,
            digests=dict(gathered.digests),
            ending_waivers=ending,
            outlines=tuple(gathered.outlines),
            apart=gathered.apart,
            evaluations=evaluations,
        )

    def _judge_claims(self) -> None:
        rules = self._rules.get("claim")
        if rules is None:
            return
        for (namespace, key), claimants in sorted(self.gathered.claims.items(), key=lambda item: item[0]):
            owners = tuple(sorted({owner for owner, _ in claimants}))
            several = len(claimants) > 1
            places = tuple(str(self._place(*claimant)) for claimant in claimants) if several else ()
            claim = Claim(namespace, key, owners, places)
            owner, path = claimants[-1]
            subject = Subject(claim, f"{namespace}/{key}", path)
            self._subject(rules, subject, (claim,), owner, partial(self._place, owner))

    def _place(self, slug: str, path: Path) -> Place:
        """Where a value of a manifest stands, also of one that another process has judged."""
        return self._places[slug](path) if slug in self._places else self._source.place(slug, path)

    def _judge_quotas(self) -> None:
        rules = self._rules.get("quota")
        if rules is None:
            return
        estate, document = self._source.estate, self._source.document
        shared = {account.account: (role, account) for role, account in estate.accounts.items()}
        for name, (token, default) in DEFAULTS.items():
            for (account, kind), used in sorted(self.gathered.used.items()):
                if kind != token:
                    continue
                role, holder = shared.get(account, ("tenancy", None))
                granted = holder.quotas[name].value if holder and name in holder.quotas else default
                quota = Quota(name, account, role, used, granted)
                path = ("accounts", role, "quotas", name)
                self._subject(
                    rules,
                    Subject(quota, f"{role}/{account}/{name}", path),
                    (quota,),
                    PLATFORM,
                    document.place,
                )


def _concerns(finding: Finding, shown: Collection[str]) -> bool:
    """Whether a finding is of one of these institutions, or of a claim that one of them makes."""
    if finding.institution in shown:
        return True
    owners = finding.values.get("subject.owners", "")
    return any(owner in shown for owner in owners.split(", "))


def judge_estate(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    shown: Collection[str] | None = None,
    keep: Keep | None = None,
    *,
    outlined: bool = False,
    apart: bool = False,
    named: bool = False,
) -> Judgement:
    """Judge a whole estate; `shown` narrows the findings, `keep` is handed each institution with its stacks.

    With `outlined` the judgement holds every stack in short, which costs no memory to speak of; with `apart` it holds
    the verdicts of each institution, with `named` every evaluation.

    The platform's stacks come first, with None. Raises InputError with all unreadable manifests,
    or with everything in which the address lock does not fit them.
    """
    judge = Judge(source, policies, context, outlined=outlined, apart=apart, named=named)
    stacks = judge.platform()
    if keep is not None:
        keep(None, stacks)
    shares = split(source.slugs) if keep is None else [source.slugs]  # what is kept stays in this process

    def judge_share(slugs: Sequence[str]) -> Gathered:
        share = Judge(source, policies, context, outlined=outlined, apart=apart, named=named)
        try:
            for loaded in source.institutions(slugs):
                stacks = share.institution(loaded)
                if keep is not None:
                    keep(loaded, stacks)
        except InputError as error:
            share.gathered.unreadable.extend(error.diagnostics)
        return share.gathered

    for gathered in work(shares, judge_share):
        judge.gathered.add(gathered)
    if judge.gathered.unreadable:
        raise InputError(judge.gathered.unreadable)
    faults = check_lock(judge.gathered.wanted, Lock(context.addresses), str(source.folder / LOCK_FILE))
    if faults:
        raise InputError(faults)
    return judge.finish(is_whole=True, shown=shown)
