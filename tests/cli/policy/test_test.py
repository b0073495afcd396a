from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.main import root
from egov_infra.source.diagnostic import InputError

RULE = "mail-mta-sts-not-enforced"


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies with a rule whose failing examples pass, and one that cannot be read."""
    folder = tmp_path / "policies"
    (folder / "profiles").mkdir(parents=True)
    (folder / "mail").mkdir()
    shutil.copy(root / "policies" / "mail" / "zone-unsigned.yaml", folder / "mail")
    shutil.copy(root / "policies" / "mail" / "mta-sts-not-enforced.yaml", folder / "mail")
    path = folder / "mail" / "mta-sts-not-enforced.yaml"
    text = path.read_text()
    examples = text[: text.index("examples:")]
    path.write_text(examples + "examples:\n  pass:\n    - {}\n  fail:\n    - {}\n")
    (folder / "mail" / "broken.yaml").write_text("id: mail-broken\n")
    return folder


def _test(estate: Path, policies: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        root,
        ["policy", "test", "--estate", str(estate), "--policies", str(policies), *arguments],
        standalone_mode=False,
    )


def test_failing_example_blocks_and_shows_what_was_read(estate_folder: Path, policies: Path) -> None:
    """Exit 1; other rules that cannot be read do not stand in the way."""
    done = _test(estate_folder, policies, RULE, "mail-zone-*")
    assert done.return_value == 1
    lines = done.output.splitlines()
    assert lines[0] == f"fails {RULE}: expected fail, got pass"
    assert lines[1].startswith(f"  {policies / 'mail' / 'mta-sts-not-enforced.yaml'}:")
    assert "  domains/erb.go.tz: pass" in lines
    assert "    subject.mta_sts.mode = enforce" in lines
    assert lines[-1].endswith("examples, as of 2020-06-30: 1 fail")


def test_json_names_every_example(estate_folder: Path, policies: Path) -> None:
    """Those that hold shortly, those that do not with their values."""
    document = json.loads(_test(estate_folder, policies, RULE, "--format", "json").output)
    assert document["summary"] == {
        "as_of": "2020-06-30",
        "rules": 1,
        "examples": 2,
        "failing": 1,
        "exit_code": 1,
    }
    held, failed = document["trials"]
    assert held == {
        "rule": RULE,
        "example": "examples.pass[0]",
        "expected": "pass",
        "verdict": "pass",
        "holds": True,
    }
    assert failed["sights"][0]["values"]["subject.mta_sts.mode"] == "enforce"


def test_day_may_be_another(estate_folder: Path, root: Path) -> None:
    """Only then do dates in examples run out."""
    name = "mail-dmarc-not-enforced"
    assert _test(estate_folder, root / "policies", name).return_value == 0
    late = _test(estate_folder, root / "policies", name, "--as-of", "2026-01-01")
    assert late.return_value == 1


def test_unknown_rule_is_an_error_with_what_was_meant(estate_folder: Path, policies: Path) -> None:
    """Nothing tried would look like nothing wrong."""
    done = _test(estate_folder, policies, "mail-zone-unsined")
    assert isinstance(done.exception, InputError)
    assert [item.suggestion for item in done.exception.diagnostics] == ["mail-zone-unsigned"]


def test_rule_that_cannot_be_read_is_named_when_it_is_asked_for(estate_folder: Path, policies: Path) -> None:
    """With every key that it misses."""
    done = _test(estate_folder, policies, "mail-broken")
    assert isinstance(done.exception, InputError)
    assert {item.code for item in done.exception.diagnostics} == {"key-missing"}
