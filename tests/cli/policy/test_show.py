from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from egov_infra.cli.main import root
from egov_infra.source.diagnostic import InputError


def _show(estate: Path, policies: Path, *arguments: str) -> Result:
    options = ["--estate", str(estate), "--policies", str(policies)]
    return CliRunner().invoke(root, ["policy", "show", *arguments, *options])


def test_page_names_who_fails_and_where(own_estate: Path, root: Path) -> None:
    """At the line of the manifest, as `check` does."""
    path = own_estate / "institutions" / "erb.yaml"
    path.write_text(path.read_text().replace("dmarc: {policy: reject", "dmarc: {policy: none"))
    output = _show(own_estate, root / "policies", "mail-dmarc-not-enforced").output
    assert "\n  1 fail: erb\n  1 pass: mwtc\n" in output
    assert f"\n  fail erb {path}:" in output


def test_json_names_everyone(estate_folder: Path, root: Path) -> None:
    """Also those of whom the text only gives the number."""
    done = _show(estate_folder, root / "policies", "tenancy-backup-kept-briefly", "--format", "json")
    document = json.loads(done.output)
    assert document["rule"]["parameters"]["min_retention_days"] == {
        "type": "integer",
        "description": "Days that backups are kept.",
        "default": 30,
        "minimum": 1,
        "maximum": 3650,
        "value": 30,
    }
    assert document["summary"]["verdicts"]["pass"] >= len(document["summary"]["institutions"]["pass"]) > 0
    assert document["summary"]["institutions"]["fail"] == []


def test_unknown_rule_is_an_error_with_what_was_meant(own_estate: Path, root: Path) -> None:
    """Among all rules, also those that the profile leaves out."""
    done = _show(own_estate, root / "policies", "tenancy-bucket-pubic", "--profile", "gov-uk-mail")
    assert isinstance(done.exception, InputError)
    assert [item.suggestion for item in done.exception.diagnostics] == ["tenancy-bucket-public"]
