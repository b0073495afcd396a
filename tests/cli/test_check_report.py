from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from egov_infra.cli.main import root as command_line
from egov_infra.report.formats import format_names
from egov_infra.source.diagnostic import InputError
from tests.cli.repository import Repository

RULE = "mail-dmarc-not-enforced"
ENFORCED = "dmarc: {policy: reject, subdomains: reject, nonexistent: reject}"
OPEN = "dmarc: {policy: none, subdomains: reject, nonexistent: reject}"


def _check(repository: Repository, *words: str) -> tuple[int, str]:
    """Exit code and stdout. Raises what the command raises."""
    done = CliRunner().invoke(
        command_line, ["check", str(repository.folder / "estate"), *words], standalone_mode=False
    )
    if done.exception is not None:
        raise done.exception
    return done.return_value, done.stdout


def _states(repository: Repository) -> dict[str, list[tuple[str, str]]]:
    """Rules with their baseline states, by format."""
    names = ("sarif", "sarif-closed")
    words = [f"--report={name}={repository.folder / name}" for name in names]
    _check(repository, "--base", "HEAD", *words)
    runs = {name: json.loads((repository.folder / name).read_text())["runs"][0] for name in names}
    return {
        name: [(item["ruleId"], item["baselineState"]) for item in run["results"]]
        for name, run in runs.items()
    }


def test_every_format_can_be_written_in_one_run(repository: Repository) -> None:
    """Text stays on stdout, and each file holds what it is named for."""
    repository.rewrite(ENFORCED, OPEN)
    folder = repository.folder / "out"
    code, text = _check(repository, *(f"--report={name}={folder / name}" for name in format_names()))
    assert (code, text.splitlines()[0].split()[:3]) == (1, ["blocks", "critical", RULE])
    assert sorted(path.name for path in folder.iterdir()) == list(format_names())
    assert all(RULE in path.read_text() for path in folder.iterdir() if path.name != "sarif-closed")
    assert (folder / "text").read_text() == text
    assert json.loads((folder / "json").read_text())["summary"]["exit_code"] == 1


@pytest.mark.parametrize("name", format_names())
def test_a_format_can_be_what_stdout_has(name: str, repository: Repository) -> None:
    """By `--format`, or as a report that goes to `-`: then there is no text besides."""
    assert _check(repository, "--format", name) == _check(repository, "--report", f"{name}=-")


def test_a_result_tells_what_the_change_did_to_it(repository: Repository) -> None:
    """New, unchanged, updated; what was mended is absent, and no open result."""
    repository.rewrite(ENFORCED, OPEN)
    assert _states(repository) == {"sarif": [(RULE, "new")], "sarif-closed": []}
    repository.commit()
    assert _states(repository) == {"sarif": [(RULE, "unchanged")], "sarif-closed": []}
    repository.rewrite("policy: none", "policy: quarantine")
    assert _states(repository) == {"sarif": [(RULE, "updated")], "sarif-closed": []}
    repository.rewrite("policy: quarantine", "policy: reject")
    assert _states(repository) == {"sarif": [], "sarif-closed": [(RULE, "absent")]}


