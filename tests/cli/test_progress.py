from __future__ import annotations

import io
import subprocess
import sys

import pytest

from egov_infra.cli.progress import progress
from egov_infra.engine.preview import Action, Step, preview_of

RECORD = "aws:route53/record:Record"


class _Terminal(io.StringIO):
    """Where people look."""

    def isatty(self) -> bool:
        return True


def _run(terminal: _Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stacks at work side by side; one ends."""
    monkeypatch.setattr(sys, "stderr", terminal)
    steps = (Step(Action.CREATE, RECORD, "a"), Step(Action.SAME, RECORD, "b"))
    previews = [preview_of(stack, "", steps) for stack in ("erb.domain", "abc.domain")]
    with progress(previews) as shown:
        shown.stack("erb.domain", True)
        shown.stack("abc.domain", True)
        shown.step("erb.domain", Action.CREATE, RECORD, "a")
        shown.step("erb.domain", Action.SAME, RECORD, "b")
        shown.step("erb.domain", Action.DELETE, RECORD, "an earlier run's")
        shown.stack("erb.domain", False)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    """A terminal outside CI."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("CI", raising=False)
    return _Terminal()


def test_terminal_shows_how_far_and_what_is_under_way(
    terminal: _Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done of all that are planned, and no line for each change."""
    _run(terminal, monkeypatch)
    text = terminal.getvalue()
    assert "0/4" in text
    assert "erb.domain, abc.domain" in text
    last = text.rpartition("2/4")[2]
    assert "abc.domain" in last
    assert "erb.domain" not in last
    assert "create" not in text


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_elsewhere_changes_are_lines(
    terminal: _Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A log keeps every change, nothing that moves, and nothing that stays as it was."""
    monkeypatch.setenv(name, value)
    _run(terminal, monkeypatch)
    assert terminal.getvalue().splitlines() == [
        "  create erb.domain a",
        "  delete erb.domain an earlier run's",
    ]


def test_run_without_a_change_shows_no_bar(terminal: _Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn before anything happens."""
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress([]):
        pass
    assert terminal.getvalue() == ""


def test_lines_load_no_rich() -> None:
    """It takes longer to import than a small run."""
    script = (
        "import sys; from egov_infra.cli.progress import progress; progress([]); print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
