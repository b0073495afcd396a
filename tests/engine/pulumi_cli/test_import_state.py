from __future__ import annotations

import subprocess
import sys
from typing import Any

from egov_infra.engine.rehearsal import TARGET
from egov_infra.engine.up import state_store

COMMAND = "from egov_infra.cli.main import main; main()"


def test_rehearsal_state_is_imported_without_a_change(cli: Any) -> None:
    """What our engine wrote, Pulumi's takes as its own: all twelve stacks, read back from the cloud too."""
    estate = cli.folder / "stacks" / "estate"
    applied = subprocess.run(
        [sys.executable, "-c", COMMAND, "up", "erb", "--yes", "--estate", str(estate)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert applied.returncode == 0, applied.stderr
    stacks = state_store(estate, TARGET).stacks()
    assert len(stacks) == 12
    for stack in stacks:
        cli.select(stack)
        state = cli.folder / f"{stack}.json"
        exported = subprocess.run(
            [sys.executable, "-c", COMMAND, "state", "export", stack, "--estate", str(estate)],
            capture_output=True,
            text=True,
            check=True,
        )
        state.write_text(exported.stdout)
        imported = cli.command("stack", "import", "--stack", stack, "--file", str(state))
        assert imported.returncode == 0, imported.stderr
    for stack in stacks:
        shown = cli.run(
            "preview", stack, "--refresh", "--expect-no-changes", step="preview of an imported state"
        )
        assert (shown.code, shown.changes()) == (0, {}), shown.output
