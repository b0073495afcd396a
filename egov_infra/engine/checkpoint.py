"""The recorded state of one stack: Pulumi's deployment format, version 3, and a journal beside it while it changes.

Every step is a line of the journal, written before and after the call to the cloud, so that a killed run loses nothing:
the next one folds the journal in, and looks for what was being created. Format: `pulumi stack export`.
"""

from __future__ import annotations

import contextlib
import errno
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
PROVIDER_TYPE = "pulumi:providers:aws"
_HEAD_KEY, _HEAD_LENGTH = '"egov": ', 2_000
_ENGINE_TYPES = "pulumi:"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark of a secret, no secret itself


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
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input, by wire name, to the URNs that its value comes from."""
    secrets: frozenset[str] = frozenset()
    """Top-level inputs and outputs, by wire name, that Pulumi must keep secret."""
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
            data["inputs"] = self._marked(self.inputs)
        data["outputs"] = self._marked(self.outputs)
        if self.parent:
            data["parent"] = self.parent
        if self.provider:
            data["provider"] = self.provider
        if self.is_protected:
            data["protect"] = True
        if self.dependencies:
            data["dependencies"] = list(self.dependencies)
        if self.property_dependencies:
            data["propertyDependencies"] = {
                name: list(urns) for name, urns in self.property_dependencies.items()
            }
        if self.is_leaving:
            data["delete"] = True
        if self.is_recorded_only:
            data["egovRecordedOnly"] = True
        return data

    def _marked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: {SIGNATURE: SECRET, "plaintext": json.dumps(value)} if name in self.secrets else value
            for name, value in values.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        inputs, outputs = data.get("inputs", {}), data.get("outputs", {})
        return cls(
            urn=data["urn"],
            type=data["type"],
            is_custom=data["custom"],
            id=data.get("id", ""),
            inputs=_opened(inputs),
            outputs=_opened(outputs),
            parent=data.get("parent", ""),
            provider=data.get("provider", ""),
            is_protected=data.get("protect", False),
            dependencies=tuple(data.get("dependencies", ())),
            property_dependencies={
                name: tuple(urns) for name, urns in data.get("propertyDependencies", {}).items()
            },
            secrets=frozenset(name for part in (inputs, outputs) for name in part if _is_secret(part[name])),
            is_recorded_only=data.get("egovRecordedOnly", False),
            is_leaving=data.get("delete", False),
        )


def place_of(entry: Entry, provider: Entry) -> tuple[str, str]:
    """The account and region of a resource: those of its provider, unless it names a region."""
    account, region = account_of(provider)
    return account, str(entry.inputs.get("region") or region)


def account_of(provider: Entry) -> tuple[str, str]:
    """The one account of a provider, and its region."""
    return provider.inputs["allowedAccountIds"][0], str(provider.inputs["region"])


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _opened(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value["plaintext"]) if _is_secret(value) else value for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of what the state speaks: a stack is skipped only if all of this is unchanged."""

    target: str
    cloud_id: str
    plan_digest: str
    succeeded: bool
    reads_digest: str = ""
    """SHA-256 of the outputs of other stacks that were read."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a state says of itself before its resources: enough to skip a stack without reading them."""

    stamp: Stamp
    resources: int
    """Custom resources, without providers."""
    recorded_only: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a stack."""

    stack: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """URN to what is recorded, in the order in which it was registered."""
    leaving: tuple[Entry, ...] = ()
    """Replaced resources that are still to be deleted."""
    pending: Mapping[str, Entry] = field(default_factory=dict)
    """URN to what a run was creating when it was stopped or failed: it may be there (`pending_operations`)."""
    stamp: Stamp | None = None

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack exports."""
        return next((entry.outputs for entry in self.entries.values() if entry.type == STACK_TYPE), {})

    def by_name(self) -> dict[str, Entry]:
        """Resources of the cloud by logical name: without the stack, components, providers and stack references."""
        return {
            entry.name: entry
            for entry in self.entries.values()
            if entry.is_custom and not entry.type.startswith(_ENGINE_TYPES)
        }

    def place_of(self, entry: Entry) -> tuple[str, str] | None:
        """The account and region of a resource; None where no provider of it is recorded."""
        provider = self.entries.get(entry.provider.rpartition("::")[0])
        return None if provider is None else place_of(entry, provider)

    def to_json(self) -> bytes:
        """The file's content, the same for the same state."""
        resources = [entry.to_json() for entry in (*self.entries.values(), *self.leaving)]
        deployment: dict[str, Any] = {"resources": resources}
        if self.pending:
            deployment["pending_operations"] = [
                {"type": "creating", "resource": entry.to_json()} for _, entry in sorted(self.pending.items())
            ]
        document: dict[str, Any] = {"version": FORMAT_VERSION}
        if self.stamp is not None:
            entries = self.by_name().values()
            document["egov"] = {
                "stack": self.stack,
                "target": self.stamp.target,
                "cloudId": self.stamp.cloud_id,
                "planDigest": self.stamp.plan_digest,
                "readsDigest": self.stamp.reads_digest,
                "succeeded": self.stamp.succeeded,
                "resources": len(entries),
                "recordedOnly": sum(entry.is_recorded_only for entry in entries),
            }
        document["deployment"] = deployment
        return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, stack: str, content: bytes) -> Checkpoint:
        """The inverse of `to_json`. Raises ValueError if it is no deployment of version 3."""
        document = json.loads(content)
        if document.get("version") != FORMAT_VERSION:
            raise ValueError(f"deployment version {document.get('version')}, expected {FORMAT_VERSION}")
        deployment = document["deployment"]
        entries = [Entry.from_json(item) for item in deployment["resources"]]
        pending = [Entry.from_json(item["resource"]) for item in deployment.get("pending_operations", ())]
        ours = document.get("egov")
        stamp = _stamp(ours) if ours else None
        return cls(
            stack,
            {entry.urn: entry for entry in entries if not entry.is_leaving},
            tuple(entry for entry in entries if entry.is_leaving),
            {entry.urn: entry for entry in pending},
            stamp,
        )


