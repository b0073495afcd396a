from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.main import root
from egov_infra.source.diagnostic import InputError


def _list(estate: Path, *arguments: str) -> Result:
    return CliRunner().invoke(root, ["policy", "list", "--estate", str(estate), *arguments])


def test_filters_narrow_the_list_together(estate_folder: Path) -> None:
    """Domain, severity, framework and state; the last line says of how many rules."""
    done = _list(
        estate_folder,
        "--domain",
        "mail",
        "--severity",
        "critical",
        "--framework",
        "scuba",
        "--state",
        "block",
    )
    assert done.exit_code == 0
    *rows, last = done.output.splitlines()
    assert [row.split()[:3] for row in rows] == [
        ["block", "critical", "mail-dkim-missing"],
        ["block", "critical", "mail-dmarc-not-enforced"],
        ["block", "critical", "mail-dmarc-not-single"],
        ["block", "critical", "mail-spf-not-single"],
        ["block", "critical", "mail-spf-open-ended"],
    ]
    assert last.startswith("5 of ")
    assert last.endswith(" rules in profile default: 5 block")


def test_json_holds_the_same_rules_with_the_day_of_change(estate_folder: Path) -> None:
    """A rule that warns today says from when it blocks."""
    done = _list(estate_folder, "--domain", "mail", "--severity", "medium", "--format", "json")
    document = json.loads(done.output)
    assert document["summary"]["states"] == {
        "block": 0,
        "warn": len(document["rules"]),
        "draft": 0,
        "not-selected": 0,
    }
    assert [rule["later"] for rule in document["rules"]] == [
        [{"from": "2021-01-01", "state": "block"}] for _ in document["rules"]
    ]


@pytest.mark.parametrize(
    ("option", "word", "meant"), [("--framework", "scub", "scuba"), ("--domain", "mial", "mail")]
)
def test_unknown_word_is_named_with_what_was_meant(
    option: str, word: str, meant: str, estate_folder: Path
) -> None:
    """An empty list would look as if there were no such rules."""
    done = _list(estate_folder, option, word)
    assert isinstance(done.exception, InputError)
    assert [item.suggestion for item in done.exception.diagnostics] == [meant]
