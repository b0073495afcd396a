from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
    assert (
        "[mandatory]  [severity: high]  tenancy-key-unrotated" in told
        or "[mandatory] [severity: high]  tenancy-key-unrotated" in told
    ), told
    for rule in ("tenancy-bucket-public", "tenancy-bucket-unencrypted", "tenancy-key-deleted-early", "tenancy-data-unprotected"):  # fmt: skip
        assert rule in told
    assert "tenancy-bucket-unversioned" not in told  # its versioning is found by what it came from
    assert "fix: enable rotation of the key in the blueprint" in told
    assert "nist-800-53-r5 SC-12" in told
    assert "cannot be decided before creation" in told  # the policy, which nobody can know yet
