"""A small estate with its policies, under git."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from egov_infra.cli.main import root as command_line


class Repository:
    """A small estate with its policies, under git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / "estate" / "institutions" / "erb.yaml"
        self._git("init", "--quiet")
        self.commit()

    def rewrite(self, old: str, new: str, file: str = "estate/institutions/erb.yaml") -> None:
        """Put something else into a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self) -> None:
        """Commit everything as it is."""
        self._git("add", "--all")
        self._git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "x")

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of a command. Raises what it raises."""
        done = CliRunner().invoke(command_line, [*words, "--format", "json"], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return done.return_value, json.loads(done.stdout)

    def _git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *words], check=True)
