from __future__ import annotations

import datetime
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution, adopt
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.policy.finding import EndingWaiver, Finding, Verdict
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement
from egov_infra.policy.policies import Policies
from egov_infra.policy.profile import WaiverLimits
from egov_infra.policy.waiver import load_waivers
from egov_infra.policy.withdrawn import Withdrawn
from egov_infra.source.diagnostic import Place
from tests.policy.waivers import GOOD, written

LINES = {name: 2 + number for number, name in enumerate(GOOD)}
"""Field of the first waiver to its line."""
WITHDRAWN = Withdrawn.model_validate(
    {
        "id": "mail-old",
        "withdrawn_on": "2020-02-01",
        "since": "1.0.0",
        "reason": "Another rule says it better.",
        "replaced_by": "mail-zone-unsigned",
    }
)
Judged = Callable[..., Judgement]


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


@pytest.fixture
def judged(
    weak: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    tmp_path: pathlib.Path,
) -> Judged:
    """Judges it with waivers, of which each has the digest of its finding unless it says another."""

    def judge(*waivers: Mapping[str, str], limits: WaiverLimits | None = None) -> Judgement:
        (tmp_path / "waivers.yaml").write_text("waivers: []")
        if waivers:
            digest = _finding(_judge(policies)).values_digest
            whole = [{**waiver, "values_digest": waiver["values_digest"] or digest} for waiver in waivers]
            (tmp_path / "waivers.yaml").write_text(written(whole))
        if limits is None:
            return _judge(policies)
        settings = policies.profile.settings.model_copy(update={"waivers": limits})
        return _judge(replace(policies, profile=replace(policies.profile, settings=settings)))

    def _judge(by: Policies) -> Judgement:
        gone = {"mail-old": WITHDRAWN}
        one = Judge(source, replace(by, waivers=load_waivers(tmp_path), withdrawn=gone), context)
        one.institution(weak)
        return one.finish(is_whole=False)

    return judge


def _finding(judgement: Judgement) -> Finding:
    return next(item for item in judgement.findings if item.rule == GOOD["rule"])


def _faults(judgement: Judgement) -> list[tuple[int, str]]:
    return [(fault.place.line, fault.code) for fault in judgement.waiver_faults]


def test_waived_finding_is_still_shown_and_counted(judged: Judged) -> None:
    """A good waiver opens the gate; the finding stays visible, with who approved it."""
    assert decide(judged()).exit_code == 1
    opened = judged(GOOD)
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
    (tmp_path / "waivers.yaml").write_text(written([GOOD | {"values_digest": "0123456789abcdef"}]))
    rules = tuple(rule for rule in policies.rules if rule.id != GOOD["rule"])
    left_out = tuple(rule for rule in policies.rules if rule.id == GOOD["rule"])
    chosen = replace(policies, rules=rules, unselected=left_out, waivers=load_waivers(tmp_path))
    judge = Judge(source, chosen, context)
    judge.institution(weak)
    judgement = judge.finish(is_whole=False)
    assert (judgement.findings, judgement.waiver_faults, judgement.ending_waivers) == ((), (), ())


@pytest.mark.parametrize(
    ("change", "field", "code", "message"),
    [
        (
            {"expires_on": "2020-06-29"},
            "expires_on",
            "waiver-expired",
            "expired on 2020-06-29: remove it, or have it approved anew",
        ),
        (
            {"approved_on": "2020-07-01", "expires_on": "2020-07-30"},
            "approved_on",
            "waiver-future",
            "approved on 2020-07-01, which is yet to come",
        ),
        (
            {"approved_on": "2020-06-20", "expires_on": "2020-06-10"},
            "expires_on",
            "waiver-reversed",
            "expires on 2020-06-10, before it was approved on 2020-06-20",
        ),
        (
            {"expires_on": "2020-08-31"},
            "expires_on",
            "waiver-long",
            "lasts 91 days; a rule of severity high allows 90, until 2020-08-30",
        ),
        (
            {"author": " asha  Mwinyi"},
            "approver",
            "waiver-self-approved",
            " asha  Mwinyi approved their own request",
        ),
        (
            {"approver": "Neema Kessy"},
            "approver",
            "waiver-unapproved",
            "Neema Kessy is not certified for mail",
        ),
        (
            {"approver": "Juma Mrisho"},
            "approver",
            "waiver-unapproved",
            "Juma Mrisho was certified for mail until 2020-03-31, not on 2020-06-01",
        ),
        (
            {"approver": "Asha Mwiny"},
            "approver",
            "waiver-unapproved",
            "Asha Mwiny is not among the staff of the estate; did you mean 'Asha Mwinyi'?",
        ),
        (
            {"subject": "*"},
            "subject",
            "waiver-broad",
            "a wildcard is for rules of low severity, mail-dmarc-subdomains-weak is high",
        ),
        (
            {"values_digest": "*"},
            "values_digest",
            "waiver-broad",
            "a wildcard is for rules of low severity, mail-dmarc-subdomains-weak is high",
        ),
        (
            {"values_digest": "0123456789abcdef"},
            "values_digest",
            "waiver-values",
            "the values have changed since approval: the finding has digest DIGEST",
        ),
        (
            {"rule": "mail-zone-unsigned"},
            "rule",
            "waiver-unneeded",
            "mail-zone-unsigned has no finding on domains/erb.go.tz: remove the waiver",
        ),
        (
            {"subject": "domains/erb.co.tz"},
            "subject",
            "waiver-orphaned",
            "mail-dmarc-subdomains-weak looks at no domains/erb.co.tz of erb: remove the waiver; did you mean 'domains/erb.go.tz'?",
        ),
        (
            {"institution": "mwtcc"},
            "institution",
            "waiver-orphaned",
            "no institution 'mwtcc'; did you mean 'mwtc'?",
        ),
        (
            {"rule": "mail-zone-unprotected", "expires_on": "2020-07-01"},
            "rule",
            "waiver-forbidden",
            "mail-zone-unprotected cannot be waived",
        ),
        (
            {"rule": "mail-dmarc-subdomain-weak"},
            "rule",
            "waiver-rule",
            "no rule 'mail-dmarc-subdomain-weak'; did you mean 'mail-dmarc-subdomains-weak'?",
        ),
        (
            {"rule": "mail-old"},
            "rule",
            "waiver-withdrawn",
            "mail-old was withdrawn on 2020-02-01; mail-zone-unsigned replaces it: remove the waiver",
        ),
    ],
)
def test_bad_waiver_blocks_and_waives_nothing(
    judged: Judged, tmp_path: pathlib.Path, change: dict[str, str], field: str, code: str, message: str
) -> None:
    """Each fault of a waiver has its own code, at the value that is wrong; the finding stays."""
    judgement = judged(GOOD | change)
    said = message.replace("DIGEST", _finding(judgement).values_digest)
    place = Place(str(tmp_path / "waivers.yaml"), LINES[field], len(f"    {field}: ") + 1)
    assert [(fault.place, fault.code, fault.message) for fault in judgement.waiver_faults] == [
        (place, code, said)
    ]
    assert _finding(judgement).verdict is Verdict.FAIL
    assert decide(judgement).exit_code == 1


