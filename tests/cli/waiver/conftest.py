"""What the tests of waivers share: a small estate with one finding, and policies that a test may change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from egov_infra.cli.main import root as command_line
from egov_infra.source.diagnostic import Diagnostic, InputError

RULE = "mail-dmarc-subdomains-weak"


class Desk:
    """Runs commands on an estate whose one finding is about ERB's mail domain."""

    def __init__(self, estate: Path, policies: Path) -> None:
        self._estate = estate
        self.file = policies / "waivers.yaml"
        self._options = ("--policies", str(policies))
        manifest = estate / "institutions" / "erb.yaml"
        weak = manifest.read_text().replace("subdomains: reject", "subdomains: none")
        manifest.write_text(weak)
        self.fingerprint = next(item["fingerprint"] for item in self.check()["findings"])

    def check(self) -> dict[str, Any]:
        """What `check` says."""
        return self._json("check", str(self._estate), *self._options)

    def waiver(self, *words: str) -> dict[str, Any]:
        """What a command says as JSON."""
        return self._json("waiver", *words, "--estate", str(self._estate), *self._options)

    def text(self, *words: str) -> str:
        """What a command says to people, with the file of waivers by its name."""
        named = ["waiver", *words, "--estate", str(self._estate), *self._options]
        done = CliRunner().invoke(command_line, named, standalone_mode=False)
        assert done.exception is None
        return done.stdout.replace(str(self.file), self.file.name)

    def add(self, finding: str = "", **changed: str) -> tuple[str, str]:
        """What `waiver add` says on stdout and stderr. Raises what it raises."""
        given = {
            "reason": "A legacy subdomain still sends through its own relay.",
            "author": "Baraka Lema",
            "approver": "Asha Mwinyi",
            "expires_on": "2020-08-15",
            "compensating_control": "Reports are read every day.",
            **changed,
        }
        words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value]
        words += ["--dry-run"] if "dry_run" in changed else []
        words = [word for word in words if not word.startswith("--dry-run=")]
        named = ["--estate", str(self._estate), *self._options]
        arguments = ["waiver", "add", finding or self.fingerprint, *words, *named]
        done = CliRunner().invoke(command_line, arguments, standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return done.stdout, done.stderr

    def refused(self, finding: str = "", **changed: str) -> list[str]:
        """What `waiver add` refuses: code and text of each fault; nothing is written."""
        before = self.file.read_bytes()
        with pytest.raises(InputError) as caught:
            self.add(finding, **changed)
        assert self.file.read_bytes() == before
        return [_said(item) for item in caught.value.diagnostics]

    def _json(self, *words: str) -> dict[str, Any]:
        done = CliRunner().invoke(command_line, [*words, "--format", "json"], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        found: dict[str, Any] = json.loads(done.stdout)
        assert found["summary"].get("exit_code", 0) == done.return_value
        return found


def _said(item: Diagnostic) -> str:
    assert str(item.place) == "<arguments>"
    return f"{item.code} {item.text}"


@pytest.fixture
def desk(estate_of: Callable[..., Path], root: Path, tmp_path: Path) -> Desk:
    """ERB has one finding of high severity. The rules that a small estate leaves idle do not block."""
    policies = Path(shutil.copytree(root / "policies", tmp_path / "policies"))
    profile = policies / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    return Desk(estate_of("erb", "mwtc"), policies)
