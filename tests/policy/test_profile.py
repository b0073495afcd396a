from __future__ import annotations

import datetime
import pathlib

import pytest

from egov_infra.policy.judge import Policies
from egov_infra.policy.profile import load_profile
from egov_infra.source.diagnostic import InputError

PROFILE = """\
title: What this estate keeps to
severities:
  critical: {action: block}
  high: {action: block}
  medium: {action: block, from: 2021-01-01}
  low: {action: draft}
rules:
  RULE: {action: warn}
"""


def _written(folder: pathlib.Path, text: str) -> pathlib.Path:
    (folder / "profiles").mkdir()
    (folder / "profiles" / "strict.yaml").write_text(text)
    return folder


def test_severity_acts_from_its_day_and_a_rule_for_itself(tmp_path: pathlib.Path, policies: Policies) -> None:
    """Before its day a severity warns; what the profile says of a rule goes before its severity."""
    folder = _written(tmp_path, PROFILE.replace("RULE", "mail-spf-uses-ptr"))
    profile = load_profile(folder, "strict", policies.rules)
    last, first = datetime.date(2020, 12, 31), datetime.date(2021, 1, 1)
    assert [profile.action("mail-x", "medium", day) for day in (last, first)] == ["warn", "block"]
    assert profile.action("mail-x", "low", first) == "draft"
    assert profile.action("mail-spf-uses-ptr", "critical", first) == "warn"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (PROFILE.replace("RULE", "mail-spf-use-ptr"), 8, "no rule 'mail-spf-use-ptr'"),
        (
            PROFILE.replace("  low: {action: draft}\n", "").replace("RULE", "mail-spf-uses-ptr"),
            3,
            "misses low",
        ),
        (PROFILE.replace("action: draft", "acton: draft"), 6, "unknown key 'acton'"),
    ],
)
def test_wrong_profile_is_refused(
    tmp_path: pathlib.Path, policies: Policies, text: str, line: int, message: str
) -> None:
    """An unknown rule, a missing severity and a misspelt key stand at their line."""
    with pytest.raises(InputError) as caught:
        load_profile(_written(tmp_path, text), "strict", policies.rules)
    assert (line, message) in [(found.place.line, found.message) for found in caught.value.diagnostics]


def test_unknown_profile_names_those_that_exist(tmp_path: pathlib.Path, policies: Policies) -> None:
    """A profile that is not there is refused, with the names of those that are."""
    folder = _written(tmp_path, PROFILE)
    with pytest.raises(InputError, match="no profile 'lax'; there are strict"):
        load_profile(folder, "lax", policies.rules)