def test_places_of_the_base_are_files_of_the_checkout(repository: Repository) -> None:
    """As those of the head."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    repository.rewrite(OPEN, ENFORCED)
    _, log = _check(repository, "--base", "HEAD", "--format", "sarif-closed")
    (result,) = json.loads(log)["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "estate/institutions/erb.yaml", "uriBaseId": "%SRCROOT%"}


def test_junit_of_a_manifest_has_its_cases_only(repository: Repository) -> None:
    """Others are judged all the same; what the base had is no failure."""
    repository.rewrite(ENFORCED, OPEN)
    repository.commit()
    done = CliRunner().invoke(
        command_line,
        ["check", str(repository.manifest), "--base", "HEAD", "--format", "junit"],
        standalone_mode=False,
    )
    suites = ElementTree.fromstring(done.stdout)
    cases = {
        case.attrib["name"]: case for case in suites.iter("testcase") if case.attrib["classname"] == RULE
    }
    assert {name.partition(":")[0] for name in (case.attrib["name"] for case in suites.iter("testcase"))} == {
        "erb"
    }
    (skipped,) = cases["erb: domains/erb.go.tz"]
    assert (skipped.tag, skipped.attrib["message"].partition(":")[0]) == ("skipped", "existing")


def test_the_comment_tells_what_the_change_plans(repository: Repository) -> None:
    """Resources by stack, those of an institution that leaves and of one that was changed."""
    repository.rewrite(ENFORCED, OPEN)
    _, page = _check(repository, "--base", "HEAD", "--format", "comment")
    assert "### Plan: 1 stacks differ, 0 created, 1 changed, 0 removed\n" in page
    assert "- `erb.domain` change `aws:route53/record:Record` `" in page
    _, text = _check(repository, "--base", "HEAD", "--format", "github-summary")
    assert page == f"<!-- egov-infra check -->\n{text}"


def test_a_base_without_change_plans_nothing_otherwise(repository: Repository) -> None:
    """No section is made for nothing."""
    _, page = _check(repository, "--base", "HEAD", "--format", "comment")
    assert "Plan:" not in page
    assert "the gate is open" in page


def test_unreadable_inputs_stand_in_every_report(repository: Repository) -> None:
    """Exit 2 as ever; no report of before is left that would look clean."""
    folder = repository.folder / "out"
    words = [f"--report={name}={folder / name}" for name in format_names()]
    _check(repository, *words)
    repository.rewrite("tier: T2", "tier: T9")
    with pytest.raises(InputError, match="value-unknown"):
        _check(repository, *words)
    assert all("'T9'" in path.read_text().replace("&apos;", "'") for path in folder.iterdir())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--report", "srif=x"],
            "--report 'srif=x' is no FORMAT=FILE with FORMAT of .*; did you mean 'sarif'?",
        ),
        (["--report", "sarif"], "--report 'sarif' is no FORMAT=FILE"),
        (["--report", "sarif="], "--report 'sarif=' is no FORMAT=FILE"),
        (["--report", "sarif=x", "--report", "junit=x"], "two reports would go to x"),
        (["--format", "json", "--report", "sarif=-"], "two reports would go to stdout"),
        (["--report", "sarif=/proc/x/y"], "/proc/x/y report the report cannot be written: No such file"),
    ],
)
def test_a_report_that_cannot_be_written_is_exit_2(
    words: list[str], message: str, repository: Repository
) -> None:
    """Before anything is judged where the arguments say so already."""
    with pytest.raises(InputError, match=message.replace("?", r"\?").replace(".*;", ".*;")):
        _check(repository, *words)


def test_a_pipe_is_written_to_and_stays(repository: Repository, tmp_path: Path) -> None:
    """It is not replaced by a file, as `/dev/stdout` must not be."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _check(repository, "--report", f"gitlab-codequality={pipe}")
        assert json.loads(os.read(reader, 100)) == []
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_link_leads_to_the_file_that_is_written(repository: Repository, tmp_path: Path) -> None:
    """The link stays."""
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    _check(repository, "--report", f"gitlab-codequality={link}")
    assert (link.is_symlink(), json.loads(target.read_text())) == (True, [])
    assert target.stat().st_mode & 0o777 == 0o644  # whoever uploads it may be another user


def test_what_is_weakened_is_an_error_whatever_the_head_makes_of_it(repository: Repository) -> None:
    """By the head's profile it only warns; it stands once, as what it is."""
    repository.rewrite(ENFORCED, OPEN)
    repository.rewrite(
        "critical: {action: block}", "critical: {action: warn}", "policies/profiles/default.yaml"
    )
    code, log = _check(repository, "--base", "HEAD", "--format", "sarif")
    (result,) = json.loads(log)["runs"][0]["results"]
    assert (code, result["level"], result["properties"]["effect"]) == (1, "error", "weakened")


def test_what_is_waived_is_neither_open_nor_fixed(repository: Repository) -> None:
    """It stands in the closed log with the reason of its waiver, and in the comment with its days."""
    weak = "dmarc: {policy: reject, subdomains: none, nonexistent: reject}"
    repository.rewrite(ENFORCED, weak)
    _, text = _check(repository, "--format", "json")
    (finding,) = json.loads(text)["findings"]
    repository.commit()
    waiver = {
        "rule": finding["rule"],
        "institution": "erb",
        "subject": finding["subject"],
        "values_digest": finding["values_digest"],
        "reason": "A legacy subdomain still sends through its own relay.",
        "author": "Baraka Lema",
        "approver": "Asha Mwinyi",
        "approved_on": "2020-06-01",
        "expires_on": "2020-08-15",
        "compensating_control": "Reports are read every day.",
    }
    text = (repository.folder / "policies" / "waivers.yaml").read_text()
    repository.rewrite(text, json.dumps({"waivers": [waiver]}), "policies/waivers.yaml")
    code, log = _check(repository, "--base", "HEAD", "--format", "sarif-closed")
    (result,) = json.loads(log)["runs"][0]["results"]
    assert (code, result["ruleId"], result["baselineState"]) == (0, finding["rule"], "unchanged")
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": (
                "A legacy subdomain still sends through its own relay. (approved by Asha Mwinyi, until 2020-08-15)"
            ),
        }
    ]
    _, page = _check(repository, "--base", "HEAD", "--format", "comment")
    assert "### Waivers in use (1)\n\n- 46 days left, until 2020-08-15: " in page
    assert "Fixed" not in page
