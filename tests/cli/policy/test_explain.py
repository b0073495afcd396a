from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.main import root as command


@pytest.fixture
def brief(own_estate: Path) -> Path:
    """An estate in which ERB keeps its backups for a week."""
    path = own_estate / "institutions" / "erb.yaml"
    path.write_text(path.read_text().replace("retention_days: 35", "retention_days: 7"))
    return own_estate


def _explain(estate: Path, policies: Path, *arguments: str) -> Result:
    options = ["--estate", str(estate), "--policies", str(policies)]
    return CliRunner().invoke(command, ["policy", "explain", *arguments, *options])


def _mark(estate: Path, policies: Path) -> str:
    done = CliRunner().invoke(
        command, ["check", str(estate), "--policies", str(policies), "--format", "json"]
    )
    found = json.loads(done.output)["findings"]
    return str(next(one["fingerprint"] for one in found if one["rule"] == "tenancy-backup-kept-briefly"))


def test_finding_is_explained_down_to_the_line_that_was_written(brief: Path, root: Path) -> None:
    """With what would make it pass, the controls, and what the gate does."""
    mark = _mark(brief, root / "policies")
    done = _explain(brief, root / "policies", mark[:8])
    file = brief / "institutions" / "erb.yaml"
    rule = root / "policies" / "tenancy" / "backup-kept-briefly.yaml"
    assert (
        done.output
        == f"""\
fail high tenancy-backup-kept-briefly [{mark}]
  backups are kept 7 days, at least 30 are needed
  tenancy/backup of erb
  {file}:20:11

Must hold
  false: subject.retention_days >= parameters.min_retention_days
    subject.retention_days = 7
      {file}:20:50 tenancy.backup.retention_days
    parameters.min_retention_days = 30
      {rule}:11:14 default of the rule

To pass
  {file}:20:50 tenancy.backup.retention_days: 7 to 30
  raise retention_days of the backup to 30

Controls: nist-800-53-r5 CP-9
Sources: NIST SP 800-53 CP-9
A finding blocks; a waiver may permit it
"""
    )


def test_json_holds_the_tree_and_the_places(brief: Path, root: Path) -> None:
    """For tools that show it elsewhere."""
    done = _explain(brief, root / "policies", _mark(brief, root / "policies"), "--format", "json")
    document = json.loads(done.output)
    (kept, _) = document["must"]["parts"]
    assert kept == {
        "shape": "value",
        "text": "subject.retention_days",
        "value": "7",
        "written": [
            {
                "path": "tenancy.backup.retention_days",
                "value": "7",
                "is_default": False,
                "place": {"file": str(brief / "institutions" / "erb.yaml"), "line": 20, "column": 50},
            }
        ],
    }
    assert [(one["to"], one["breaks"]) for one in document["remedies"]] == [("30", [])]


def test_rule_with_several_subjects_lists_them(brief: Path, root: Path) -> None:
    """So that one can be named."""
    done = _explain(brief, root / "policies", "tenancy-bucket-public", "--institution", "erb")
    assert "pass erb.domain/erb-domain-web-erb-go-tz-bucket\n" in done.output
    assert done.output.endswith("subjects of erb; --subject explains one\n")


def test_rule_without_an_institution_is_a_mistake_in_the_call(brief: Path, root: Path) -> None:
    """What passes has no fingerprint, so that somebody must say whose."""
    done = _explain(brief, root / "policies", "tenancy-bucket-public")
    assert "name the institution too: --institution SLUG" in str(done.exception) + done.output
