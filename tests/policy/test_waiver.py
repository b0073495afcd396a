from __future__ import annotations

import datetime
import pathlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution, adopt
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement, Policies
from egov_infra.policy.waiver import load_waivers

TODAY = datetime.date(2020, 6, 30)
GOOD = {
    "rule": "mail-dmarc-subdomains-weak",
    "institution": "erb",
    "subject": "domains/erb.go.tz",
    "reason": "A legacy subdomain still sends through its own relay.",
    "author": "Baraka Lema",
    "approver": "Asha Mwinyi",
    "approved_on": "2020-06-01",
    "expires_on": "2020-08-15",
    "compensating_control": "Reports are read every day.",
}


@pytest.fixture
def weak(erb: LoadedInstitution, source: EstateSource) -> LoadedInstitution:
    """ERB with a weaker policy for its subdomains."""
    data = erb.institution.model_dump(by_alias=True)
    domain = data["domains"][0]
    domain = {
        **domain,
        "mail": {**domain["mail"], "dmarc": {**domain["mail"]["dmarc"], "subdomains": "none"}},
    }
    return adopt(Institution.model_validate({**data, "domains": (domain,)}), source.estate)


def _judge(
    loaded: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    folder: pathlib.Path,
    *waivers: Mapping[str, str],
) -> Judgement:
    lines = ["waivers:"] + [
        f"{'  - ' if number == 0 else '    '}{key}: {value!r}"
        for waiver in waivers
        for number, (key, value) in enumerate(waiver.items())
    ]
    (folder / "waivers.yaml").write_text("\n".join(lines if waivers else ["waivers: []"]))
    judge = Judge(source, replace(policies, waivers=load_waivers(folder, policies.rules)), context)
    judge.institution(loaded)
    return judge.finish(is_whole=False)


def _finding(judgement: Judgement) -> Finding:
    return next(item for item in judgement.findings if item.rule == GOOD["rule"])


def test_waived_finding_is_still_shown_and_counted(
    weak: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    tmp_path: pathlib.Path,
) -> None:
    """A good waiver opens the gate; the finding stays visible, with who approved it."""
    shut = _judge(weak, source, context, policies, tmp_path)
    assert decide(shut).exit_code == 1
    waiver = {**GOOD, "values_digest": _finding(shut).values_digest}
    opened = _judge(weak, source, context, policies, tmp_path, waiver)
    assert decide(opened).exit_code == 0
    assert _finding(opened).verdict is Verdict.WAIVED
    assert _finding(opened).waiver == "approved by Asha Mwinyi, until 2020-08-15"
    assert (opened.counts[Verdict.WAIVED], opened.counts[Verdict.FAIL]) == (1, 0)


def test_waiver_of_a_rule_that_the_profile_does_not_select_is_no_orphan(
    weak: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    tmp_path: pathlib.Path,
) -> None:
    """It waits for the profile in which the rule runs; there nothing is found that it could waive."""
    shut = _judge(weak, source, context, policies, tmp_path)
    waiver = {**GOOD, "values_digest": _finding(shut).values_digest}
    _judge(weak, source, context, policies, tmp_path, waiver)
    register = load_waivers(tmp_path, policies.rules)
    rules = tuple(rule for rule in policies.rules if rule.id != GOOD["rule"])
    judge = Judge(source, replace(policies, rules=rules, waivers=register), context)
    judge.institution(weak)
    judgement = judge.finish(is_whole=False)
    assert (judgement.findings, judgement.waiver_faults) == ((), ())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_on": "2020-06-29"}, "waiver-expired"),
        ({"approved_on": "2020-07-01", "expires_on": "2020-07-30"}, "waiver-future"),
        ({"expires_on": "2020-08-31"}, "waiver-long"),
        ({"author": "Asha Mwinyi"}, "waiver-self-approved"),
        ({"approver": "Neema Kessy"}, "waiver-unapproved"),
        ({"approver": "Juma Mrisho"}, "waiver-unapproved"),
        ({"approver": "Nobody Atall"}, "waiver-unapproved"),
        ({"subject": "*"}, "waiver-broad"),
        ({"values_digest": "0123456789abcdef"}, "waiver-values"),
        ({"rule": "mail-zone-unsigned"}, "waiver-unneeded"),
        ({"subject": "domains/erb.co.tz"}, "waiver-orphaned"),
        ({"rule": "mail-zone-unprotected"}, "waiver-forbidden"),
    ],
)
def test_bad_waiver_blocks_and_waives_nothing(
    weak: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    tmp_path: pathlib.Path,
    change: dict[str, str],
    code: str,
) -> None:
    """Each fault of a waiver has its own code, and the finding stays."""
    digest = _finding(_judge(weak, source, context, policies, tmp_path)).values_digest
    judgement = _judge(weak, source, context, policies, tmp_path, {**GOOD, "values_digest": digest, **change})
    assert code in [fault.code for fault in judgement.waiver_faults]
    assert _finding(judgement).verdict is Verdict.FAIL
    assert decide(judgement).exit_code == 1


@pytest.mark.parametrize(
    ("approved_on", "expires_on", "is_good"),
    [
        ("2020-06-30", "2020-06-30", True),
        ("2020-06-30", "2020-07-01", True),
        ("2020-07-01", "2020-07-02", False),
        ("2020-06-29", "2020-06-29", False),
        ("2020-04-01", "2020-06-30", True),
        ("2020-03-31", "2020-06-30", False),
        ("2020-06-30", "2020-09-28", True),
        ("2020-06-30", "2020-09-29", False),
        ("2020-07-01", "2020-06-30", False),
    ],
)
def test_days_of_a_waiver_of_a_high_rule(
    weak: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    tmp_path: pathlib.Path,
    approved_on: str,
    expires_on: str,
    is_good: bool,
) -> None:
    """Its first and last day count, 90 days are the most, and it begins when it is approved; today is 30 June."""
    digest = _finding(_judge(weak, source, context, policies, tmp_path)).values_digest
    dates = {"approved_on": approved_on, "expires_on": expires_on}
    judgement = _judge(weak, source, context, policies, tmp_path, {**GOOD, "values_digest": digest, **dates})
    assert (_finding(judgement).verdict is Verdict.WAIVED) is is_good
    assert (judgement.waiver_faults == ()) is is_good
    assert (decide(judgement).exit_code == 0) is is_good
