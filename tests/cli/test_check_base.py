from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from egov_infra.source.diagnostic import InputError
from tests.cli.repository import Repository
from tests.policy.waivers import GOOD, written

RULE = "mail-dmarc-not-enforced"
ENFORCED = "dmarc: {policy: reject, subdomains: reject, nonexistent: reject}"
OPEN = "dmarc: {policy: none, subdomains: reject, nonexistent: reject}"


def _check(repository: Repository, base: str = "HEAD") -> tuple[int, dict[str, Any]]:
    """Exit code, and the rules of what was found, by what became of it."""
    code, data = repository.run("check", str(repository.folder / "estate"), "--base", base)
    assert data["summary"]["exit_code"] == code
    rules = {item["fingerprint"]: item["rule"] for item in data["findings"]}
    marks = {name: sorted(rules[mark] for mark in data[name]) for name in ("new", "worsened", "existing")}
    found = {name: sorted(item["rule"] for item in data[name]) for name in ("weakened", "fixed")}
    return code, {name: value for name, value in (marks | found).items() if value}


def test_a_change_answers_for_what_it_brings(repository: Repository) -> None:
    """New findings block; once they are in the base they are listed, and mending them is named."""
    assert _check(repository) == (0, {})
    repository.rewrite(ENFORCED, OPEN)
    assert _check(repository) == (1, {"new": [RULE]})
    repository.commit()
    assert _check(repository) == (0, {"existing": [RULE]})
    repository.rewrite("policy: none", "policy: quarantine")
    assert _check(repository) == (1, {"worsened": [RULE]})
    repository.rewrite("policy: quarantine", "policy: reject")
    assert _check(repository) == (0, {"fixed": [RULE]})


def test_moving_and_reordering_bring_nothing(repository: Repository) -> None:
    """A finding is told by rule, institution and subject, wherever it stands in the file."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    data = yaml.safe_load(repository.manifest.read_text(encoding="utf-8"))
    data["tenancy"]["buckets"].reverse()
    turned = dict(reversed(data.items()))
    repository.manifest.write_text(
        yaml.safe_dump(turned, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    assert _check(repository) == (0, {"existing": [RULE]})


def test_an_old_finding_does_not_absorb_a_new_one_elsewhere(repository: Repository) -> None:
    """The same rule, another institution."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    other = repository.folder / "estate" / "institutions" / "mwtc.yaml"
    assert ENFORCED in other.read_text(encoding="utf-8")
    repository.rewrite(ENFORCED, OPEN, "estate/institutions/mwtc.yaml")
    assert _check(repository) == (1, {"new": [RULE], "existing": [RULE]})


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("policies/profiles/default.yaml", "critical: {action: block}", "critical: {action: warn}"),
        ("policies/mail/dmarc-not-enforced.yaml", "must: |\n  ", "must: |\n  true ||\n  "),
    ],
)
def test_a_change_does_not_bring_its_own_judge(repository: Repository, file: str, old: str, new: str) -> None:
    """What only the base's policies refuse is weakened, and blocks: whether the profile or the rule was changed."""
    repository.rewrite(ENFORCED, OPEN)
    repository.rewrite(old, new, file)
    assert _check(repository) == (1, {"weakened": [RULE]})


def test_a_stricter_rule_answers_for_what_it_finds(repository: Repository) -> None:
    """Its findings are new, though no manifest was changed."""
    repository.rewrite(
        "must: |\n  ", "must: |\n  subject.name == 'x' &&\n  ", "policies/mail/zone-unsigned.yaml"
    )
    code, found = _check(repository)
    assert (code, set(found)) == (1, {"new"})
    assert set(found["new"]) == {"mail-zone-unsigned"}


def test_what_is_no_revision_is_said(repository: Repository) -> None:
    """Neither an unknown name nor an option of git is taken for one; a base without estate excuses nothing."""
    for name in ("nope", "--output=x"):
        with pytest.raises(InputError) as wrong:
            _check(repository, name)
        assert [item.message for item in wrong.value.diagnostics] == [f"no revision {name!r}"]


def test_faults_of_the_base_are_named_as_its_files(repository: Repository) -> None:
    """The checkout lies in a folder that is gone afterwards."""
    repository.rewrite("  slug: erb", "  slugg: erb")
    repository.commit()
    repository.rewrite("  slugg: erb", "  slug: erb")
    with pytest.raises(InputError) as wrong:
        _check(repository)
    assert {item.place.file for item in wrong.value.diagnostics} == {"HEAD:estate/institutions/erb.yaml"}


