from __future__ import annotations

import pathlib

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.example import Baseline
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.load import DOMAINS
from egov_infra.policy.policies import Policies

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "policies"
RULES = sorted(
    f"{path.parent.name}-{path.stem}" for domain in DOMAINS for path in (FOLDER / domain).glob("*.yaml")
)

TIMES = {"milliseconds", "seconds", "second", "minutes", "hour", "hours", "days"}
COUNTED = {
    "bits",
    "characters",
    "choices",
    "containers",
    "exchangers",
    "groups",
    "levels",
    "mailboxes",
    "persons",
    "subnets",
}
UNITS = TIMES | COUNTED | {"percent"}


@pytest.fixture(scope="module")
def baseline(source: EstateSource, context: PlanContext) -> Baseline:
    """ERB in the sample estate."""
    return Baseline(source, "erb", context)


@pytest.mark.parametrize("name", RULES)
def test_rule_says_what_its_examples_say(name: str, policies: Policies, baseline: Baseline) -> None:
    """Each passing example passes; each failing one fails, with a message in which every value is known."""
    rule = next(rule for rule in policies.rules if rule.id == name)
    outcomes = list(baseline.outcomes(rule))
    wrong = [(outcome.expected, outcome.verdict, outcome.patch) for outcome in outcomes if not outcome.holds]
    assert wrong == []
    findings = [
        finding for outcome in outcomes if outcome.expected is Verdict.FAIL for finding in outcome.findings
    ]
    assert findings
    assert [
        finding.message for finding in findings if "{subject" in finding.message or not finding.message
    ] == []


def test_every_rule_looked_at_the_sample_estate(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """No rule is idle: green means looked at; and the sample estate passes."""
    judgement = judge_estate(source, policies, context)
    assert judgement.idle == ()
    unlooked = {rule.id for rule in policies.rules if not judgement.evaluated.get(rule.id)}
    assert unlooked <= {rule.id for rule in policies.rules if rule.metadata.may_be_idle}
    assert [finding.message for finding in judgement.findings if finding.verdict is not Verdict.WAIVED] == []


def test_every_rule_with_parameters_has_an_example_that_sets_one(policies: Policies) -> None:
    """A parameter that changes no verdict would be none."""
    unset = [
        rule.id
        for rule in policies.rules
        if rule.metadata.parameters
        and not any(
            "parameters" in patch for patch in (*rule.metadata.examples.pass_, *rule.metadata.examples.fail)
        )
    ]
    assert unset == []


def test_every_number_says_its_unit_in_its_name(policies: Policies) -> None:
    """The last word of the parameter is what it counts."""
    numbers = {
        f"{rule.id} {name}"
        for rule in policies.rules
        for name, one in rule.metadata.parameters.items()
        if one.type in ("integer", "number") and name.rpartition("_")[2] not in UNITS
    }
    assert numbers == set()


def test_no_two_rules_say_the_same(policies: Policies) -> None:
    """Titles and messages are each rule's own."""
    titles = [rule.metadata.title for rule in policies.rules]
    assert len(set(titles)) == len(titles)
