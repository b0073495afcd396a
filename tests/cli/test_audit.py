from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.main import root as command_line
from egov_infra.cloud.rehearsal import start, stop
from egov_infra.cloud.session import Cloud
from egov_infra.engine.gate import Gate
from egov_infra.engine.up import STATE_FOLDER, apply, prepare, state_store
from egov_infra.source.diagnostic import InputError

STACK = "platform.platform"


def _run(estate: Path, root: Path, *arguments: str) -> Result:
    options = ["--estate", str(estate), "--policies", str(root / "policies")]
    return CliRunner().invoke(command_line, ["audit", *arguments, *options], standalone_mode=False)


def _document(result: Result, root: Path) -> Mapping[str, Any]:
    schema = json.loads((root / "docs" / "reference" / "audit.schema.json").read_text(encoding="utf-8"))
    data: Mapping[str, Any] = json.loads(result.stdout)
    jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
    return data


@pytest.fixture
def applied(own_estate: Path, root: Path) -> Iterator[Cloud]:
    """The platform's own account, applied to a rehearsal cloud that runs as a server."""
    gate = Gate.of(own_estate, root / "policies")
    server = start(own_estate / STATE_FOLDER)
    try:
        cloud = Cloud(server.endpoint)
        store = state_store(own_estate, "rehearsal")
        prepared = prepare(gate.source, gate.policies, gate.context, [STACK], store, cloud.cloud_id)
        assert apply(prepared, store, cloud, None, lambda *_: None).errors == ()
        yield cloud
    finally:
        stop(own_estate / STATE_FOLDER)


def test_applied_stack_is_clean_until_somebody_meddles(applied: Cloud, own_estate: Path, root: Path) -> None:
    """Exit 0, then 1 with what differs, the finding on it, and what nobody declared; stdout is data alone."""
    clean = _run(own_estate, root, STACK, "--format", "json")
    document = _document(clean, root)
    assert (clean.return_value, document["summary"]["exit_code"]) == (0, 0)
    assert document["summary"]["read"] > 20
    assert (document["drift"], document["undeclared"], document["unknown"], document["findings"]) == ([],) * 4
    assert clean.stderr.startswith(f"  {STACK}: ")

    account, region = "110000000001", "af-south-1"
    s3 = applied.client("s3", account, region)
    (archive, *_) = [item["Name"] for item in s3.list_buckets()["Buckets"] if "archive" in item["Name"]]
    s3.delete_public_access_block(Bucket=archive)
    applied.client("iam", account, region).create_user(UserName="shadow")
    meddled = _run(own_estate, root, STACK, "--format", "json")
    document = _document(meddled, root)
    assert (meddled.return_value, document["summary"]["exit_code"]) == (1, 1)
    assert [(item["institution"], item["property"], item["live"]) for item in document["drift"]] == [
        ("platform", None, "absent")
    ]
    assert [item["id"] for item in document["undeclared"]] == ["shadow"]
    assert "tenancy-bucket-public" in {item["rule"] for item in document["findings"]}

    text = _run(own_estate, root, STACK)
    assert text.return_value == 1
    assert text.stdout.splitlines()[0].endswith("is gone")


def test_without_a_cloud_nothing_is_said(own_estate: Path, root: Path) -> None:
    """Exit 3, and the reason as data too."""
    result = _run(own_estate, root, STACK, "--format", "json")
    document = _document(result, root)
    assert (result.return_value, document["summary"]) == (3, {"exit_code": 3})
    assert [item["code"] for item in document["diagnostics"]] == ["cloud-missing"]
    assert "no rehearsal cloud runs" in result.stderr


def test_unreadable_manifest_is_data_too(own_estate: Path, root: Path) -> None:
    """Exit 2: what is wrong with the estate stands in the document, and is raised for people."""
    (own_estate / "estate.yaml").write_text("a: [")
    result = _run(own_estate, root, "--all", "--format", "json")
    assert isinstance(result.exception, InputError)
    assert _document(result, root)["summary"] == {"exit_code": 2}


@pytest.mark.parametrize("arguments", [(), (STACK, "--all")])
def test_either_selectors_or_all(arguments: tuple[str, ...], own_estate: Path, root: Path) -> None:
    """Naming nothing audits nothing by accident."""
    result = _run(own_estate, root, *arguments)
    assert "name SELECTORS, or say --all" in str(result.exception)
