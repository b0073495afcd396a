from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource, adopt
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Ref
from egov_infra.policy.example import merge
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement
from egov_infra.policy.policies import Policies
from egov_infra.policy.subject import Planned
from egov_infra.source.diagnostic import Place


@pytest.fixture
def erb(source: EstateSource) -> Institution:
    """ERB as the sample estate has it."""
    return source.read("erb").institution


def _judge(
    source: EstateSource, policies: Policies, context: PlanContext, *institutions: Institution
) -> Judgement:
    judge = Judge(source, policies, context)
    for institution in institutions:
        judge.institution(adopt(institution, source.estate, source.slugs))
    return judge.finish(is_whole=False)


def _changed(institution: Institution, patch: dict[str, Any]) -> Institution:
    return Institution.model_validate(merge(institution.model_dump(by_alias=True), patch))


def test_whole_finding_of_a_weak_dmarc_policy(
    source: EstateSource, policies: Policies, context: PlanContext, erb: Institution
) -> None:
    """A finding says who, what, where, why, and what to do, with the values that the rule read."""
    weak = _changed(erb, {"domains": {"0": {"mail": {"dmarc": {"policy": "none"}}}}})
    judgement = _judge(source, policies, context, weak)
    found = [finding for finding in judgement.findings if finding.rule == "mail-dmarc-not-enforced"]
    assert found == [
        Finding(
            rule="mail-dmarc-not-enforced",
            severity="critical",
            verdict=Verdict.FAIL,
            institution="erb",
            subject="domains/erb.go.tz",
            place=Place("<python>:erb/domains/0/mail"),
            resource=None,
            message="erb.go.tz: receivers apply DMARC policy none, expected reject",
            fix="set domains[].mail.dmarc.policy to reject, or give rollout a stage and an end within 366 days",
            values={
                "subject.dmarc.effective_policy": "none",
                "subject.dmarc.rollout": "absent",
                "subject.dmarc.rollout.stage": "absent",
                "subject.dmarc.policy": "none",
                "days_until(subject.dmarc.rollout.ends_on)": "absent",
            },
            controls={"nist-800-53-r5": ("SI-8",), "scuba": ("GWS.GMAIL.4.2v1", "MS.EXO.4.2v1")},
            reference=("RFC 9989 section 4.7", "BOD 18-01"),
        )
    ]
    assert decide(judgement).exit_code == 1


def test_fingerprint_stays_when_lists_are_reordered(
    source: EstateSource, policies: Policies, context: PlanContext, erb: Institution
) -> None:
    """Position in a list and everything unrelated leave a finding what it was; its values are its own."""
    weak = _changed(erb, {"tenancy": {"buckets": {"0": {"locked": False}}}})
    reordered = _changed(
        weak,
        {
            "tenancy": {"buckets": list(reversed(weak.model_dump(by_alias=True)["tenancy"]["buckets"]))},
            "institution": {"contacts": {"technical": "new@erb.go.tz"}},
        },
    )
    one, other = (
        {
            finding.fingerprint: finding.values_digest
            for finding in _judge(source, policies, context, item).findings
        }
        for item in (weak, reordered)
    )
    assert one == other
    assert len(one) == 1


def test_claim_of_another_institutions_keyword_is_found(
    source: EstateSource, policies: Policies, context: PlanContext, erb: Institution
) -> None:
    """Two claims of one keyword are one finding with both places, whatever the writing."""
    rival = _changed(
        source.read("psptb").institution,
        {
            "gateway": {
                "sms": [{"short_code": "15200", "keyword": "ERB", "match": "only-word", "target": "inbox"}]
            }
        },
    )
    judgement = _judge(source, policies, context, erb, rival)
    found = [finding for finding in judgement.findings if finding.rule == "gateway-keyword-claimed-twice"]
    assert [(finding.subject, finding.message) for finding in found] == [
        (
            "keyword/15200#erb",
            (
                "keyword 15200#erb is claimed by erb, psptb: "
                "<python>:erb/gateway/sms/0/keyword, <python>:psptb/gateway/sms/0/keyword"
            ),
        )
    ]
    assert decide(judgement).exit_code == 1


