from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def project(own_estate: Path, root: Path, tmp_path: Path) -> Path:
    """A checkout under git with a small estate, in which rules may be idle, and our command on the path."""
    folder = tmp_path / "project"
    (folder / "stacks").mkdir(parents=True)
    own_estate.rename(folder / "stacks" / "estate")
    shutil.copytree(root / "policies", folder / "policies")
    profile = folder / "policies" / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    estate = folder / "stacks" / "estate"
    for name in ("register.csv", "enrolment.csv"):
        lines = (root / "stacks" / "estate" / name).read_text().splitlines()
        kept = [line for line in lines[1:] if line.partition(",")[0] in ("erb", "mwtc")]
        (estate / name).write_text("\n".join([lines[0], *kept]) + "\n")
    (folder / "bin").mkdir()
    command = folder / "bin" / "egov-infra"
    command.write_text(f"#!{sys.executable}\nfrom egov_infra.cli.main import main\nmain()\n")
    command.chmod(0o755)
    assert yaml.safe_load(profile.read_text())["idle"] == "count"
    for words in (
        ("init", "--quiet"),
        ("config", "user.name", "A reader"),
        ("config", "user.email", "reader@example.org"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "The estate"),
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder
