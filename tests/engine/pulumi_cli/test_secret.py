from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GATEWAY = "erb.gateway"
ACCOUNT, REGION = "110000000003", "af-south-1"
VALUES = ("kilimanjaro-5895", "meru-4566")


def _holding(folder: Path, *texts: str) -> list[str]:
    """Files below a folder that hold one of these texts."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [str(path) for path in files if any(text.encode() in path.read_bytes() for text in texts)]


def _recorded(cli: Any) -> dict[str, Any]:
    """The connection as the engine recorded it."""
    (found,) = (item for item in cli.state(GATEWAY) if item["type"].endswith(":EventConnection"))
    return dict(found)


def test_secret_is_read_and_kept_secret(cli: Any) -> None:
    """Encrypted in the state, shown nowhere, an update when it is rotated, and no change otherwise."""
    store = cli.cloud.client("secretsmanager", ACCOUNT, REGION)
    store.create_secret(Name="erb/registrations", SecretString=VALUES[0])
    outputs = [
        cli.run("up", stack, step="up of the platform") for stack in ("platform.platform", "platform.gmp")
    ]
    assert [done.code for done in outputs] == [0, 0], outputs[-1].output
    outputs.append(cli.run("preview", GATEWAY, "--diff", step="preview with a secret"))
    outputs.append(cli.run("up", GATEWAY, step="up with a secret"))
    outputs.append(cli.run("up", GATEWAY, "--expect-no-changes", step="up again with a secret"))
    store.put_secret_value(SecretId="erb/registrations", SecretString=VALUES[1])
    outputs.append(cli.run("preview", GATEWAY, "--diff", step="preview of a rotated secret"))
    assert outputs[-1].changes() == {"update": 1}
    outputs.append(cli.run("up", GATEWAY, step="up with a rotated secret"))
    assert outputs[-1].changes() == {"update": 1}
    outputs.append(cli.run("refresh", GATEWAY, "--expect-no-changes", step="refresh with a secret"))
    assert [done.code for done in outputs] == [0] * len(outputs), outputs[-1].output
    recorded = _recorded(cli)
    for part in ("inputs", "outputs"):
        assert "ciphertext" in recorded[part]["authParameters"], json.dumps(recorded)
    assert [done.output for done in outputs if any(value in done.output for value in VALUES)] == []
    assert _holding(cli.folder, *VALUES) == []
