from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from egov_infra.cli.main import root as command


def _prove(estate: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        command, ["policy", "prove", "--estate", str(estate), *arguments], standalone_mode=False
    )


def test_proves_chosen_rules_and_prints_every_denominator(estate_folder: Path) -> None:
    """Survivors with place and expression, each operator with what it made, and the score at the end."""
    done = _prove(estate_folder, "mail-mta-sts-missing")
    lines = done.output.splitlines()
    assert done.return_value == 1
    assert lines[0] == "mail-mta-sts-missing: 14 of 15 mutants killed"
    assert lines[1].endswith("mta-sts-missing.yaml:8:27 drop conjunct: size(subject.mta_sts.faults) == 0")
    assert lines[2].strip() == "has(subject.mta_sts) && subject.mta_sts.id_matches"
    assert "  drop when              1 of     1 killed" in lines
    assert any(line.startswith("  delete key") and line.endswith("could not be computed") for line in lines)
    assert lines[-1] == "score 93.3 %, at least 95.0 % is asked: not proven"


def test_a_lower_threshold_is_enough_where_it_is_asked(estate_folder: Path) -> None:
    """Exit 0."""
    done = _prove(estate_folder, "mail-mta-sts-missing", "--least", "90")
    assert done.return_value == 0
    assert done.output.endswith("score 93.3 %, at least 90.0 % is asked: proven\n")


def test_json_has_the_same_numbers(estate_folder: Path) -> None:
    """Globs choose rules; every survivor has its place."""
    done = _prove(estate_folder, "mail-mta-sts-m*", "--format", "json")
    data = json.loads(done.output)
    assert data["summary"] == {
        "rules": 1,
        "mutants": 15,
        "killed": 14,
        "equivalent": 0,
        "score": 0.9333,
        "least": 0.95,
        "unfailed": [],
        "is_proven": False,
    }
    (rule,) = data["rules"]
    assert (rule["rule"], sum(rule["rule_mutants"].values())) == ("mail-mta-sts-missing", 15)
    assert [(item["place"]["line"], item["operator"]) for item in rule["survivors"]] == [(8, "drop conjunct")]


def test_no_such_rule_is_a_usage_error(estate_folder: Path) -> None:
    """A misspelt id proves nothing."""
    done = CliRunner().invoke(command, ["policy", "prove", "mial-*", "--estate", str(estate_folder)])
    assert (done.exit_code, "no rule is called mial-*" in done.output) == (2, True)
