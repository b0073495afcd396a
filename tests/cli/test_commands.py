from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from egov_infra.cli import policy, waiver
from egov_infra.cli.main import root

COMMANDS = root.list_commands(click.Context(root))
POLICY = [f"policy {name}" for name in policy.command.list_commands(click.Context(policy.command))]
WAIVER = [f"waiver {name}" for name in waiver.command.list_commands(click.Context(waiver.command))]


@pytest.mark.parametrize("name", [*COMMANDS, *POLICY, *WAIVER])
def test_command_has_help_and_stands_in_the_readme(name: str, root_readme: str) -> None:
    """Every command says what it does, and people can find it."""
    done = CliRunner().invoke(root, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()[2].strip()) > 20
    assert f"egov-infra {name}" in root_readme


@pytest.mark.parametrize("name", ["evidence", "plan", "report", *POLICY, *WAIVER])
def test_examples_of_help_stand_on_lines_of_their_own(name: str) -> None:
    """They can be copied; no mark of the layout is left."""
    lines = [line.strip() for line in CliRunner().invoke(root, [*name.split(), "--help"]).output.splitlines()]
    assert any(line.startswith(f"egov-infra {name} ") for line in lines)
    assert not any("\\b" in line for line in lines)


@pytest.fixture
def root_readme(root: Path) -> str:
    """The README."""
    return (root / "README.md").read_text(encoding="utf-8")


def test_unknown_command_is_a_usage_error() -> None:
    """A misspelt command is exit 2."""
    assert CliRunner().invoke(root, ["chek"]).exit_code == 2