def test_every_fault_of_every_waiver_shows_in_one_run(judged: Judged) -> None:
    """An unknown rule hides nothing: neither other faults of its waiver nor those of another."""
    first = GOOD | {"rule": "mail-nothing", "author": "Asha Mwinyi", "expires_on": "2020-06-02"}
    second = GOOD | {"approver": "Nobody Atall", "approved_on": "2020-07-01", "expires_on": "2021-07-01"}
    assert _faults(judged(first, second)) == [
        (LINES["rule"], "waiver-rule"),
        (LINES["expires_on"], "waiver-expired"),
        (LINES["approver"], "waiver-self-approved"),
        (LINES["approved_on"] + 10, "waiver-future"),
        (LINES["expires_on"] + 10, "waiver-long"),
        (LINES["approver"] + 10, "waiver-unapproved"),
    ]


def test_a_finding_has_one_waiver(judged: Judged) -> None:
    """The later one repeats the first, and waives nothing; the first still holds."""
    judgement = judged(GOOD, GOOD | {"expires_on": "2020-07-15"})
    assert _faults(judgement) == [(LINES["subject"] + 10, "waiver-duplicate")]
    assert judgement.waiver_faults[0].message.endswith("waivers.yaml:2:5: one finding has one waiver")
    assert _finding(judgement).waiver == "approved by Asha Mwinyi, until 2020-08-15"
    assert decide(judgement).exit_code == 1


def test_more_waivers_than_the_profile_allows_shut_the_gate(judged: Judged) -> None:
    """The first one above the ceiling is named, and waives nothing. Those that expired are no debt."""
    expired = GOOD | {"subject": "domains/erb.or.tz", "expires_on": "2020-06-29"}
    over = judged(expired, GOOD, limits=WaiverLimits(ceiling={"high": 0}))
    assert _faults(over) == [(LINES["expires_on"], "waiver-expired"), (LINES["rule"] + 10, "waiver-ceiling")]
    said = "waivers in force of rules of severity high: 1; the profile allows 0"
    assert over.waiver_faults[1].message == said
    assert _finding(over).verdict is Verdict.FAIL
    within = judged(expired, GOOD, limits=WaiverLimits(ceiling={"high": 1, "critical": 0}))
    assert _faults(within) == [(LINES["expires_on"], "waiver-expired")]


@pytest.mark.parametrize(
    ("warn_days", "expires_on", "days_left"),
    [(30, "2020-07-31", None), (30, "2020-07-30", 30), (30, "2020-06-30", 0), (0, "2020-07-01", None)],
)
def test_a_waiver_that_ends_soon_warns(
    judged: Judged, tmp_path: pathlib.Path, warn_days: int, expires_on: str, days_left: int | None
) -> None:
    """So many days ahead as the profile says; it blocks nothing."""
    judgement = judged(GOOD | {"expires_on": expires_on}, limits=WaiverLimits(warn_days=warn_days))
    place = Place(str(tmp_path / "waivers.yaml"), LINES["expires_on"], 17)
    ends = datetime.date.fromisoformat(expires_on)
    names = GOOD["rule"], GOOD["institution"], GOOD["subject"], GOOD["approver"]
    expected = () if days_left is None else (EndingWaiver(place, *names, ends, days_left),)
    assert judgement.ending_waivers == expected
    assert decide(judgement).exit_code == 0


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
    judged: Judged, approved_on: str, expires_on: str, is_good: bool
) -> None:
    """Its first and last day count, 90 days are the most, and it begins when it is approved; today is 30 June."""
    judgement = judged(GOOD | {"approved_on": approved_on, "expires_on": expires_on})
    assert (_finding(judgement).verdict is Verdict.WAIVED) is is_good
    assert (judgement.waiver_faults == ()) is is_good
    assert (decide(judgement).exit_code == 0) is is_good