def test_a_rule_does_not_go_without_a_word(repository: Repository) -> None:
    """It blocks until an entry says that the rule is no more; an entry that goes would free the id, and blocks, too."""
    entry = (
        "withdrawn:\n  - id: mail-zone-unsigned\n    withdrawn_on: 2020-06-30\n    since: 1.0.0\n"
        "    reason: Another rule says it better.\n"
    )

    def vanished() -> tuple[int, list[tuple[str, str]]]:
        code, data = repository.run("check", str(repository.folder / "estate"), "--base", "HEAD")
        return code, [(item["code"], item["message"].partition(" ")[0]) for item in data["vanished"]]

    (repository.folder / "policies" / "mail" / "zone-unsigned.yaml").unlink()
    assert vanished() == (1, [("rule-vanished", "mail-zone-unsigned")])
    repository.rewrite("withdrawn: []\n", entry, "policies/withdrawn.yaml")
    assert vanished() == (0, [])
    repository.commit()
    repository.rewrite(entry, "withdrawn: []\n", "policies/withdrawn.yaml")
    assert vanished() == (1, [("withdrawal-vanished", "mail-zone-unsigned")])


def test_what_weaker_policies_let_through_is_not_fixed(repository: Repository) -> None:
    """The base had it, and by its policies the head still has it."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    repository.rewrite("must: |\n  ", "must: |\n  true ||\n  ", "policies/mail/dmarc-not-enforced.yaml")
    assert _check(repository) == (1, {"weakened": [RULE]})


def test_a_waiver_does_not_bring_its_own_terms(repository: Repository) -> None:
    """What it excuses by severity, limits or staff that came with it blocks as weakened; by those of the base it excuses."""
    good = {**GOOD, "rule": RULE, "values_digest": "*", "expires_on": "2020-06-20"}
    rule = "policies/mail/dmarc-not-enforced.yaml"
    repository.rewrite(ENFORCED, OPEN)
    wide = {**good, "expires_on": "2021-05-01"}
    repository.rewrite("waivers: []", written([wide]), "policies/waivers.yaml")
    repository.rewrite("severity: critical", "severity: low", rule)
    assert _check(repository) == (1, {"weakened": [RULE]})

    repository.rewrite("severity: low", "severity: critical", rule)
    finding = repository.run("check", str(repository.folder / "estate"))[1]["findings"][0]
    exact = {**good, "values_digest": finding["values_digest"], "approved_on": "2020-06-10"}
    exact |= {"expires_on": "2020-07-05", "approver": "Zawadi Komba"}
    (repository.folder / "policies" / "waivers.yaml").write_text(written([exact]), encoding="utf-8")
    certified = "{name: Zawadi Komba, certifications: [{domain: mail, until: 2021-06-30}],"
    repository.rewrite("{name: Zawadi Komba,", certified, "estate/estate.yaml")
    assert _check(repository) == (1, {"weakened": [RULE]})
    exact["approver"] = "Asha Mwinyi"
    (repository.folder / "policies" / "waivers.yaml").write_text(written([exact]), encoding="utf-8")
    assert _check(repository) == (0, {})


@pytest.mark.parametrize("way", ["moved", "nearer", "link"])
def test_policies_that_move_are_judged_by_those_that_were(repository: Repository, way: str) -> None:
    """Wherever the head has its policies, the base's are where they were."""
    folder = repository.folder
    repository.rewrite(ENFORCED, OPEN)
    repository.rewrite("must: |\n  ", "must: |\n  true ||\n  ", "policies/mail/dmarc-not-enforced.yaml")
    if way == "nearer":
        shutil.copytree(folder / "policies", folder / "estate" / "policies")
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", "policies"], check=True)
    else:
        (folder / "policies").rename(folder / ("other" if way == "link" else "estate/policies"))
    if way == "link":
        (folder / "policies").symlink_to("other")
    assert _check(repository) == (1, {"weakened": [RULE]})


def test_a_link_that_leads_elsewhere_is_not_followed_by_guess(repository: Repository) -> None:
    """The policies that the base's link leads to are not those that the head's leads to."""
    folder = repository.folder
    (folder / "policies").rename(folder / "first")
    (folder / "policies").symlink_to("first")
    repository.commit()
    assert _check(repository) == (0, {})
    shutil.copytree(folder / "first", folder / "second")
    (folder / "policies").unlink()
    (folder / "policies").symlink_to("second")
    with pytest.raises(InputError, match="is a link to first at revision 'HEAD'"):
        _check(repository)


def test_a_change_does_not_turn_back_the_clock(repository: Repository) -> None:
    """A day on which a rule does not block yet is the head's own; what the base refuses by its day is weakened."""
    profile = "policies/profiles/default.yaml"
    repository.rewrite("critical: {action: block}", "critical: {action: block, from: 2020-06-01}", profile)
    repository.commit()
    repository.rewrite(ENFORCED, OPEN)
    assert _check(repository) == (1, {"new": [RULE]})
    repository.rewrite("as_of: 2020-06-30", "as_of: 2020-05-01", "estate/estate.yaml")
    code, found = _check(repository)
    assert (code, RULE in found["weakened"]) == (1, True)


def test_what_archives_leave_out_is_not_taken_for_nothing(repository: Repository) -> None:
    """An attribute of git hides no rule of the base."""
    attributes = repository.folder / ".gitattributes"
    attributes.write_text("policies/mail/dmarc-not-enforced.yaml export-ignore\n", encoding="utf-8")
    repository.commit()
    with pytest.raises(InputError, match=r"dmarc-not-enforced\.yaml revision attributes"):
        _check(repository)
