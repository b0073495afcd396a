from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.main import root
from egov_infra.source.diagnostic import InputError


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies that a test may add to."""
    return Path(shutil.copytree(root / "policies", tmp_path / "policies"))


def _policy(estate: Path, policies: Path, *arguments: str, answers: str = "") -> Result:
    options = ["--estate", str(estate), "--policies", str(policies)]
    return CliRunner().invoke(root, ["policy", *arguments, *options], input=answers)


def test_new_rule_is_tried_at_once(estate_folder: Path, policies: Path) -> None:
    """`policy test` passes on what `policy new` has written."""
    made = _policy(
        estate_folder,
        policies,
        "new",
        "mail-sample-wrong",
        "--applies-to",
        "mail_domain",
        "--severity",
        "low",
    )
    assert (made.exit_code, made.stdout) == (0, f"{policies / 'mail' / 'sample-wrong.yaml'}\n")
    tried = _policy(estate_folder, policies, "test", "mail-sample-wrong")
    assert (tried.exit_code, tried.output) == (0, "2 examples, as of 2020-06-30: all hold\n")


def test_what_is_not_said_is_asked_for(estate_folder: Path, policies: Path) -> None:
    """An AWS type is known by its short name, too."""
    made = _policy(estate_folder, policies, "new", "tenancy-sample-wrong", answers="s3.Bucket\nworse\nhigh\n")
    assert made.exit_code == 0
    assert "is not one of 'critical', 'high', 'medium', 'low'" in made.output
    text = (policies / "tenancy" / "sample-wrong.yaml").read_text()
    assert "\nseverity: high\napplies_to: aws:s3/bucket:Bucket\n" in text


def test_rule_that_is_there_is_not_written_over(estate_folder: Path, policies: Path) -> None:
    """Neither it nor anything beside it changes."""
    path = policies / "mail" / "zone-unsigned.yaml"
    before = path.read_bytes(), sorted(path.parent.iterdir())
    made = _policy(
        estate_folder, policies, "new", "mail-zone-unsigned", "--applies-to", "staff", "--severity", "low"
    )
    assert isinstance(made.exception, InputError)
    assert [item.code for item in made.exception.diagnostics] == ["rule-exists"]
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before
