from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from egov_infra.engine.gate import Gate
from tests.engine.pulumi_cli.conftest import Cli

PACK = ("--policy-pack", "../../policies")
STACK = "erb.domain"
BAD = """
import pulumi
import pulumi_aws as aws

provider = aws.Provider("account", region="af-south-1", allowed_account_ids=["110000000002"])
opts = pulumi.ResourceOptions(provider=provider)
key = aws.kms.Key("data", deletion_window_in_days=7, opts=opts)
bucket = aws.s3.Bucket("data", bucket="erb-data", opts=opts)
policy = bucket.arn.apply(lambda arn: '{"Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "' + arn + '"}]}')
aws.s3.BucketPolicy("data", bucket=bucket.id, policy=policy, opts=opts)
aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=opts)
"""


@pytest.fixture
def bad(cli: Cli) -> Path:
    """A project of somebody who has never heard of our gate."""
    project = cli.folder / "stacks" / "bad"
    shutil.copytree(cli.folder / "stacks" / "rehearsal", project)
    (project / "__main__.py").write_text(BAD)
    return project


def test_pack_passes_what_the_gate_passes(cli: Cli) -> None:
    """Also where documents are not known before anything exists."""
    result = cli.run("preview", STACK, *PACK, step="preview with the policy pack")
    assert (result.code, result.errors) == (0, ()), result.output
    assert "egov-infra" in result.output


def test_pack_refuses_a_program_without_our_gate(cli: Cli, bad: Path) -> None:
    """Each rule under its own name, mandatory, with its severity, framework and fix."""
    cli.select(STACK)
    done = cli.command("preview", "--stack", STACK, *PACK, project=bad.name)
    assert done.returncode != 0, done.stdout
    told = done.stdout
    assert "[mandatory] [severity: high]  tenancy-key-unrotated  (aws:kms:Key: data)" in told
    for rule in ("tenancy-bucket-public", "tenancy-bucket-unencrypted", "tenancy-key-deleted-early", "tenancy-data-unprotected"):  # fmt: skip
        assert rule in told
    assert "tenancy-bucket-unversioned" not in told  # its versioning is found by what it came from
    assert "fix: enable rotation of the key in the blueprint" in told
    assert "nist-800-53-r5 SC-12" in told
    assert "cannot be decided before creation" in told  # the policy, which nobody can know yet


def test_exported_state_says_what_the_plan_says(cli: Cli, tmp_path: Path, root: Path) -> None:
    """As the CLI exports it; and what somebody changed in it is found."""
    assert cli.run("up", STACK, *PACK, step="up with the policy pack").code == 0
    content = cli.command("stack", "export", "--stack", STACK).stdout
    path = tmp_path / "state.json"

    def check(text: str) -> dict[str, Any]:
        path.write_text(text)
        program = "from egov_infra.cli.main import main; main()"
        named = ("check", str(cli.manifest), "--state", str(path), "--format", "json")
        done = subprocess.run(
            [sys.executable, "-c", program, *named],
            cwd=cli.folder,
            env=dict(cli.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    clean = check(content)
    planned = Gate.of(cli.folder / "stacks" / "estate", root / "policies").admit(STACK)
    assert clean["diagnostics"] == []
    assert (clean["summary"]["exit_code"], clean["findings"]) == (0, [])
    assert clean["summary"]["resources"] == len(planned.resources)
    changed = check(content.replace('"status": "Enabled"', '"status": "Suspended"'))
    assert {one["rule"] for one in changed["findings"]} == {"tenancy-bucket-unversioned"}
    assert all(one["place"]["file"] == str(cli.manifest) for one in changed["findings"])
