from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = ("pulumi", "pulumi_aws", "boto3", "botocore", "moto", "rich", "jinja2", "jsonschema", "asyncio")


def _run(*arguments: str, content: str = "", program: str = "") -> subprocess.CompletedProcess[str]:
    program = program or "from egov_infra.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        input=content,
        env=dict(os.environ),
        check=False,
    )


@pytest.fixture
def plan(own_estate: Path, root: Path) -> dict[str, Any]:
    """What `plan` prints, with one of its stacks."""
    done = _run("plan", "erb.tenancy.test", "--estate", str(own_estate), "--policies", str(root / "policies"), "--format", "json")  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "stacks": [item for item in found["stacks"] if item["stack"] == "erb.tenancy.test"]}


def _check(estate: Path, root: Path, plan: dict[str, Any], *more: str) -> tuple[int, dict[str, Any], str]:
    named = ("check", str(estate), "--policies", str(root / "policies"), "--format", "json", "--plan", "-")
    done = _run(*named, *more, content=json.dumps(plan))
    return done.returncode, json.loads(done.stdout), done.stderr


def test_plan_is_judged_in_place_of_manifests(own_estate: Path, root: Path, plan: dict[str, Any]) -> None:
    """What was planned passes; nothing is idle, for nobody said that this is all."""
    code, document, said = _check(own_estate, root, plan)
    assert said.endswith(" rules look at what only manifests say, and were not asked\n")
    summary = document["summary"]
    assert (code, summary["institutions"], summary["stacks"], summary["idle"]) == (0, 1, 1, [])
    assert summary["resources"] == len(plan["stacks"][0]["resources"])


def test_finding_stands_at_the_manifest_that_plans_the_resource(
    own_estate: Path, root: Path, plan: dict[str, Any]
) -> None:
    """Else at the resource in the file: no manifest plans the second key."""
    resources = plan["stacks"][0]["resources"]
    key = next(item for item in resources if item["type"] == "aws:kms/key:Key")
    key["inputs"]["enable_key_rotation"] = False
    resources.append({**key, "name": "erb-tenancy-test-other"})
    code, document, _ = _check(own_estate, root, plan)
    found = {
        item["subject"]: item["place"]["file"]
        for item in document["findings"]
        if item["rule"] == "tenancy-key-unrotated"
    }
    manifest = str(own_estate / "institutions" / "erb.yaml")
    assert code == 1
    assert found == {
        f"erb.tenancy.test/{key['name']}": manifest,
        "erb.tenancy.test/erb-tenancy-test-other": "<stdin>",
    }


def test_file_that_cannot_be_read_judges_nothing(own_estate: Path, root: Path, plan: dict[str, Any]) -> None:
    """Exit code 2, with everything that is wrong."""
    plan["stacks"][0]["resources"][0]["inputs"]["odd"] = 1
    plan["stacks"][0]["resources"][1]["name"] = ""
    code, document, errors = _check(own_estate, root, plan)
    assert (code, [item["code"] for item in document["diagnostics"]]) == (2, ["plan-file", "plan-file"])
    assert errors.startswith("<stdin>:1:")


def test_owner_that_the_estate_does_not_have_is_an_error(
    own_estate: Path, root: Path, plan: dict[str, Any]
) -> None:
    """No facts, no judgement."""
    plan["stacks"][0] |= {"stack": "erp.tenancy.test", "owner": "erp"}
    code, document, _ = _check(own_estate, root, plan)
    (wrong,) = document["diagnostics"]
    assert (code, wrong["code"], wrong["suggestion"]) == (2, "institution-unknown", "erb")
    assert wrong["place"]["file"] == "<stdin>"


def test_same_stack_twice_is_an_error(
    own_estate: Path, root: Path, plan: dict[str, Any], tmp_path: Path
) -> None:
    """Nobody knows which of them counts."""
    path = tmp_path / "again.json"
    path.write_text(json.dumps(plan))
    code, document, _ = _check(own_estate, root, plan, "--plan", str(path))
    assert (code, [item["code"] for item in document["diagnostics"]]) == (2, ["stack-twice"])


def test_base_goes_with_manifests_only(own_estate: Path, root: Path, plan: dict[str, Any]) -> None:
    """A plan has no revision."""
    done = _run("check", str(own_estate), "--base", "HEAD", "--plan", "-", content=json.dumps(plan))
    assert done.returncode == 2
    assert "--base compares manifests" in done.stderr


def test_plan_loads_nothing_heavy(own_estate: Path, root: Path, plan: dict[str, Any]) -> None:
    """A start under a third of a second."""
    program = (
        "import sys\nfrom egov_infra.cli.main import root\nroot.main(sys.argv[1:], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    named = ("check", str(own_estate), "--policies", str(root / "policies"), "--plan", "-")
    done = _run(*named, content=json.dumps(plan), program=program)
    assert done.stderr.split("\n")[-2] == "[]"
