"""Where institutions stand with a rule: who passes, who does not, and to whom it does not apply."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import Judgement, judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import spans_institutions
from egov_infra.source.frozen import frozen


@frozen
class Standing:
    """Who passes a rule and who does not; slugs in order. Who has several subjects stands by the worst of them."""

    rule: Rule
    passes: tuple[str, ...]
    exempt: tuple[str, ...]
    """Who has subjects, and the rule applies to none of them."""
    findings: tuple[Finding, ...]
    counts: Mapping[Verdict, int]
    """Verdicts over all subjects."""

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Findings of a verdict."""
        return tuple(finding for finding in self.findings if finding.verdict is verdict)

    def institutions(self, verdict: Verdict) -> tuple[str, ...]:
        """Who stands so: of those with findings everyone who has such a finding, and none that blocks more."""
        if verdict is Verdict.PASS:
            return self.passes
        if verdict is Verdict.NOT_APPLICABLE:
            return self.exempt
        worse = {
            finding.institution
            for one in _WORST_FIRST[: _WORST_FIRST.index(verdict)]
            for finding in self.of(one)
        }
        return tuple(sorted({finding.institution for finding in self.of(verdict)} - worse))

    @property
    def spans(self) -> bool:
        """Whether its subjects span institutions, so that what passes bears nobody's name."""
        return spans_institutions(self.rule.kind)

    @property
    def is_of_institutions(self) -> bool:
        """Whether each institution may have subjects of its own."""
        kind = self.rule.kind
        return kind.find is not None or (kind.shared is None and not self.spans)


_WORST_FIRST = (Verdict.ERROR, Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED)


def standings(judgement: Judgement) -> Mapping[str, Standing]:
    """Each rule with where institutions stand, from a judgement that counted them apart."""
    owners: defaultdict[tuple[str, Verdict], list[str]] = defaultdict(list)
    exempt: Counter[str] = Counter()
    for owner, verdicts in sorted(judgement.apart.items()):
        for (name, verdict), times in verdicts.items():
            owners[name, verdict].append(owner)
            exempt[name] += times if verdict is Verdict.NOT_APPLICABLE else 0
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in judgement.findings:
        findings[finding.rule].append(finding)
    found = {}
    for rule in judgement.policies.rules:
        of_rule = tuple(findings[rule.id])
        counts = Counter(finding.verdict for finding in of_rule)
        counts[Verdict.PASS] = judgement.evaluated.get(rule.id, 0) - counts.total()
        counts[Verdict.NOT_APPLICABLE] = exempt[rule.id]
        failing = {finding.institution for finding in of_rule}
        passes = tuple(slug for slug in owners[rule.id, Verdict.PASS] if slug not in failing)
        decided = failing.union(passes)
        others = tuple(slug for slug in owners[rule.id, Verdict.NOT_APPLICABLE] if slug not in decided)
        found[rule.id] = Standing(rule, passes, others, of_rule, counts)
    return found


def standing_of(rule: Rule, source: EstateSource, policies: Policies, context: PlanContext) -> Standing:
    """Where institutions stand with one rule, also with one that the profile leaves out. Raises InputError as `judge_estate`."""
    alone = replace(policies, rules=(rule,), unselected=())
    return standings(judge_estate(source, alone, context, apart=True))[rule.id]
