from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from egov_infra.cli.main import root as command


def test_a_small_estate_names_what_its_rules_did_not_meet(own_estate: Path, root: Path) -> None:
    """Exit 1: rules were idle, and accepted types are not planned here; JSON holds rules, types and fields."""
    arguments = ["policy", "coverage", "--estate", str(own_estate), "--policies", str(root / "policies")]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.return_value == 1
    assert (
        "  gateway-promotion-untimely: no subject; few institutions send promotional messages" in done.output
    )
    assert "fields that no rule reads" in done.output
    data = json.loads(
        CliRunner().invoke(command, [*arguments, "--format", "json"], standalone_mode=False).output
    )
    assert data["summary"]["is_covered"] is False
    assert data["summary"]["types"] == len(data["types"])
    assert {"rule-idle", "accepted-needless"} >= {item["code"] for item in data["diagnostics"]}
