"""The recorded state of one stack: Pulumi's deployment format, version 3, and a journal beside it while it changes.

Every step is a line of the journal, written before and after the call to the cloud, so that a killed run loses nothing:
the next one folds the journal in, and looks for what was being created. Format: `pulumi stack export`.
"""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from egov_infra.engine.error import RefusedError
from egov_infra.source.atomic_file import write_atomically

FORMAT_VERSION = 3
PROJECT = "egov"
STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded resource. `inputs` and `outputs` have wire names, as Pulumi stores them."""

    urn: str
    type: str
    is_custom: bool
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    """`<urn>::<id>` of the provider."""
    is_protected: bool = False
    dependencies: tuple[str, ...] = ()
    is_recorded_only: bool = False
    is_leaving: bool = False
    """Replaced already, still to be deleted (Pulumi's `delete`)."""

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.rpartition("::")[2]

    def to_json(self) -> dict[str, Any]:
        """As Pulumi writes it; `egovRecordedOnly` is ours, and Pulumi passes over it."""
        data: dict[str, Any] = {"urn": self.urn, "custom": self.is_custom, "type": self.type}
        if self.is_custom:
            data["id"] = self.id
            data["inputs"] = dict(self.inputs)
        data["outputs"] = dict(self.outputs)
        if self.parent:
            data["parent"] = self.parent
        if self.provider:
            data["provider"] = self.provider
        if self.is_protected:
            data["protect"] = True
        if self.dependencies:
            data["dependencies"] = list(self.dependencies)
        if self.is_leaving:
            data["delete"] = True
        if self.is_recorded_only:
            data["egovRecordedOnly"] = True
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        return cls(
            urn=data["urn"],
            type=data["type"],
            is_custom=data["custom"],
            id=data.get("id", ""),
            inputs=data.get("inputs", {}),
            outputs=data.get("outputs", {}),
            parent=data.get("parent", ""),
            provider=data.get("provider", ""),
            is_protected=data.get("protect", False),
            dependencies=tuple(data.get("dependencies", ())),
            is_recorded_only=data.get("egovRecordedOnly", False),
            is_leaving=data.get("delete", False),
        )


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of what the state speaks: a stack is skipped only if all of this is unchanged."""

    target: str
    cloud_id: str
    plan_digest: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a stack."""

    stack: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """URN to what is recorded, in the order in which it was registered."""
    leaving: tuple[Entry, ...] = ()
    """Replaced resources that are still to be deleted."""
    pending: frozenset[str] = frozenset()
    """URNs that an interrupted run was creating."""
    stamp: Stamp | None = None

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports."""
        return next((entry.outputs for entry in self.entries.values() if entry.type == STACK_TYPE), {})

    def by_name(self) -> dict[str, Entry]:
        """Custom resources by logical name, without providers."""
        return {
            entry.name: entry
            for entry in self.entries.values()
            if entry.is_custom and not entry.type.startswith("pulumi:providers:")
        }

    def to_json(self) -> bytes:
        """The file's content, the same for the same state."""
        resources = [entry.to_json() for entry in (*self.entries.values(), *self.leaving)]
        document: dict[str, Any] = {"version": FORMAT_VERSION, "deployment": {"resources": resources}}
        if self.stamp is not None:
            document["egov"] = {
                "stack": self.stack,
                "target": self.stamp.target,
                "cloudId": self.stamp.cloud_id,
                "planDigest": self.stamp.plan_digest,
                "succeeded": self.stamp.succeeded,
                "pending": sorted(self.pending),
            }
        return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, stack: str, content: bytes) -> Checkpoint:
        """The inverse of `to_json`. Raises ValueError if it is no deployment of version 3."""
        document = json.loads(content)
        if document.get("version") != FORMAT_VERSION:
            raise ValueError(f"deployment version {document.get('version')}, expected {FORMAT_VERSION}")
        entries = [Entry.from_json(item) for item in document["deployment"]["resources"]]
        ours = document.get("egov")
        stamp = (
            Stamp(ours["target"], ours["cloudId"], ours["planDigest"], ours["succeeded"]) if ours else None
        )
        return cls(
            stack,
            {entry.urn: entry for entry in entries if not entry.is_leaving},
            tuple(entry for entry in entries if entry.is_leaving),
            frozenset(ours.get("pending", ())) if ours else frozenset(),
            stamp,
        )


