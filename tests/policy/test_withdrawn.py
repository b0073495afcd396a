from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egov_infra.policy.load import load_rules
from egov_infra.policy.profile import load_profile
from egov_infra.policy.withdrawn import load_withdrawn
from egov_infra.source.diagnostic import InputError

GONE = """\
withdrawn:
  - id: mail-old
    withdrawn_on: 2020-02-01
    since: 1.0.0
    reason: Another rule says it better.
    replaced_by: mail-zone-unsigned
"""


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies with a rule that is no more."""
    folder = Path(shutil.copytree(root / "policies", tmp_path / "policies"))
    (folder / "withdrawn.yaml").write_text(GONE)
    return folder


def _said(error: InputError, folder: Path) -> list[str]:
    return [str(item).replace(f"{folder}/", "") for item in error.diagnostics]


def test_a_rule_may_not_have_the_id_of_a_withdrawn_one(policies: Path) -> None:
    """What named the old rule would mean another thing."""
    text = (policies / "mail" / "zone-unsigned.yaml").read_text()
    (policies / "mail" / "old.yaml").write_text(text.replace("id: mail-zone-unsigned", "id: mail-old"))
    with pytest.raises(InputError) as caught:
        load_rules(policies)
    assert _said(caught.value, policies) == [
        "mail/old.yaml:1:5 rule-withdrawn mail-old was withdrawn on 2020-02-01; mail-zone-unsigned replaces it: an id is never used again"
    ]


def test_a_profile_that_names_a_withdrawn_rule_is_told_what_became_of_it(policies: Path) -> None:
    """Where it selects it, and where it sets it."""
    (policies / "profiles" / "own.yaml").write_text(
        "title: Own standard\nselect: [mail-*, mail-old]\n"
        "severities: {critical: {action: block}, high: {action: block}, medium: {action: warn}, low: {action: warn}}\n"
        "rules: {mail-old: {action: warn}}\n"
    )
    rules = load_rules(policies)
    with pytest.raises(InputError) as caught:
        load_profile(policies, "own", rules, load_withdrawn(policies, [rule.id for rule in rules]))
    told = "profile-withdrawn mail-old was withdrawn on 2020-02-01; mail-zone-unsigned replaces it"
    assert _said(caught.value, policies) == [
        f"profiles/own.yaml:2:18 {told}",
        f"profiles/own.yaml:4:9 {told}",
    ]


def test_the_list_itself_is_checked(policies: Path) -> None:
    """An id goes once, and what replaces it is there, or went in turn."""
    entry = GONE.partition("\n")[2]
    other = entry.replace("mail-old", "mail-older").replace("mail-zone-unsigned", "mail-old")
    wrong = entry.replace("mail-zone-unsigned", "mail-zone-unsignd")
    (policies / "withdrawn.yaml").write_text(GONE + other + wrong)
    with pytest.raises(InputError) as caught:
        load_rules(policies)
    assert _said(caught.value, policies) == [
        "withdrawn.yaml:12:9 withdrawn-duplicate mail-old stands here twice",
        "withdrawn.yaml:16:18 withdrawn-successor no rule 'mail-zone-unsignd' to replace it; did you mean 'mail-zone-unsigned'?",
    ]