def _with_input(stack: StackPlan, type_end: str, **inputs: Any) -> StackPlan:
    return replace(
        stack,
        resources=tuple(
            replace(item, inputs={**item.inputs, **inputs}) if item.type.endswith(type_end) else item
            for item in stack.resources
        ),
    )


@pytest.mark.parametrize("order", [1, -1])
def test_unknown_hides_no_other_finding(
    source: EstateSource, policies: Policies, context: PlanContext, order: int
) -> None:
    """A key of unknown policy is undecided (exit 3); a bad key beside it is found all the same, in either order."""
    loaded = source.read("erb")
    (stack,) = (item for item in plan_institution(loaded.institution, context) if item.name == "erb.domain")
    key = next(item for item in stack.resources if item.type.endswith(":Key"))
    zone = next(item for item in stack.resources if item.type.endswith(":Zone"))
    unknown = replace(key, name="unknown", inputs={**key.inputs, "policy": Ref(zone.name, "arn")})
    bad = replace(
        key,
        name="bad",
        inputs={**key.inputs, "policy": {"Statement": ({"Effect": "Allow", "Principal": "*"},)}},
    )

    def verdicts(*resources: Any) -> tuple[dict[str, Verdict], int]:
        judge = Judge(source, policies, context)
        planned = replace(stack, resources=(*stack.resources, *resources))
        judge.planned(Planned(loaded, (planned,), context))
        judgement = judge.finish(is_whole=False)
        found = {
            str(finding.resource): finding.verdict
            for finding in judgement.findings
            if finding.rule == "tenancy-key-open"
        }
        return found, decide(judgement).exit_code

    undecided = {"erb.domain/unknown": Verdict.UNKNOWN}
    assert verdicts(unknown) == (undecided, 3)
    both = (unknown, bad)[::order]
    assert verdicts(*both) == ({**undecided, "erb.domain/bad": Verdict.FAIL}, 1)


def test_sample_institution_passes(
    source: EstateSource, policies: Policies, context: PlanContext, erb: Institution
) -> None:
    """ERB as committed has no finding, and every verdict is counted."""
    judgement = _judge(source, policies, context, erb)
    assert judgement.findings == ()
    assert set(judgement.counts) == set(Verdict)
    assert decide(judgement).is_open


def test_two_offices_with_one_number_are_a_finding_with_its_remedy(
    source: EstateSource, policies: Policies, context: PlanContext, erb: Institution
) -> None:
    """At the load balancer each has a number of its own; another one in the manifest is the remedy."""

    def found(number: int) -> list[tuple[str, str]]:
        offices = [_changed(erb, {"services": {"e_office": {"priority": 7}}})]
        other = source.read("psptb").institution
        given = {**erb.model_dump(by_alias=True)["services"]["e_office"], "priority": number}
        offices.append(_changed(other, {"services": {"e_office": given}}))
        judgement = _judge(source, policies, context, *offices)
        return [
            (one.message, one.fix)
            for one in judgement.findings
            if one.rule == "services-office-priority-claimed-twice"
        ]

    ((message, fix),) = found(7)
    at = "services/e_office/priority"
    assert message == (
        "number 7 at the load balancer is claimed by the e-offices of erb, psptb: "
        f"<python>:erb/{at}, <python>:psptb/{at}"
    )
    assert fix.startswith("set services.e_office.priority of the newer one to a number from 1 to 49999")
    assert found(8) == []


def test_rules_of_listeners_count_against_the_quota_of_the_load_balancer(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """81 of 100 in the account of the e-office are too many; 80 are not."""

    def found(rules: int) -> list[str]:
        judge = Judge(source, policies, context)
        judge.gathered.used["110000000004", "aws:lb/listenerRule:ListenerRule"] = rules
        judgement = judge.finish(is_whole=False)
        return [one.message for one in judgement.findings if one.rule == "estate-quota-exceeded"]

    assert found(81) == ["e-office account 110000000004: 81 of 100 elb-rules planned; at most 80 % may be"]
    assert found(80) == []
