from __future__ import annotations

import datetime
import pathlib

import pytest

from egov_infra.policy.load import load_rules
from egov_infra.policy.policies import Policies
from egov_infra.policy.profile import Step, load_profile
from egov_infra.policy.rule import Rule
from egov_infra.source.diagnostic import InputError

PROFILE = """\
title: What this estate keeps to
select: [mail-spf-*, mail-dkim-key-old, mail-dmarc-not-enforced]
severities:
  critical: {action: block}
  high: {action: block}
  medium: {action: block, from: 2021-01-01}
  low: {action: draft}
rules:
  mail-spf-uses-ptr: {action: warn}
  mail-spf-malformed: {from: 2021-06-01}
  mail-dkim-key-old: {parameters: {max_age_days: 90}}
"""
EVE, DAY, LATER = (datetime.date(2020, 12, 31), datetime.date(2021, 1, 1), datetime.date(2021, 6, 1))


@pytest.fixture(scope="module")
def rules(policies: Policies) -> tuple[Rule, ...]:
    """All bundled rules, with their defaults."""
    return load_rules(policies.folder)


def _written(folder: pathlib.Path, text: str) -> pathlib.Path:
    (folder / "profiles").mkdir()
    (folder / "profiles" / "strict.yaml").write_text(text)
    return folder


def test_severity_acts_from_its_day_and_a_rule_for_itself(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...]
) -> None:
    """Before its day a severity warns; what the profile says of a rule goes before its severity."""
    profile = load_profile(_written(tmp_path, PROFILE), "strict", rules)
    assert [profile.action("mail-x", "medium", day) for day in (EVE, DAY)] == ["warn", "block"]
    assert profile.action("mail-x", "low", DAY) == "draft"
    assert profile.action("mail-spf-uses-ptr", "critical", DAY) == "warn"


def test_a_rule_may_be_given_a_day_or_parameters_alone(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...]
) -> None:
    """With a day alone, the action of its severity holds from then; with parameters alone, nothing changes."""
    profile = load_profile(_written(tmp_path, PROFILE), "strict", rules)
    days = (DAY, LATER)
    assert [profile.action("mail-spf-malformed", "critical", day) for day in days] == ["warn", "block"]
    assert [profile.action("mail-dkim-key-old", "medium", day) for day in (EVE, DAY)] == ["warn", "block"]


def test_only_selected_rules_run_with_the_given_parameters(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...]
) -> None:
    """By id or glob; a parameter that is not given keeps its default."""
    found = load_profile(_written(tmp_path, PROFILE), "strict", rules).apply(rules)
    assert {rule.id: dict(rule.parameters) for rule in found if rule.parameters} == {
        "mail-dkim-key-old": {"max_age_days": 90},
        "mail-dmarc-not-enforced": {"policies": ("reject",), "max_rollout_days": 366},
        "mail-spf-open-ended": {"qualifiers": ("-", "~")},
    }
    assert {rule.id.rpartition("-")[0] for rule in found} >= {"mail-spf-uses", "mail-spf-too-many"}
    assert all(rule.id.startswith(("mail-spf-", "mail-dkim-key-old", "mail-dmarc-not-")) for rule in found)


def test_a_profile_that_selects_nothing_by_name_runs_every_rule(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...]
) -> None:
    """Without select all rules run, each as it was loaded."""
    text = PROFILE.replace("select: [mail-spf-*, mail-dkim-key-old, mail-dmarc-not-enforced]\n", "")
    text = text.replace("  mail-dkim-key-old: {parameters: {max_age_days: 90}}\n", "")
    found = load_profile(_written(tmp_path, text), "strict", rules).apply(rules)
    assert found == rules


