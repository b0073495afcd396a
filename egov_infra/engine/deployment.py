"""The border to Pulumi's own states: what `pulumi stack import` takes of ours, and ours from `pulumi stack export`."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import yaml

from egov_infra.engine.checkpoint import FORMAT_VERSION, PROJECT, Checkpoint
from egov_infra.engine.error import RefusedError


def to_deployment(checkpoint: Checkpoint, project: pathlib.Path) -> str:
    """A state as a deployment, for a stack of the Pulumi project in a folder.

    Secrets stand in clear, with the salt of the stack's own `Pulumi.<stack>.yaml`: importing encrypts them.
    Raises RefusedError if a creation did not come to its end, or if secrets could not be encrypted.
    """
    stack = checkpoint.stack
    if checkpoint.pending:
        names = ", ".join(sorted(entry.name for entry in checkpoint.pending.values()))
        raise RefusedError(
            f"{stack}: a run was stopped while it created {names}: `egov-infra up {stack}` first"
        )
    deployment = checkpoint.to_deployment()
    if (providers := _secrets_providers(project / f"Pulumi.{stack}.yaml")) is not None:
        deployment = {"secrets_providers": providers, **deployment}
    elif any(entry.secrets for entry in (*checkpoint.entries.values(), *checkpoint.leaving)):
        raise RefusedError(
            f"{stack}: its state holds secrets, which Pulumi encrypts with the salt of the stack: "
            f"`pulumi stack init {stack}` in {project} first"
        )
    document = {"version": FORMAT_VERSION, "deployment": deployment}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _secrets_providers(settings: pathlib.Path) -> dict[str, Any] | None:
    found = yaml.safe_load(settings.read_text(encoding="utf-8")) if settings.is_file() else None
    salt = (found or {}).get("encryptionsalt")
    return {"type": "passphrase", "state": {"salt": salt}} if salt else None


def from_deployment(stack: str, content: bytes) -> Checkpoint:
    """The state of a stack in an exported deployment. Raises RefusedError if it is none, or another stack's."""
    try:
        checkpoint = Checkpoint.from_json(stack, content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(
            f"{stack}: this is no deployment that `pulumi stack export` writes: {error}"
        ) from None
    own = f"urn:pulumi:{stack}::{PROJECT}::"
    for urn in (*checkpoint.entries, *checkpoint.pending):
        if not urn.startswith(own):
            raise RefusedError(f"{stack}: this is the deployment of another stack: it holds {urn}")
    return checkpoint
