"""What happens to one resource: created, updated, replaced, left or deleted, by what is recorded of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from egov_infra.cloud.adapter import State
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.recorded import RecordedOnly
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Entry, place_of
from egov_infra.engine.error import RefusedError
from egov_infra.engine.ledger import Ledger
from egov_infra.engine.preview import Action, changed_properties, replaces
from egov_infra.plan.catalogue import from_wire, to_wire


class Changer:
    """Brings resources of one stack to what is declared. Its methods raise CloudError, RefusedError, OSError."""

    def __init__(self, ledger: Ledger, cloud: Cloud, lifted: Collection[str], secrets: SecretReader) -> None:
        """`lifted` names protected resources that a reviewed plan may replace or delete."""
        self._secrets = secrets
        self._ledger = ledger
        self._cloud = cloud
        self._lifted = lifted
        self._remade: set[str] = set()

    def change(self, entry: Entry, formerly: str | None) -> tuple[Entry, Action]:
        """Make a resource what an entry declares, and record it. `formerly` is its URN before it was renamed.

        The cloud gets the values of secrets, the record their seals.
        """
        old = self._ledger.old(formerly or entry.urn)
        simulated = recorded_only(entry.type)
        new = from_wire(entry.type, entry.inputs)
        entry = replace(entry, inputs=self._secrets.sealed(entry.inputs))
        if simulated is None:
            applied, action = self._live(entry, new, old)
            applied = replace(applied, outputs=self._secrets.sealed(applied.outputs))
        else:
            applied, action = _simulate(entry, old, simulated)
        if entry.urn in self._remade:
            action = Action.REPLACE
        elif formerly and action is Action.SAME:
            action = Action.UPDATE
        self._ledger.record(applied, formerly)
        return applied, action

    def remove(self, entry: Entry) -> None:
        """Delete a recorded resource and forget it."""
        if not entry.is_leaving:
            self._demand_lifted(entry, Action.DELETE)
        if not entry.is_recorded_only:
            self._handle(entry).delete(entry.id, from_wire(entry.type, entry.inputs), entry.name)
        self._ledger.forget(entry)

    def remove_stray(self, entry: Entry) -> None:
        """Delete what an interrupted run made, if it is there, though nobody declares it any longer."""
        found = self._handle(entry).find(from_wire(entry.type, entry.inputs), entry.name)
        if found is not None:
            self.remove(replace(entry, id=found.id))
        self._ledger.forget(entry)

    def _live(self, entry: Entry, new: Mapping[str, Any], old: Entry | None) -> tuple[Entry, Action]:
        """`new` are the inputs in clear."""
        handle = self._handle(entry)
        if old is None or old.is_recorded_only:  # what was simulated is not there
            return _finish(entry, self._create(entry, new, handle, None)), Action.CREATE
        before = self._secrets.opened(from_wire(entry.type, old.inputs))
        changed = changed_properties(before, new)
        moved = self._place(old) != self._place(entry)
        if not changed and not moved:
            return replace(entry, id=old.id, outputs=old.outputs), Action.SAME
        if not moved and not replaces(entry.type, changed):
            return _finish(entry, handle.update(old.id, before, new, entry.name)), Action.UPDATE
        self._demand_lifted(old, Action.REPLACE)
        if handle.adapter.delete_first:
            self._remove_readers(old)
            self.remove(replace(old, is_protected=False))
            return _finish(entry, self._create(entry, new, handle, None)), Action.REPLACE
        made = self._create(entry, new, handle, old)
        if made.id != old.id or moved:
            self._ledger.leave(old)
        return _finish(entry, made), Action.REPLACE

    def _remove_readers(self, old: Entry) -> None:
        """Delete what cannot outlive a resource that is deleted before it is made anew; it is then made anew too."""
        for reader in reversed(self._ledger.readers(old.urn)):
            reading = from_wire(
                reader.type,
                {name: 0 for name, urns in reader.property_dependencies.items() if old.urn in urns},
            )
            if self._ledger.old(reader.urn) is None or not replaces(reader.type, tuple(reading)):
                continue
            self._demand_lifted(reader, Action.REPLACE)
            self._remove_readers(reader)
            self.remove(replace(reader, is_protected=False))
            self._remade.add(reader.urn)

    def _create(self, entry: Entry, inputs: Mapping[str, Any], handle: Handle, old: Entry | None) -> State:
        is_resumed = self._ledger.is_pending(entry.urn)
        if is_resumed:
            found = handle.find(inputs, entry.name)
            if found is not None and (old is None or found.id != old.id):
                live = handle.read(found.id, inputs, entry.name) or {}
                half_made = {name: live[name] for name in inputs if name in live}
                return handle.update(found.id, half_made, inputs, entry.name)
        self._ledger.begin(entry)
        return handle.create(inputs, entry.name, is_resumed=is_resumed)

    def _demand_lifted(self, entry: Entry, action: Action) -> None:
        if entry.is_protected and entry.name not in self._lifted:
            raise RefusedError(
                f"{entry.type} {entry.name}: is protected: no reviewed plan says {action.value}"
            )

    def _handle(self, entry: Entry) -> Handle:
        adapter = adapter_of(entry.type)
        if adapter is None:
            raise CloudError(
                entry.type, entry.name, "adapter", "NoAdapter", "the rehearsal cloud does not serve this type"
            )
        return Handle.on(self._cloud, adapter, *self._place(entry))

    def _place(self, entry: Entry) -> tuple[str, str]:
        urn = entry.provider.rpartition("::")[0]
        is_old = self._ledger.old(entry.urn) is entry or entry.is_leaving
        return place_of(entry, (is_old and self._ledger.old(urn)) or self._ledger.entry(urn))


def _finish(entry: Entry, state: State) -> Entry:
    return replace(entry, id=state.id, outputs=to_wire(entry.type, state.outputs))


def _simulate(entry: Entry, old: Entry | None, kind: RecordedOnly) -> tuple[Entry, Action]:
    identifier, outputs = kind.simulate(entry.urn, from_wire(entry.type, entry.inputs))
    applied = replace(entry, id=identifier, outputs=to_wire(entry.type, outputs), is_recorded_only=True)
    if old is None:
        return applied, Action.CREATE
    return applied, Action.SAME if old.inputs == entry.inputs else Action.UPDATE
