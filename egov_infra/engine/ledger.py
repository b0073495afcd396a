"""What a run knows of a stack: what was recorded before it, what it has done, and the journal of every step."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from egov_infra.engine.checkpoint import PROVIDER_TYPE, Checkpoint, Entry, Journal, Stamp


class Ledger:
    """Keeps one stack's entries while it changes; every method may be called from any thread.

    The journal is written first: what it does not hold has not happened.
    """

    def __init__(self, checkpoint: Checkpoint, journal: Journal) -> None:
        self.stack = checkpoint.stack
        self._journal = journal
        self._lock = threading.RLock()
        self._old = dict(checkpoint.entries)
        self._pending = dict(checkpoint.pending)
        self._leaving = {(entry.urn, entry.id): entry for entry in checkpoint.leaving}
        self._now: dict[str, Entry] = {}

    def old(self, urn: str) -> Entry | None:
        """What was recorded before this run and is still there."""
        return self._old.get(urn)

    def entry(self, urn: str) -> Entry:
        """What is recorded of a URN now. Raises KeyError."""
        with self._lock:
            return self._now.get(urn) or self._old[urn]

    def is_pending(self, urn: str) -> bool:
        """Whether an earlier run may have made it without saying so."""
        return urn in self._pending

    def begin(self, entry: Entry) -> None:
        """It is about to be created: whatever happens next, it may be there."""
        with self._lock:
            self._write("creating", entry.to_json())
            self._pending[entry.urn] = entry

    def record(self, entry: Entry, formerly: str | None = None) -> None:
        """It is as the entry says; `formerly` is the URN that it had before it was renamed."""
        with self._lock:
            if formerly or entry.urn in self._pending or entry != self._old.get(entry.urn):
                self._write("set", {**entry.to_json(), **({"formerly": formerly} if formerly else {})})
            self._now[entry.urn] = entry
            self._pending.pop(entry.urn, None)
            if formerly:
                self._old.pop(formerly, None)

    def annotate(self, urn: str, outputs: Mapping[str, Any]) -> None:
        """Set what a component or the stack exports."""
        with self._lock:
            entry = replace(self._now[urn], outputs=outputs)
            self._write("set", entry.to_json())
            self._now[urn] = entry

    def leave(self, old: Entry) -> None:
        """It was replaced, and is still to be deleted."""
        with self._lock:
            leaving = replace(old, is_leaving=True)
            self._write("leave", leaving.to_json())
            self._leaving[old.urn, old.id] = leaving

    def forget(self, entry: Entry) -> None:
        """It is gone."""
        key = {"urn": entry.urn, "id": entry.id}
        with self._lock:
            if entry.is_leaving:
                self._write("left", key)
                self._leaving.pop((entry.urn, entry.id), None)
            else:
                self._write("deleted", key)
                self._old.pop(entry.urn, None)
                self._pending.pop(entry.urn, None)

    def readers(self, urn: str) -> tuple[Entry, ...]:
        """Entries recorded before this run that read an output of another, in the order of registration."""
        return tuple(
            entry
            for entry in self._old.values()
            if any(urn in sources for sources in entry.property_dependencies.values())
        )

    def is_needed(self, urn: str) -> bool:
        """Whether something that is still there has it as its parent or provider."""
        with self._lock:
            entries = (
                *self._old.values(),
                *self._now.values(),
                *self._leaving.values(),
                *self._pending.values(),
            )
        return any(urn in (entry.parent, entry.provider.rpartition("::")[0]) for entry in entries)

    def leftovers(self) -> tuple[Entry, ...]:
        """What was not registered again, and what was replaced: to be deleted in this order."""
        with self._lock:
            gone = [entry for urn, entry in self._old.items() if urn not in self._now]
            return tuple(reversed([*gone, *self._leaving.values()]))

    def strays(self) -> tuple[Entry, ...]:
        """What an earlier run may have made, and nobody declares any longer."""
        return tuple(entry for urn, entry in self._pending.items() if urn not in self._now)

    def checkpoint(self, stamp: Stamp, positions: Mapping[str, int]) -> Checkpoint:
        """The state as it is now, each entry after what it needs; `positions` orders resources by logical name."""
        with self._lock:
            entries = {**self._old, **self._now}
            found = {entry.name: number for number, entry in enumerate(entries.values(), len(positions))}
            found.update(positions)
            order = sorted(entries, key=lambda urn: _rank(entries[urn], found))
            return Checkpoint(
                self.stack,
                {urn: entries[urn] for urn in order},
                tuple(self._leaving.values()),
                dict(self._pending),
                stamp,
            )

    def _write(self, step: str, data: Mapping[str, Any]) -> None:
        self._journal.write(step, data)


def _rank(entry: Entry, positions: Mapping[str, int]) -> tuple[int, int, str]:
    """Stack, component, providers, resources: registration order varies, the state does not."""
    if not entry.is_custom:
        return (1 if entry.parent else 0, 0, entry.urn)
    if entry.type == PROVIDER_TYPE:
        return (2, 0, entry.urn)
    return (3, positions[entry.name], entry.urn)