class Store:
    """The checkpoints of one target, a file a stack, below a folder."""

    def __init__(self, folder: pathlib.Path, target: str) -> None:
        self._folder = folder / target
        self._target = target

    def _path(self, stack: str, suffix: str) -> pathlib.Path:
        return self._folder / f"{stack}.{suffix}"

    def stacks(self) -> tuple[str, ...]:
        """Names of the recorded stacks, sorted."""
        return tuple(sorted(path.name.removesuffix(".json") for path in self._folder.glob("*.json")))

    def load(self, stack: str) -> Checkpoint:
        """The state of a stack, with what a killed run left in its journal. Raises RefusedError."""
        path = self._path(stack, "json")
        checkpoint = Checkpoint(stack)
        if path.is_file():
            try:
                checkpoint = Checkpoint.from_json(stack, path.read_bytes())
            except (ValueError, KeyError, TypeError) as error:
                raise RefusedError(f"{path}: not a state of ours: {error}") from None
            if checkpoint.stamp is not None and checkpoint.stamp.target != self._target:
                raise RefusedError(
                    f"{path}: state of target {checkpoint.stamp.target}, not of {self._target}"
                )
        journal = self._path(stack, "journal")
        return _replay(checkpoint, journal.read_bytes()) if journal.is_file() else checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a state whole; its journal is then of no more use."""
        write_atomically(self._path(checkpoint.stack, "json"), checkpoint.to_json())
        self._path(checkpoint.stack, "journal").unlink(missing_ok=True)

    def remove(self, stack: str) -> None:
        """Forget a stack."""
        for suffix in ("json", "journal"):
            self._path(stack, suffix).unlink(missing_ok=True)

    @contextmanager
    def locked(self, stack: str) -> Iterator[None]:
        """Hold a stack; a second run is refused. The lock goes with the process, however that ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path(stack, "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RefusedError(f"stack {stack} is being changed by another run") from None
            yield

    @contextmanager
    def journal(self, stack: str, stamp: Stamp) -> Iterator[Journal]:
        """A journal to write steps to; it begins with what the state will be stamped with."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path(stack, "journal"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            journal = Journal(descriptor)
            journal.write("stamp", {"target": stamp.target, "cloudId": stamp.cloud_id})
            yield journal
        finally:
            os.close(descriptor)


class Journal:
    """Appends steps; each line is one write, so that a killed process leaves whole lines but for the last."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, step: str, data: Mapping[str, Any]) -> None:
        """Append a step: stamp, creating, set, leave, delete, deleted."""
        line = json.dumps([step, data], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        os.write(self._descriptor, line)


def _replay(checkpoint: Checkpoint, content: bytes) -> Checkpoint:
    entries, leaving, pending = dict(checkpoint.entries), list(checkpoint.leaving), set(checkpoint.pending)
    stamp = checkpoint.stamp
    for line in content.split(b"\n"):
        try:
            step, data = json.loads(line)
        except ValueError:
            continue  # the last line of a killed process
        if step == "stamp":
            stamp = Stamp(data["target"], data["cloudId"], "", succeeded=False)
        elif step == "creating":
            pending.add(data["urn"])
        elif step == "set":
            entry = Entry.from_json(data)
            entries[entry.urn] = entry
            pending.discard(entry.urn)
        elif step == "leave":
            leaving.append(Entry.from_json(data))
        elif step == "deleted":
            entries.pop(data["urn"], None)
        elif step == "left":
            leaving = [entry for entry in leaving if (entry.urn, entry.id) != (data["urn"], data["id"])]
    return replace(
        checkpoint, entries=entries, leaving=tuple(leaving), pending=frozenset(pending), stamp=stamp
    )
