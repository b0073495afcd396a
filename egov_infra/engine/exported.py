"""A state as the Pulumi CLI exports it, read as a checkpoint of ours, so that preview, guard and digest are the same.

What it speaks of stands in its providers: one for AWS takes a role, one of the rehearsal notes its cloud. Format:
`pulumi stack export --show-secrets`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from egov_infra.cloud.recorded import SIMULATED
from egov_infra.engine.checkpoint import (
    FORMAT_VERSION,
    PROVIDER_TYPE,
    SECRET,
    SIGNATURE,
    Checkpoint,
    Entry,
    Stamp,
)
from egov_infra.engine.error import RefusedError
from egov_infra.engine.provider.configuration import CLOUD_KEY
from egov_infra.engine.target import AWS, REHEARSAL_CLI
from egov_infra.engine.value import SecretText

DEFAULTS = "__defaults"
"""Beside inputs, at any depth: names of those that the official provider added by itself."""


def read_exported(
    stack: str,
    version: int | None,
    deployment: Mapping[str, Any] | None,
    secret: Callable[[Mapping[str, Any]], Any] | None = None,
) -> Checkpoint:
    """The checkpoint of an exported deployment; empty if the stack was never applied. Raises RefusedError.

    `secret` gives what stands in place of a marked secret; by default it is opened, which needs it in clear.
    """
    read = partial(_entry, secret=secret or _opened)
    held = deployment or {}
    try:
        if version != FORMAT_VERSION:
            raise ValueError(f"deployment version {version}, expected {FORMAT_VERSION}")
        entries = [read(item) for item in held.get("resources") or ()]
        operations = held.get("pending_operations") or ()
        begun = [read(item["resource"]) for item in operations if item["type"] == "creating"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(f"{stack}: the exported state cannot be read: {error}") from None
    return Checkpoint(
        stack,
        {entry.urn: entry for entry in entries if not entry.is_leaving},
        tuple(entry for entry in entries if entry.is_leaving),
        {entry.urn: entry for entry in begun},
        _stamp(entries),
    )


def _stamp(entries: Iterable[Entry]) -> Stamp | None:
    """Target and cloud; None where nothing was made yet."""
    for entry in entries:
        if entry.type != PROVIDER_TYPE:
            continue
        if entry.inputs.get("assumeRoles"):
            return Stamp(AWS, "", "", succeeded=False)
        return Stamp(REHEARSAL_CLI, str(entry.inputs.get(CLOUD_KEY, "")), "", succeeded=False)
    return None


def _entry(data: Mapping[str, Any], secret: Callable[[Mapping[str, Any]], Any]) -> Entry:
    """One resource, with the inputs that a program declares."""
    inputs, outputs = _plain(data.get("inputs") or {}, secret), _plain(data.get("outputs") or {}, secret)
    if data["type"] == PROVIDER_TYPE:
        inputs = {name: _nested(value) for name, value in inputs.items()}
    marks = {"egovRecordedOnly": str(data.get("id", "")).startswith(f"{SIMULATED}-")}
    absent: dict[str, Any] = {
        name: kind()
        for name, kind in (("dependencies", list), ("propertyDependencies", dict))
        if not data.get(name)
    }
    return Entry.from_json({**data, **absent, **marks, "inputs": inputs, "outputs": outputs})


def _plain(value: Any, secret: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Without what the provider added; of a marked secret what `secret` gives, for nothing of this is written again."""
    if isinstance(value, list):
        return [_plain(item, secret) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return secret(value)
    added = {DEFAULTS, *value.get(DEFAULTS, ())}
    return {name: _plain(item, secret) for name, item in value.items() if name not in added}


def _opened(marked: Mapping[str, Any]) -> Any:
    """A secret that stands in clear."""
    found = _plain(json.loads(marked["plaintext"]), _opened)
    return SecretText(found) if isinstance(found, str) else found


def _nested(value: Any) -> Any:
    """Lists and objects of a provider's inputs are JSON text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