def _stamp(data: Mapping[str, Any]) -> Stamp:
    return Stamp(
        data["target"],
        data["cloudId"],
        data["planDigest"],
        data["succeeded"],
        data.get("readsDigest", ""),
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
        found = (path for suffix in ("json", "journal") for path in self._folder.glob(f"*.{suffix}"))
        return tuple(sorted({path.name.rpartition(".")[0] for path in found}))

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

    def head(self, stack: str) -> Head | None:
        """What the state of a stack says of itself; None if there is none, or a run has not ended."""
        if self._path(stack, "journal").exists():
            return None
        try:
            with self._path(stack, "json").open(encoding="utf-8") as stream:
                start = stream.read(_HEAD_LENGTH)
            data, _ = json.JSONDecoder().raw_decode(start, start.index(_HEAD_KEY) + len(_HEAD_KEY))
            return Head(_stamp(data), data["resources"], data["recordedOnly"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def signature(self, stack: str) -> tuple[tuple[int, int], ...]:
        """Differs when the state of a stack has been written since."""
        found = []
        for suffix in ("json", "journal"):
            with contextlib.suppress(OSError):
                status = self._path(stack, suffix).stat()
                found.append((status.st_mtime_ns, status.st_size))
        return tuple(found)

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
        """Append a step: stamp, creating, set, leave, deleted, left. Raises OSError, as on a full disk."""
        text = json.dumps([step, data], ensure_ascii=False, separators=(",", ":"))
        line = f"\n{text}\n".encode()  # the first break ends what a full disk or a kill cut short
        if os.write(self._descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _replay(checkpoint: Checkpoint, content: bytes) -> Checkpoint:
    entries, pending = dict(checkpoint.entries), dict(checkpoint.pending)
    leaving = {(entry.urn, entry.id): entry for entry in checkpoint.leaving}
    stamp = checkpoint.stamp
    for line in content.split(b"\n"):
        try:
            step, data = json.loads(line)
        except ValueError:
            continue  # between steps, or cut short
        if step == "stamp":
            stamp = Stamp(data["target"], data["cloudId"], "", succeeded=False)
        elif step == "creating":
            pending[data["urn"]] = Entry.from_json(data)
        elif step == "set":
            entries[data["urn"]] = Entry.from_json(data)
            pending.pop(data["urn"], None)
            entries.pop(data.get("formerly", ""), None)
        elif step == "leave":
            leaving[data["urn"], data["id"]] = Entry.from_json(data)
        elif step == "deleted":
            entries.pop(data["urn"], None)
            pending.pop(data["urn"], None)
        elif step == "left":
            leaving.pop((data["urn"], data["id"]), None)
    return replace(checkpoint, entries=entries, leaving=tuple(leaving.values()), pending=pending, stamp=stamp)
