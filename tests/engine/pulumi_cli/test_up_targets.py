from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from egov_infra.cloud.rehearsal import start, stop

DOMAIN = "erb.domain"
BUCKET = "erb-domain-sts-erb-go-tz-bucket"
_MAIN = "from egov_infra.cli.main import main; main()"


def _run(
    cli: Any, *words: str, estate: str = "estate", **environment: str
) -> subprocess.CompletedProcess[str]:
    """One command of ours, as a user of the CLI runs it. An empty value takes a variable away."""
    surroundings: Mapping[str, str] = {**cli.environment, **environment}
    return subprocess.run(
        [sys.executable, "-c", _MAIN, *words, "--estate", str(cli.folder / "stacks" / estate)],
        env={name: value for name, value in surroundings.items() if value},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def _up(cli: Any, *options: str, estate: str = "estate") -> tuple[int, dict[str, Any], str]:
    """Exit code, what it says as data, and what it talks."""
    words = ("up", DOMAIN, "--target", "rehearsal-cli", "--yes", "--format", "json", *options)
    done = _run(cli, *words, estate=estate)
    return done.returncode, json.loads(done.stdout), done.stderr


def _changed(document: dict[str, Any]) -> dict[str, int]:
    """What was done, without what was left as it was."""
    applied = document["summary"]["applied"]
    return {word: applied[word] for word in ("created", "updated", "replaced", "deleted") if applied[word]}


def _messages(document: dict[str, Any]) -> str:
    return "\n".join(item["message"] for item in document["diagnostics"])


def _rename_in_state(cli: Any) -> None:
    """As if the bucket had been made under another name: only a replacement brings it to the plan."""
    exported = json.loads(cli.command("stack", "export", "--show-secrets", "--stack", DOMAIN).stdout)
    for item in exported["deployment"]["resources"]:
        if item["urn"].endswith(f"::{BUCKET}"):
            item["inputs"]["bucket"] = "another-name"
    path = cli.folder / "edited.json"
    path.write_text(json.dumps(exported))
    assert cli.command("stack", "import", "--file", str(path), "--stack", DOMAIN).returncode == 0


def test_up_lives_on_the_cli(cli: Any) -> None:
    """Created, unchanged, updated, refused by the gate, refused by the guard, replaced with approval, destroyed."""
    code, first, talk = _up(cli)
    made = first["summary"]["changes"]["create"]
    assert (code, _changed(first)) == (0, {"created": made}), f"{talk}\n{_messages(first)}"
    assert all(item["done"] == [_done(step) for step in item["steps"]] for item in first["stacks"])
    assert "  create erb.domain erb-domain-zone-erb-go-tz" in talk

    code, again, _ = _up(cli)
    assert (code, _changed(again), again["summary"]["applied"]["unchanged"]) == (0, {}, made)
    assert again["summary"]["applied"]["skipped_stacks"] == len(again["stacks"])

    cli.edit("values: [41.59.0.10]", "values: [41.59.0.11]")
    planned = json.loads(_run(cli, "plan", DOMAIN, "--target", "rehearsal-cli", "--format", "json").stdout)
    code, changed, _ = _up(cli)
    assert (code, _changed(changed)) == (0, {"updated": 1})
    assert planned["summary"]["digest"] == changed["summary"]["digest"]

    cli.edit("policy: reject", "policy: none")
    code, shut, _ = _up(cli)
    assert (code, shut["summary"]["applied"]) == (1, None)
    cli.edit("policy: none", "policy: reject")

    protected = {item["urn"] for item in cli.state(DOMAIN) if item.get("protect")}
    _rename_in_state(cli)
    code, refused, _ = _up(cli)
    assert code == 3
    assert f"erb.domain: would replace {BUCKET}, which holds data (bucket)" in _messages(refused)
    code, replaced, _ = _up(cli, "--approve", refused["summary"]["digest"])
    assert (code, _changed(replaced)) == (0, {"replaced": 7})
    assert {item["urn"] for item in cli.state(DOMAIN) if item.get("protect")} == protected

    _close(cli)


def _done(step: dict[str, Any]) -> dict[str, Any]:
    return {name: step[name] for name in ("action", "type", "name")}


def _close(cli: Any) -> None:
    """Take everything down with the digest that the refusal prints."""
    cli.edit("state: active", "state: closed")
    words = ("destroy", DOMAIN, "--target", "rehearsal-cli", "--yes")
    refused = _run(cli, *words)
    assert refused.returncode == 3
    digest = refused.stderr.rstrip().rpartition(" ")[2]
    gone = _run(cli, *words, "--approve", digest)
    assert gone.returncode == 0, gone.stderr
    assert DOMAIN not in cli.command("stack", "ls").stdout
    assert cli.cloud.client("s3", "110000000002", "af-south-1").list_buckets()["Buckets"] == []


def test_new_cloud_is_filled_again(cli: Any) -> None:
    """Its id stands in the state: nothing is called unchanged that is not there."""
    assert _up(cli)[0] == 0
    state = cli.folder / "stacks" / "estate" / ".state"
    stop(state)
    start(state)
    code, again, talk = _up(cli)
    assert code == 0, talk
    assert again["summary"]["applied"]["created"] > 100
    zones = cli.cloud.client("route53", "110000000002", "us-east-1").list_hosted_zones()["HostedZones"]
    assert "erb.go.tz." in {zone["Name"] for zone in zones}
    assert _changed(_up(cli)[1]) == {}


def test_failure_and_refusal_of_the_program_are_told_apart(cli: Any) -> None:
    """A plan that nobody reviewed is exit 3, and nothing changes; what the cloud refuses is exit 4, with its words."""
    assert _up(cli)[0] == 0
    before = cli.state(DOMAIN)
    shutil.copytree(cli.folder / "stacks" / "estate", cli.folder / "stacks" / "reviewed")
    cli.edit("values: [41.59.0.10]", "values: [41.59.0.11]")
    reviewed = cli.folder / "stacks" / "reviewed" / "institutions" / "erb.yaml"
    reviewed.write_text(reviewed.read_text().replace("values: [41.59.0.10]", "values: [41.59.0.12]"))
    code, refused, _ = _up(cli, estate="reviewed")
    assert code == 3
    assert "is not what was reviewed: it changed meanwhile" in _messages(refused)
    assert cli.state(DOMAIN) == before

    zone = next(item["id"] for item in before if item["type"] == "aws:route53/zone:Zone")
    _empty(cli.cloud.client("route53", "110000000002", "us-east-1"), zone)
    code, failed, _ = _up(cli)
    assert code == 4
    assert "erb-domain-record-intranet-erb-go-tz-a: change_resource_record_sets failed" in _messages(failed)
    assert "Traceback" not in _messages(failed)


def _empty(client: Any, zone: str) -> None:
    """Delete a zone behind our back."""
    for item in client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if item["Type"] not in ("SOA", "NS"):
            changes = [{"Action": "DELETE", "ResourceRecordSet": item}]
            client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    client.delete_hosted_zone(Id=zone)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("PULUMI_BACKEND_URL", "has no backend to keep its state in: set PULUMI_BACKEND_URL"),
        ("PULUMI_CONFIG_PASSPHRASE", "have no key: set PULUMI_CONFIG_PASSPHRASE"),
    ],
)
def test_what_is_not_set_up_is_one_sentence(cli: Any, missing: str, said: str) -> None:
    """Exit 3, before anything is made."""
    words = ("up", DOMAIN, "--target", "rehearsal-cli", "--yes")
    if missing == "PULUMI_CONFIG_PASSPHRASE":
        cli.select(DOMAIN)
    done = _run(cli, *words, **{missing: ""})
    assert done.returncode == 3
    assert said in done.stderr
    assert "Traceback" not in done.stderr
