"""The files that people copy into their CI do what they say, with the commands as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from egov_infra.report.formats import format_names

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides" / "ci"
MANIFEST = "stacks/estate/institutions/erb.yaml"


class _Checkout:
    """A project under git, with a commit on top of another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commit(self) -> None:
        for words in (("add", "--all"), ("commit", "--quiet", "--allow-empty", "--message", "x")):
            subprocess.run(["git", "-C", str(self.folder), *words], check=True)

    def weaken(self) -> None:
        path = self.folder / MANIFEST
        path.write_text(path.read_text().replace("dmarc: {policy: reject", "dmarc: {policy: none"))
        self.commit()

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a script as a runner does."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "PYTHONPATH": str(ROOT), **environment},
        )


@pytest.fixture
def checkout(project: Path) -> _Checkout:
    """Nothing was changed yet."""
    made = _Checkout(project)
    made.commit()
    return made


def _steps(job: str) -> Mapping[str, Mapping[str, Any]]:
    """Steps of the workflow by name."""
    workflow = yaml.safe_load((GUIDES / "github.yaml").read_text(encoding="utf-8"))
    return {step["name"]: step for step in workflow["jobs"][job]["steps"] if "name" in step}


def _judge(checkout: _Checkout) -> tuple[int, str, str]:
    """Exit code, the code that the step puts out, and stdout."""
    summary, output = checkout.folder / "summary", checkout.folder / "output"
    done = checkout.run(
        _steps("judge")["Judge"]["run"], GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output)
    )
    assert summary.read_text().startswith("## egov-infra")
    return done.returncode, output.read_text(), done.stdout


def test_the_workflow_judges_a_change(checkout: _Checkout) -> None:
    """Clean, blocked, unreadable: the exit code is that of the check, and every report is there."""
    assert _judge(checkout)[:2] == (0, "code=0\n")
    checkout.weaken()
    code, output, text = _judge(checkout)
    assert (code, output.splitlines()[-1]) == (1, "code=1")
    assert text.startswith(f"::error file={MANIFEST},line=")
    reports = sorted(path.name for path in (checkout.folder / "reports").iterdir())
    assert reports == ["closed.sarif", "comment.md", "egov-infra.sarif"]
    (checkout.folder / MANIFEST).write_text("a: [")
    assert _judge(checkout)[0] == 2


@pytest.mark.parametrize(("known", "method"), [("", "POST"), ("4711", "PATCH")])
def test_the_workflow_keeps_one_comment(known: str, method: str, checkout: _Checkout) -> None:
    """The first time it is made, later it is replaced; the text is read from the file, never from a command line."""
    gh = checkout.folder / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\necho "$*" >> calls\ncase "$*" in *--jq*) echo "{known}";; esac\n')
    gh.chmod(0o755)
    names = {"COMMENTS": "repos/o/n/issues/1/comments", "COMMENT": "repos/o/n/issues/comments"}
    step = _steps("publish")["One comment, replaced each time"]
    assert {"GH_TOKEN", *names} == set(step["env"])
    assert checkout.run(step["run"], **names).returncode == 0
    asked, written = (checkout.folder / "calls").read_text().splitlines()
    assert "<!-- egov-infra check -->" in asked
    where = f"{names['COMMENT']}/{known}" if known else names["COMMENTS"]
    assert written == f"api --method {method} {where} --field body=@reports/comment.md"


def test_the_workflow_trusts_little() -> None:
    """Actions stand at a full commit, no token is given by default, and nothing of an event is part of a script."""
    text = (GUIDES / "github.yaml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) == 6
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name, _ in used)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", version) for _, version in used)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["judge"]["permissions"] == {"contents": "read"}
    assert [
        step for job in workflow["jobs"].values() for step in job["steps"] if "${{" in step.get("run", "")
    ] == []


def test_the_job_for_gitlab_judges_a_change(checkout: _Checkout) -> None:
    """The exit code is that of the check; the artifacts that it names are written, JUnit where a manifest was changed."""
    job = yaml.safe_load((GUIDES / "gitlab.yaml").read_text(encoding="utf-8"))["egov-infra"]
    script = "\n".join(job["script"])
    reports = checkout.folder / "reports"
    assert checkout.run(script).returncode == 0
    assert not (reports / "junit.xml").exists()
    checkout.weaken()
    done = checkout.run(script)
    assert (done.returncode, done.stderr) == (1, "")
    issues = json.loads((reports / "codequality.json").read_text())
    assert [issue["location"]["path"] for issue in issues] == [MANIFEST]
    assert "<failure " in (reports / "junit.xml").read_text()
    named = set(job["artifacts"]["reports"].values())
    assert {f"reports/{path.name}" for path in reports.iterdir()} >= named


def test_hooks_judge_what_is_committed(checkout: _Checkout) -> None:
    """By the files that they name; a change elsewhere concerns neither."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    one, whole = hooks
    checkout.weaken()
    for hook, words in ((one, [MANIFEST]), (whole, [])):
        command = " ".join([hook["entry"], *hook.get("args", ()), *words])
        assert checkout.run(command).returncode == 1
    files = [
        MANIFEST,
        "stacks/estate/estate.yaml",
        "stacks/estate/addresses.lock.json",
        "policies/profiles/default.yaml",
        "README.md",
    ]
    assert [re.search(one["files"], file) is not None for file in files] == [True, False, False, False, False]
    assert [re.search(whole["files"], file) is not None for file in files] == [False, True, True, True, False]


def test_files_name_formats_that_there_are() -> None:
    """In guides, too."""
    pages = [*GUIDES.iterdir(), GUIDES.parent / "in-ci.md"]
    named = {
        name
        for page in pages
        for name in re.findall(r"--report ([a-z-]+)=", page.read_text(encoding="utf-8"))
    }
    assert named <= set(format_names())
    assert len(named) >= 6
