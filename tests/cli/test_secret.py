from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from egov_infra.cloud.rehearsal import start, stop
from egov_infra.cloud.session import Cloud

VALUES = ("kilimanjaro-5895", "meru-4566")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cloud(own_estate: Path) -> Iterator[Cloud]:
    """A rehearsal cloud that lives between commands."""
    yield Cloud(start(own_estate / ".state").endpoint)
    stop(own_estate / ".state")


@pytest.fixture
def run(own_estate: Path, root: Path) -> Run:
    """Any command, on a small estate of its own."""

    def command(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        places = ("--estate", str(own_estate), "--policies", str(root / "policies"))
        given = arguments if name == "check" else (*arguments, *places)
        return subprocess.run(
            [sys.executable, "-c", "from egov_infra.cli.main import main; main()", name, *given],
            capture_output=True,
            text=True,
            env={**os.environ},
            check=False,
        )

    return command


def test_value_appears_in_no_file_and_no_output(cloud: Cloud, run: Run, own_estate: Path) -> None:
    """From the first plan to the last deletion, with a rotation between: only the cloud ever holds it."""
    store = cloud.client("secretsmanager", "110000000003", "af-south-1")
    erb = own_estate / "institutions" / "erb.yaml"
    store.create_secret(Name="erb/registrations", SecretString=VALUES[0])
    done = [
        run("plan", "erb.gateway", "--format", "json"),
        run("up", "erb.gateway", "--yes"),
        run("up", "erb.gateway", "--yes"),
    ]
    assert "0 created, 0 updated" in done[-1].stdout
    assert "made up" not in done[-1].stdout
    store.put_secret_value(SecretId="erb/registrations", SecretString=VALUES[1])
    done += [
        run("plan", "erb.gateway"),
        run("up", "erb.gateway", "--yes"),
        run("audit", "erb.gateway"),
        run("evidence", "erb.gateway", "--output", str(own_estate / "evidence.json")),
    ]
    shown = "~ aws:cloudwatch/eventConnection:EventConnection erb-gateway-registrations-connection [auth_parameters]"
    assert shown in done[-4].stdout
    assert "0 created, 1 updated" in done[-3].stdout
    assert " 0 drifts" in done[-2].stdout
    erb.write_text(erb.read_text().replace("state: active", "state: closed"))
    refused = run("destroy", "erb.gateway", "--yes")
    digest = refused.stderr.split("--approve ")[-1].split()[0]
    done += [run("destroy", "erb.gateway", "--yes", "--approve", digest)]
    assert [(item.returncode, item.stderr) for item in done if item.returncode] == []
    outputs = [item.stdout + item.stderr for item in (*done, refused)]
    assert [text for text in outputs if any(value in text for value in VALUES)] == []
    files = [path for path in own_estate.rglob("*") if path.is_file()]
    assert len(files) > len(VALUES)
    assert [path for path in files if any(value.encode() in path.read_bytes() for value in VALUES)] == []


def test_what_is_made_up_is_said_and_what_cannot_be_read_is_named(cloud: Cloud, run: Run) -> None:
    """A rehearsal needs no real key; one that is there and holds no text stops its stack, and no other."""
    made = run("up", "erb.gateway", "--yes")
    assert (made.returncode, made.stdout.splitlines()[0]) == (
        0,
        "made up secret erb/registrations of account 110000000003: the rehearsal cloud keeps none of that name",
    )
    store = cloud.client("secretsmanager", "110000000003", "af-south-1")
    store.create_secret(Name="erb/registrations", SecretBinary=b"\x00")
    failed = run("up", "erb.gateway", "--yes")
    assert (failed.returncode, failed.stdout.splitlines()[0]) == (
        4,
        (
            "failed erb.gateway: not tried: secret erb/registrations of account 110000000003: "
            "get_secret_value failed: NoText: it holds no text"
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("store: secretsmanager", "store: vault", 2, "value-unknown"),
        ("name: erb/registrations", "name: egov/smpp/vodacom", 1, "gateway-secret-foreign"),
    ],
)
def test_secret_of_another_place_or_owner_is_refused(
    old: str, new: str, code: int, message: str, run: Run, own_estate: Path
) -> None:
    """Whoever writes a manifest reaches no secret but the institution's own, in the one store."""
    erb = own_estate / "institutions" / "erb.yaml"
    erb.write_text(erb.read_text().replace(old, new))
    done = run("plan", "erb.gateway")
    assert done.returncode == code
    said = done.stdout + done.stderr
    assert (message in said, "erb.yaml:" in said) == (True, True)
