from __future__ import annotations

import datetime

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Ref
from egov_infra.policy.evaluation import RuleGroup
from egov_infra.policy.explain.formula import explain_formula
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.finding import Verdict
from egov_infra.policy.graph import Context
from egov_infra.policy.judge import Judge
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule, show
from egov_infra.policy.subject import InstitutionFacts, Planned, Subject

_SAID = {Verdict.PASS: "true", Verdict.FAIL: "false", Verdict.UNKNOWN: "unknown"}


def test_formula_of_every_rule_comes_to_its_verdict_from_the_values_it_read(
    source: EstateSource, policies: Policies, context: PlanContext, erb: LoadedInstitution
) -> None:
    """For everything that an institution with everything has."""
    met: set[str] = set()

    def tell(rule: Rule, verdict: Verdict, _subject: Subject, frame: Frame) -> None:
        when, must = rule.expressions.when, rule.expressions.must
        if verdict is Verdict.NOT_APPLICABLE:
            assert when is not None
            assert explain_formula(rule, when, frame).value == "false"
            return
        part = explain_formula(rule, must, frame)
        assert part.value == _SAID[verdict], rule.id
        read = {text: show(closure, frame) for text, closure in rule.leaves}
        for leaf in part.leaves():
            if not leaf.text.startswith((VARIABLE, "has(")):
                assert read.get(leaf.text, leaf.value) == leaf.value, rule.id
        met.add(rule.id)

    rules: dict[str, list[Rule]] = {}
    for rule in policies.rules:
        rules.setdefault(rule.kind.name, []).append(rule)
    watched = {name: RuleGroup.telling(members, tell) for name, members in rules.items()}
    stacks = plan_institution(erb.institution, context)
    Judge(source, policies, context, watched=watched).planned(Planned(erb, stacks, context))
    assert len(met) > len(policies.rules) / 2


def test_of_a_case_only_the_branch_that_was_taken_shows(policies: Policies) -> None:
    """With the condition that decided it."""
    rule = next(rule for rule in policies.rules if rule.id == "tenancy-log-group-kept-briefly")
    facts = InstitutionFacts("erb", "agency", "active", "confidential", "T1")
    part = explain_formula(rule, rule.expressions.must, [{"retention_in_days": 400}, {}, facts, None])
    case = part.parts[-1].parts[-1]
    assert [(inner.text, inner.value) for inner in case.parts] == [
        ("institution.classification == 'confidential'", "true"),
        ("parameters.confidential_days", "731"),
    ]


def test_of_a_list_three_items_that_fail_show_and_how_many_more(policies: Policies) -> None:
    """Those that hold say nothing."""
    rule = next(rule for rule in policies.rules if rule.id == "mail-dkim-key-weak")
    good = {"is_revoked": True}
    weak = {"is_revoked": False, "faults": (), "allows_sha1": True}
    frame: Frame = [{"dkim": (weak, good, weak, weak, weak)}, None, Context(datetime.date(2020, 6, 30))]
    part = explain_formula(rule, rule.expressions.must, frame)
    assert (part.value, part.left_out) == ("false", 1)
    assert [inner.text.partition(" = ")[0] for inner in part.parts] == ["subject.dkim", "key", "key", "key"]
    assert [inner.value for inner in part.parts[1:]] == ["false"] * 3


def test_unknown_item_decides_nothing_and_is_not_looked_into(policies: Policies) -> None:
    """A reference has no fields before its resource is created."""
    rule = next(rule for rule in policies.rules if rule.id == "mail-dkim-key-weak")
    frame: Frame = [{"dkim": (Ref("a", "b"),)}, None, Context(datetime.date(2020, 6, 30))]
    part = explain_formula(rule, rule.expressions.must, frame)
    assert (part.value, len(part.parts)) == ("unknown", 1)
