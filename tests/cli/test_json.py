"""What commands write as JSON is as docs/reference says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from egov_infra.cli.main import root as command_line
from tests.cli.repository import Repository

DMARC = "dmarc: {policy: reject, subdomains: reject, nonexistent: reject}"
RULE = "policies/mail/dmarc-not-enforced.yaml"


def _faults(root: Path, name: str, data: dict[str, Any]) -> list[str]:
    schema = json.loads((root / "docs" / "reference" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)]


def test_check_fits_its_schema_with_and_without_a_base(repository: Repository, root: Path) -> None:
    """With a finding that is new, one that weaker policies let through, one that is mended, and a rule that went."""
    estate = str(repository.folder / "estate")
    repository.rewrite(DMARC, DMARC.replace("policy: reject", "policy: none"))
    _, alone = repository.run("check", estate)
    _, new = repository.run("check", estate, "--base", "HEAD")
    repository.commit()
    repository.rewrite("must: |\n  ", "must: |\n  true ||\n  ", RULE)
    (repository.folder / "policies" / "mail" / "zone-unsigned.yaml").unlink()
    _, weakened = repository.run("check", estate, "--base", "HEAD")
    repository.rewrite(DMARC.replace("policy: reject", "policy: none"), DMARC)
    _, fixed = repository.run("check", estate, "--base", "HEAD")
    assert all((alone["findings"], new["new"], weakened["weakened"], weakened["vanished"], fixed["fixed"]))
    assert [_faults(root, "check", data) for data in (alone, new, weakened, fixed)] == [[], [], [], []]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("check", ["check", "estate"]),
        ("change", ["plan", "erb.domain", "--estate", "estate"]),
        ("audit", ["audit", "erb.domain", "--estate", "estate"]),
    ],
)
def test_a_mistake_in_a_rule_fits_the_schema(
    schema: str, words: list[str], repository: Repository, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown with its line and a caret, as `excerpt`."""
    repository.rewrite("subject.dmarc.effective_policy in", "subject.dmarc.effective_polcy in", RULE)
    monkeypatch.chdir(repository.folder)
    done = CliRunner().invoke(command_line, [*words, "--format", "json"], standalone_mode=False)
    data = json.loads(done.stdout)
    assert "effective_polcy" in data["diagnostics"][0]["excerpt"]
    assert _faults(root, schema, data) == []
