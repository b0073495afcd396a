from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from egov_infra.cli.main import root as command_line
from egov_infra.source.diagnostic import InputError

RULE = "mail-dmarc-not-enforced"
ENFORCED = "dmarc: {policy: reject, subdomains: reject, nonexistent: reject}"
OPEN = "dmarc: {policy: none, subdomains: reject, nonexistent: reject}"


class _Repository:
    """A small estate with its policies, under git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / "estate" / "institutions" / "erb.yaml"
        self._git("init", "--quiet")
        self.commit()

    def rewrite(self, old: str, new: str, file: str = "estate/institutions/erb.yaml") -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self) -> None:
        self._git("add", "--all")
        self._git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "x")

    def check(self, base: str = "HEAD", *more: str) -> tuple[int, dict[str, Any]]:
        words = ["check", str(self.folder / "estate"), "--base", base, "--format", "json", *more]
        done = CliRunner().invoke(command_line, words, standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        data = json.loads(done.stdout)
        assert data["summary"]["exit_code"] == done.return_value
        rules = {item["fingerprint"]: item["rule"] for item in data["findings"]}
        marks = {name: sorted(rules[mark] for mark in data[name]) for name in ("new", "worsened", "existing")}
        found = {name: sorted(item["rule"] for item in data[name]) for name in ("weakened", "fixed")}
        return done.return_value, {name: value for name, value in (marks | found).items() if value}

    def _git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *words], check=True)


@pytest.fixture
def repository(own_estate: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> _Repository:
    """One commit, without any finding. The rules that a small estate leaves idle do not block."""
    shutil.copytree(root / "policies", own_estate.parent / "policies")
    profile = own_estate.parent / "policies" / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return _Repository(own_estate.parent)


def test_a_change_answers_for_what_it_brings(repository: _Repository) -> None:
    """New findings block; once they are in the base they are listed, and mending them is named."""
    assert repository.check() == (0, {})
    repository.rewrite(ENFORCED, OPEN)
    assert repository.check() == (1, {"new": [RULE]})
    repository.commit()
    assert repository.check() == (0, {"existing": [RULE]})
    repository.rewrite("policy: none", "policy: quarantine")
    assert repository.check() == (1, {"worsened": [RULE]})
    repository.rewrite("policy: quarantine", "policy: reject")
    assert repository.check() == (0, {"fixed": [RULE]})


def test_moving_and_reordering_bring_nothing(repository: _Repository) -> None:
    """A finding is told by rule, institution and subject, wherever it stands in the file."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    data = yaml.safe_load(repository.manifest.read_text(encoding="utf-8"))
    data["tenancy"]["buckets"].reverse()
    turned = dict(reversed(data.items()))
    repository.manifest.write_text(
        yaml.safe_dump(turned, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    assert repository.check() == (0, {"existing": [RULE]})


def test_an_old_finding_does_not_absorb_a_new_one_elsewhere(repository: _Repository) -> None:
    """The same rule, another institution."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    other = repository.folder / "estate" / "institutions" / "mwtc.yaml"
    assert ENFORCED in other.read_text(encoding="utf-8")
    repository.rewrite(ENFORCED, OPEN, "estate/institutions/mwtc.yaml")
    assert repository.check() == (1, {"new": [RULE], "existing": [RULE]})


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("policies/profiles/default.yaml", "critical: {action: block}", "critical: {action: warn}"),
        ("policies/mail/dmarc-not-enforced.yaml", "must: |\n  ", "must: |\n  true ||\n  "),
    ],
)
def test_a_change_does_not_bring_its_own_judge(
    repository: _Repository, file: str, old: str, new: str
) -> None:
    """What only the base's policies refuse is weakened, and blocks: whether the profile or the rule was changed."""
    repository.rewrite(ENFORCED, OPEN)
    repository.rewrite(old, new, file)
    assert repository.check() == (1, {"weakened": [RULE]})


def test_a_stricter_rule_answers_for_what_it_finds(repository: _Repository) -> None:
    """Its findings are new, though no manifest was changed."""
    repository.rewrite(
        "must: |\n  ", "must: |\n  subject.name == 'x' &&\n  ", "policies/mail/zone-unsigned.yaml"
    )
    code, found = repository.check()
    assert (code, set(found)) == (1, {"new"})
    assert set(found["new"]) == {"mail-zone-unsigned"}


def test_what_is_no_revision_is_said(repository: _Repository) -> None:
    """Neither an unknown name nor an option of git is taken for one; a base without estate excuses nothing."""
    for name in ("nope", "--output=x"):
        with pytest.raises(InputError) as wrong:
            repository.check(name)
        assert [item.message for item in wrong.value.diagnostics] == [f"no revision {name!r}"]


def test_faults_of_the_base_are_named_as_its_files(repository: _Repository) -> None:
    """The checkout lies in a folder that is gone afterwards."""
    repository.rewrite("  slug: erb", "  slugg: erb")
    repository.commit()
    repository.rewrite("  slugg: erb", "  slug: erb")
    with pytest.raises(InputError) as wrong:
        repository.check()
    assert {item.place.file for item in wrong.value.diagnostics} == {"HEAD:estate/institutions/erb.yaml"}
