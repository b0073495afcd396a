from __future__ import annotations

import json
from typing import Any

from egov_infra.engine.gate import Gate

DOMAIN = "erb.domain"
OURS = 3
"""The stack, the component and the provider: counted by the engine beside the plan."""


def _planned(cli: Any, stack: str) -> int:
    return len(Gate.of(cli.folder / "stacks" / "estate").admit(stack).resources)


def test_stack_lives(cli: Any) -> None:
    """Preview, up, up again, a changed record, a replacement, drift that a refresh finds, and its repair."""
    everything = _planned(cli, DOMAIN) + OURS
    assert cli.run("preview", DOMAIN, step="preview of a new stack").counts == {"create": everything}
    assert cli.state(DOMAIN) == []
    up = cli.run("up", DOMAIN, step="first up")
    assert (up.code, up.counts) == (0, {"create": everything})
    again = cli.run("up", DOMAIN, "--expect-no-changes", step="up again")
    assert (again.code, again.counts) == (0, {"same": everything})

    cli.edit("values: [41.59.0.10]", "values: [41.59.0.11]")
    changed = cli.run("up", DOMAIN, step="a changed record")
    assert (changed.code, changed.changes()) == (0, {"update": 1})
    records = cli.cloud.client("route53", "110000000002", "us-east-1")
    zone = records.list_hosted_zones()["HostedZones"][0]["Id"]
    sets = records.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {"Value": "41.59.0.11"} in [value for item in sets for value in item.get("ResourceRecords", ())]

    s3 = cli.cloud.client("s3", "110000000002", "af-south-1")
    bucket = next(item["Name"] for item in s3.list_buckets()["Buckets"] if "web" in item["Name"])
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    drift = cli.run("refresh", DOMAIN, step="refresh after meddling")
    assert (drift.code, drift.changes()) == (0, {"update": 1})
    shown = cli.run("preview", DOMAIN, "--diff", step="preview of the repair")
    assert shown.changes() == {"update": 1}
    assert "Suspended" in shown.output
    assert cli.run("up", DOMAIN, step="repair").changes() == {"update": 1}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert cli.run("refresh", DOMAIN, "--expect-no-changes", step="refresh after repair").code == 0


def test_shut_gate_registers_and_deletes_nothing(cli: Any) -> None:
    """One clean block of text, exit code 1, and the state as it was; on a first run only the stack itself."""
    assert cli.run("up", DOMAIN, step="up before the refusal").code == 0
    before = cli.state(DOMAIN)
    cli.edit("policy: reject", "policy: none")
    for operation in ("preview", "up"):
        refused = cli.run(operation, DOMAIN, step=f"refused {operation}")
        assert (refused.code, refused.changes()) == (1, {})
        assert len(refused.errors) == 1
        assert refused.errors[0].startswith("erb.domain: the gate is shut; nothing was registered")
        assert "mail-dmarc-not-enforced at ../estate/institutions/erb.yaml:" in refused.errors[0]
        assert "Traceback" not in refused.output
    assert cli.state(DOMAIN) == before
    assert cli.run("up", "erb.tenancy.test", step="refused first up").code == 1
    assert cli.state("erb.tenancy.test") == []


def test_destroy_keeps_what_is_protected(cli: Any) -> None:
    """Without a person's own word it fails; after `state unprotect` nothing is left, in the state or the cloud."""
    assert cli.run("up", DOMAIN, step="up before destroy").code == 0
    kept = cli.run("destroy", DOMAIN, step="destroy with protected ones")
    assert kept.code == 1
    assert all("cannot be deleted" in error or error == "update failed" for error in kept.errors)
    protected = {item["urn"] for item in cli.state(DOMAIN) if item.get("protect")}
    assert protected
    assert cli.command("state", "unprotect", "--all", "--yes", "--stack", DOMAIN).returncode == 0
    gone = cli.run("destroy", DOMAIN, step="destroy after unprotect")
    assert gone.code == 0
    assert cli.state(DOMAIN) == []
    assert cli.cloud.client("s3", "110000000002", "af-south-1").list_buckets()["Buckets"] == []


def test_resource_is_imported_and_a_missing_one_refused(cli: Any) -> None:
    """`pulumi import` reads by the id; what does not exist is an error, and nothing is recorded."""
    logs = cli.cloud.client("logs", "110000000002", "af-south-1")
    logs.create_log_group(logGroupName="/made/by/hand", tags={"owner": "erb"})
    assert cli.run("up", DOMAIN, step="up before import").code == 0
    provider = _provider(cli)
    kind = "aws:cloudwatch/logGroup:LogGroup"
    options = ("--generate-code=false", "--protect=false", "--provider", f"account={provider}")
    imported = cli.run("import", DOMAIN, kind, "hand", "/made/by/hand", *options, step="import of a resource")
    assert imported.code == 0, imported.output
    found = next(item for item in cli.state(DOMAIN) if item["type"] == kind)
    assert found["inputs"] == {"name": "/made/by/hand", "tags": {"owner": "erb"}}
    missing = cli.run("import", DOMAIN, kind, "none", "/made/by/none", *options, step="import of nothing")
    assert missing.code == 1
    assert "does not exist" in missing.output


def _provider(cli: Any) -> str:
    exported = json.loads(cli.command("stack", "export", "--stack", DOMAIN).stdout)
    resources = exported["deployment"]["resources"]
    return next(str(item["urn"]) for item in resources if item["type"] == "pulumi:providers:aws")
