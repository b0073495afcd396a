from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egov_infra.engine.gate import Gate, GateShutError
from egov_infra.policy.judge import judge_estate
from tests.policy.waivers import GOOD, written


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies that a test may change. The rules that a small estate leaves idle do not block."""
    folder = Path(shutil.copytree(root / "policies", tmp_path / "policies"))
    profile = folder / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    return folder


def test_program_warns_of_a_waiver_that_ends_and_is_shut_by_one_that_ended(
    own_estate: Path, policies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What lets a stack pass today, and will not soon, is said where it is applied."""
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("subdomains: reject", "subdomains: none"))
    gate = Gate.of(own_estate, policies)
    (finding,) = judge_estate(gate.source, gate.policies, gate.context).findings
    waiver = {**GOOD, "values_digest": finding.values_digest, "expires_on": "2020-07-10"}
    (policies / "waivers.yaml").write_text(written([waiver]))
    assert Gate.of(own_estate, policies).admit("erb.domain").name == "erb.domain"
    assert "ends in 10 days, on 2020-07-10" in capsys.readouterr().err
    assert Gate.of(own_estate, policies).admit("mwtc.domain").name == "mwtc.domain"
    assert capsys.readouterr().err == ""
    (policies / "waivers.yaml").write_text(written([waiver | {"expires_on": "2020-06-29"}]))
    with pytest.raises(GateShutError, match=r"blocks waiver-expired at .*waivers.yaml:10:17"):
        Gate.of(own_estate, policies).admit("erb.domain")
