"""The real Pulumi CLI on the rehearsal project, and a report of every step that it ran."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from egov_infra.cloud.rehearsal import running, start, stop
from egov_infra.cloud.session import Cloud

REPORT = "EGOV_ENGINE_REPORT"
"""Environment variable: the file that `make test-engine` wants."""
_FOUR = ("create", "update", "replace", "delete", "same")
_STEPS: list[dict[str, Any]] = []
_RESULTS: dict[str, str] = {}
_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Everything here needs the CLI."""
    reason = "the Pulumi CLI is not on PATH"
    for item in items:
        if _FOLDER in item.path.parents:
            item.add_marker(pytest.mark.pulumi_cli)
            item.add_marker(pytest.mark.skipif(shutil.which("pulumi") is None, reason=reason))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the outcome of each test."""
    if "/pulumi_cli/" in report.nodeid and (report.when == "call" or report.outcome != "passed"):
        _RESULTS[report.nodeid.rpartition("::")[2]] = report.outcome


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of the CLI did."""

    code: int
    output: str
    counts: Mapping[str, int]
    errors: tuple[str, ...]
    """Error texts of the engine, without colours."""

    def changes(self) -> dict[str, int]:
        """Counts of what did something."""
        return {name: number for name, number in self.counts.items() if name != "same"}


@dataclass(frozen=True)
class Cli:
    """A copy of the project, its cloud and its own state, so that a test touches nothing else."""

    folder: Path
    environment: Mapping[str, str]
    stacks: list[str] = field(default_factory=list)

    @property
    def manifest(self) -> Path:
        """ERB's."""
        return self.folder / "stacks" / "estate" / "institutions" / "erb.yaml"

    @property
    def cloud(self) -> Cloud:
        """The cloud that the plugin reaches."""
        server = running(self.folder / "stacks" / "estate" / ".state")
        assert server is not None
        return Cloud(server.endpoint)

    def edit(self, old: str, new: str) -> None:
        """Change ERB's manifest."""
        text = self.manifest.read_text()
        assert old in text
        self.manifest.write_text(text.replace(old, new))

    def command(self, *arguments: str, project: str = "rehearsal") -> subprocess.CompletedProcess[str]:
        """Any command of the CLI."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder / "stacks" / project,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def select(self, stack: str) -> None:
        """Make a stack if there is none."""
        if stack not in self.stacks:
            made = self.command("stack", "init", stack)
            assert made.returncode == 0, made.stderr
            self.stacks.append(stack)

    def run(self, operation: str, stack: str, *options: str, step: str = "") -> Result:
        """One operation on a stack, reported as a step."""
        self.select(stack)
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        sure = [] if operation == "preview" else ["--yes", "--skip-preview"]
        started = time.monotonic()
        done = self.command(operation, *sure, "--stack", stack, "--event-log", str(log), *options)
        seconds = time.monotonic() - started
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []
        counts: dict[str, int] = {}
        for event in events:
            counts |= event.get("summaryEvent", {}).get("resourceChanges", {})
        errors = tuple(
            event["diagnosticEvent"]["message"].replace("<{%reset%}>", "").strip()
            for event in events
            if event.get("diagnosticEvent", {}).get("severity") == "error"
        )
        _STEPS.append(
            {
                "step": step or operation,
                "stack": stack,
                "command": " ".join(("pulumi", operation, *options)),
                "exitCode": done.returncode,
                "counts": {name: counts.get(name, 0) for name in _FOUR},
                "seconds": round(seconds, 1),
            }
        )
        return Result(done.returncode, done.stdout + done.stderr, counts, errors)

    def state(self, stack: str) -> list[dict[str, Any]]:
        """Recorded resources of ours: without the stack, components and providers."""
        found = json.loads(self.command("stack", "export", "--stack", stack).stdout)
        resources = found["deployment"].get("resources", [])
        return [item for item in resources if item["type"].startswith("aws:")]


@pytest.fixture
def cli(own_estate: Path, root: Path, tmp_path: Path) -> Iterator[Cli]:
    """The rehearsal project over a small estate, with a cloud that runs; credentials of a real account are about."""
    stacks = tmp_path / "stacks"
    stacks.mkdir()
    own_estate.rename(stacks / "estate")
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(root / "stacks" / name, stacks)
    shutil.copytree(root / "stacks" / "rehearsal", stacks / "rehearsal")
    (tmp_path / "policies").symlink_to(root / "policies")
    (tmp_path / "backend").mkdir()
    environment = {
        "PATH": os.pathsep.join((str(Path(sys.prefix) / "bin"), os.environ["PATH"])),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(root),  # this checkout, whatever is installed
        "VIRTUAL_ENV": sys.prefix,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "never-to-be-used",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    start(stacks / "estate" / ".state")
    yield Cli(tmp_path, environment)
    stop(stacks / "estate" / ".state")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the CLI ran, for people; and in a file for whoever asked for one."""
    if not _STEPS:
        return
    shown = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=False)
    versions = {
        "pulumi": shown.stdout.strip(),
        "pulumi SDK": version("pulumi"),
        "pulumi_aws": version("pulumi_aws"),
        "python": platform.python_version(),
        "boto3": version("boto3"),
        "moto": version("moto"),
    }
    write = terminalreporter.write_line
    terminalreporter.section("Pulumi CLI")
    write(", ".join(f"{name} {value}" for name, value in versions.items()))
    write(f"{'step':44} {'stack':18} rc {' '.join(f'{name:>7}' for name in _FOUR)}  seconds")
    for item in _STEPS:
        numbers = " ".join(f"{item['counts'][name]:7}" for name in _FOUR)
        write(f"{item['step']:44} {item['stack']:18} {item['exitCode']:2} {numbers} {item['seconds']:8}")
    write(", ".join(f"{name}: {outcome}" for name, outcome in sorted(_RESULTS.items())))
    if wanted := os.environ.get(REPORT):
        path = Path(wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"versions": versions, "steps": _STEPS, "results": _RESULTS}
        path.write_text(json.dumps(document, indent=1) + "\n")
        write(f"written to {wanted}")