def test_findings_are_drafted_then_warn_then_block(tmp_path: pathlib.Path, rules: tuple[Rule, ...]) -> None:
    """Stages follow each other, of a severity and of a rule alike; a day alone begins what its severity ends with."""
    text = PROFILE.replace("low: {action: draft}", "low: {draft: now, warn: 2020-12-31, block: 2021-06-01}")
    text = text.replace("uses-ptr: {action: warn}", "uses-ptr: {warn: now, block: 2021-01-01}")
    profile = load_profile(_written(tmp_path, text), "strict", rules)
    days = (EVE - datetime.timedelta(days=1), EVE, DAY, LATER)
    assert [profile.action("mail-x", "low", day) for day in days] == ["draft", "warn", "warn", "block"]
    assert [profile.action("mail-spf-uses-ptr", "high", day) for day in days] == [
        "warn",
        "warn",
        "block",
        "block",
    ]
    assert [profile.action("mail-spf-malformed", "low", day) for day in days] == ["warn"] * 3 + ["block"]
    assert profile.coming("mail-x", "low", EVE) == (Step("block", LATER),)
    assert profile.coming("mail-x", "critical", EVE) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "mail-spf-uses-ptr:",
            "mail-spf-use-ptr:",
            "9:3 profile-rule no rule 'mail-spf-use-ptr'; did you mean 'mail-spf-uses-ptr'?",
        ),
        ("  low: {action: draft}\n", "", "4:3 profile-incomplete misses low"),
        (
            "action: draft}",
            "action: draft, form: 2021-01-01}",
            "7:24 key-unknown unknown key 'form'; did you mean 'from'?",
        ),
        (
            "select: [",
            "select: [mail-dkim-key-odd, ",
            "2:10 profile-select selects no rule: 'mail-dkim-key-odd'; did you mean 'mail-dkim-key-old'?",
        ),
        ("select: [", "select: [post-*, ", "2:10 profile-select selects no rule: 'post-*'"),
        (
            "mail-dkim-key-old: {p",
            "mail-zone-unsigned: {action: warn}\n  mail-dkim-key-old: {p",
            "11:3 profile-rule mail-zone-unsigned is not selected, so that nothing here holds",
        ),
        (
            "max_age_days",
            "max_age_day",
            "11:36 parameter-unknown no parameter 'max_age_day'; the rule has max_age_days; did you mean 'max_age_days'?",
        ),
        ("90", "0", "11:50 parameter-value max_age_days: 0 is less than 1"),
        ("90", "ninety", "11:50 parameter-value max_age_days: 'ninety' where a whole number belongs"),
        (
            "{action: warn}",
            "{parameters: {limit: 3}}",
            "9:36 parameter-unknown no parameter 'limit'; the rule has none",
        ),
        (
            "{action: draft}",
            "{draft: now, warn: 2021-03-01, block: 2021-03-01}",
            "7:46 profile-rollout block begins on 2021-03-01, not after warn, which begins on 2021-03-01",
        ),
        (
            "{action: draft}",
            "{warn: 2021-03-01, block: 2021-06-01}",
            "7:15 profile-rollout what before 2021-03-01? give draft: now",
        ),
        (
            "{action: draft}",
            "{block: 2021-03-01}",
            "7:16 profile-rollout what before 2021-03-01? give draft or warn: now",
        ),
        (
            "{action: draft}",
            "{warn: now, block: now}",
            "7:27 profile-rollout block begins now, not after warn, which begins now",
        ),
        (
            "{action: warn}",
            "{action: warn, block: now}",
            "9:23 profile-rollout action beside stages: say one or the other",
        ),
        ("{action: draft}", "{from: 2021-03-01}", "7:8 profile-rollout says neither action nor stages"),
        (
            "{action: draft}",
            "{warn: soon}",
            "7:15 value-wrong severities.low.warn: 'soon': say now, or a date as YYYY-MM-DD",
        ),
    ],
)
def test_wrong_profile_is_refused(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...], old: str, new: str, expected: str
) -> None:
    """Each mistake stands at its place, with what was probably meant."""
    assert old in PROFILE
    with pytest.raises(InputError) as caught:
        load_profile(_written(tmp_path, PROFILE.replace(old, new)), "strict", rules)
    said = [str(found).partition("strict.yaml:")[2] for found in caught.value.diagnostics]
    assert said == [expected]


def test_everything_wrong_in_a_profile_shows_at_once(tmp_path: pathlib.Path, rules: tuple[Rule, ...]) -> None:
    """A wrong selection hides no wrong parameter."""
    text = (
        PROFILE.replace("90", "0").replace("uses-ptr:", "use-ptr:").replace("not-enforced]", "not-enforce]")
    )
    with pytest.raises(InputError) as caught:
        load_profile(_written(tmp_path, text), "strict", rules)
    assert [found.code for found in caught.value.diagnostics] == [
        "profile-select",
        "profile-rule",
        "parameter-value",
    ]


@pytest.mark.parametrize("name", ["stric", "../profiles/strict", ""])
def test_unknown_profile_names_those_that_exist(
    tmp_path: pathlib.Path, rules: tuple[Rule, ...], name: str
) -> None:
    """A profile that is not there is refused, with the names of those that are; a path is no name."""
    folder = _written(tmp_path, PROFILE)
    with pytest.raises(InputError, match=f"no profile '{name}'; there are strict"):
        load_profile(folder, name, rules)
