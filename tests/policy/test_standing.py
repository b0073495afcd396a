from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule
from egov_infra.policy.standing import Standing, standing_of, standings


def _rule(policies: Policies, name: str) -> Rule:
    return next(rule for rule in policies.rules if rule.id == name)


@pytest.fixture
def small(estate_of: Callable[..., Path], context: PlanContext) -> tuple[EstateSource, PlanContext]:
    """Three institutions; ERB asks receivers for nothing."""
    folder = estate_of("erb", "mwtc", "tamisemi")
    path = folder / "institutions" / "erb.yaml"
    path.write_text(path.read_text().replace("dmarc: {policy: reject", "dmarc: {policy: none"))
    source = open_estate(folder)
    return source, replace(context, estate=source.estate, addresses=read_addresses(folder))


def test_counting_apart_changes_no_verdict(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """What is counted for each owner adds up to what is counted for all, but for what spans institutions."""
    apart = judge_estate(source, policies, context, apart=True)
    plain = judge_estate(source, policies, context)
    assert (apart.counts, apart.evaluated, apart.findings) == (plain.counts, plain.evaluated, plain.findings)
    assert (plain.apart, sorted(apart.apart)) == ({}, sorted((*source.slugs, "platform")))
    summed: Counter[str] = Counter()
    for verdicts in apart.apart.values():
        for (rule, verdict), times in verdicts.items():
            summed[rule] += times if verdict is not Verdict.NOT_APPLICABLE else 0
    spanning = {rule.id for rule in policies.rules if rule.kind.name in ("claim", "quota")}
    assert +summed == {name: times for name, times in plain.evaluated.items() if name not in spanning}


def test_institutions_stand_by_their_worst_subject(
    small: tuple[EstateSource, PlanContext], policies: Policies
) -> None:
    """One fails, the others pass; whoever a rule does not apply to is told apart from who has nothing."""
    found = standing_of(_rule(policies, "mail-dmarc-not-enforced"), small[0], policies, small[1])
    assert found.institutions(Verdict.FAIL) == ("erb",)
    assert found.institutions(Verdict.PASS) == found.passes == ("mwtc", "tamisemi")
    assert (found.counts[Verdict.FAIL], found.counts[Verdict.PASS]) == (1, 2)
    closed = standing_of(_rule(policies, "mail-closed-domain-open"), small[0], policies, small[1])
    assert closed.institutions(Verdict.NOT_APPLICABLE) == ("erb", "mwtc", "tamisemi")
    assert closed.counts[Verdict.NOT_APPLICABLE] == 3
    routes = standing_of(_rule(policies, "gateway-route-public"), small[0], policies, small[1])
    assert set(routes.passes) == {"erb"}


def test_waived_finding_is_no_failure(small: tuple[EstateSource, PlanContext], policies: Policies) -> None:
    """It stands apart, unless the institution fails elsewhere."""
    found = standing_of(_rule(policies, "mail-dmarc-not-enforced"), small[0], policies, small[1])
    waived = replace(found, findings=tuple(replace(one, verdict=Verdict.WAIVED) for one in found.findings))
    assert (waived.institutions(Verdict.WAIVED), waived.institutions(Verdict.FAIL)) == (("erb",), ())
    both = replace(found, findings=(*found.findings, *waived.findings))
    assert (both.institutions(Verdict.WAIVED), both.institutions(Verdict.FAIL)) == ((), ("erb",))


@pytest.mark.parametrize(
    ("name", "spans", "of_institutions"),
    [
        ("mail-domain-claimed-twice", True, False),
        ("estate-quota-exceeded", True, False),
        ("services-desk-uncovered", False, False),
        ("tenancy-bucket-public", False, True),
        ("mail-zone-unsigned", False, True),
        ("tenancy-account-open", False, True),
    ],
)
def test_rule_is_of_institutions_or_spans_them(
    name: str, spans: bool, of_institutions: bool, policies: Policies
) -> None:
    """A claim is nobody's; the desk is the platform's."""
    found = Standing(_rule(policies, name), (), (), (), {})
    assert (found.spans, found.is_of_institutions) == (spans, of_institutions)


def test_every_rule_stands_somewhere(source: EstateSource, policies: Policies, context: PlanContext) -> None:
    """The whole sample estate: no rule is lost."""
    found = standings(judge_estate(source, policies, context, apart=True))
    assert list(found) == [rule.id for rule in policies.rules]
    looked = {name for name, one in found.items() if one.passes or one.findings or one.spans}
    assert {rule.id for rule in policies.rules if not rule.metadata.may_be_idle} <= looked
