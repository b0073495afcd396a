"""A resource monitor in this process: what Pulumi's engine is to a program, over the adapters of `cloud`.

Pulumi's Python SDK calls it on threads, for each resource after everything that the resource uses. The methods are
the RPCs of Pulumi's `ResourceMonitor` service. A failure is answered with `Result.FAIL`: dependents then get unknown
values and are skipped, independent resources go on, and the error is kept.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2

from egov_infra.cloud.adapter import Handle, State
from egov_infra.cloud.error import CloudError, UnknownPropertyError
from egov_infra.cloud.recorded import RecordedOnly
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import STACK_TYPE, Checkpoint, Entry, Journal
from egov_infra.engine.preview import Action, changed_properties, replaces
from egov_infra.engine.urn import root_urn, urn_of
from egov_infra.engine.wire import plain, struct
from egov_infra.plan.catalogue import from_wire, to_wire

_NAMESPACE = uuid.UUID("5b0f2c8e-7d53-4c8e-9b7a-1f3d2a6c4e90")
_PROVIDER = "pulumi:providers:aws"
_FEATURES = ("RESOURCE_MONITOR_FEATURE_SECRETS", "RESOURCE_MONITOR_FEATURE_ALIAS_SPECS")

OnStep = Callable[[Action, str, str], None]
"""Told of each finished step: action, type, logical name."""


class Monitor:
    """Applies what a program registers to a cloud, and records it."""

    def __init__(
        self, checkpoint: Checkpoint, cloud: Cloud, region: str, journal: Journal, on_step: OnStep
    ) -> None:
        self._old = checkpoint
        self._cloud = cloud
        self._region = region
        self._journal = journal
        self._on_step = on_step
        self._lock = threading.Lock()
        self._providers: dict[str, tuple[str, str]] = {}
        self.entries: dict[str, Entry] = {}
        self.leaving: list[Entry] = list(checkpoint.leaving)
        self.errors: dict[str, str] = {}
        """URN to what went wrong, in the order of happening."""
        self.skipped: list[str] = []
        self.counts: Counter[Action] = Counter()
        self.recorded_only = 0

    # The RPCs of the ResourceMonitor service, by their names there.

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Make a resource what the program says."""
        urn = urn_of(self._old.stack, request.type, request.name, request.parent)
        if request.type == STACK_TYPE:
            urn = root_urn(self._old.stack)
        if not request.custom:
            self._record(Entry(urn, request.type, is_custom=False, parent=request.parent))
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = plain(request.object)
        if request.type == _PROVIDER:
            return self._register_provider(urn, inputs)
        if any(needed in self.errors or needed in self.skipped for needed in request.dependencies):
            with self._lock:
                self.skipped.append(urn)
            return _failure(urn)
        try:
            entry = self._apply(urn, request, inputs)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was made must be recorded
            expected = isinstance(error, CloudError | UnknownPropertyError)
            fault = (
                str(error) if expected else f"{request.type} {request.name}: {type(error).__name__}: {error}"
            )
            with self._lock:
                self.errors[urn] = fault
                if urn in self._old.entries:
                    self.entries[urn] = self._old.entries[urn]  # it is still there as it was
            return _failure(urn)
        outputs = struct(entry.outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=entry.id, object=outputs)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Record what a component or the stack exports."""
        with self._lock:
            entry = self.entries[request.urn]
            self.entries[request.urn] = replace(entry, outputs=plain(request.outputs))
        return empty_pb2.Empty()

    def GetDeploymentInfo(self, _request: Any) -> Any:  # noqa: N802
        """Say what this monitor can."""
        features = [getattr(resource_pb2, name) for name in _FEATURES]
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def SupportsFeature(self, request: Any) -> Any:  # noqa: N802
        """Say whether this monitor can something, as older SDKs ask."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "aliasSpecs"))

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Functions of the provider are not served: a plan holds no data sources."""
        failure = provider_pb2.CheckFailure(reason=f"{request.tok} is not served in a rehearsal")
        return provider_pb2.InvokeResponse(failures=[failure])

    def RegisterPackage(self, _request: Any) -> Any:  # noqa: N802
        """Packages need no registration here."""
        return resource_pb2.RegisterPackageResponse(ref="")

    def SignalAndWaitForShutdown(self, _request: Any) -> Any:  # noqa: N802
        """Nothing to wait for."""
        return empty_pb2.Empty()

    # What the calls do.

    def _register_provider(self, urn: str, inputs: Mapping[str, Any]) -> Any:
        identifier = str(uuid.uuid5(_NAMESPACE, urn))
        accounts = inputs.get("allowedAccountIds", [])
        account = (json.loads(accounts) if isinstance(accounts, str) else accounts)[0]
        with self._lock:
            self._providers[f"{urn}::{identifier}"] = (account, str(inputs.get("region", self._region)))
        self._record(Entry(urn, _PROVIDER, is_custom=True, id=identifier, inputs=inputs, outputs=inputs))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=struct(inputs))

    def _apply(self, urn: str, request: Any, inputs: Mapping[str, Any]) -> Entry:
        account, region = self._providers[request.provider]
        region = str(inputs.get("region", region))
        old = self._old.entries.get(urn)
        entry = Entry(
            urn,
            request.type,
            is_custom=True,
            inputs=inputs,
            parent=request.parent,
            provider=request.provider,
            is_protected=request.protect,
            dependencies=tuple(sorted(set(request.dependencies))),
        )
        simulated = recorded_only(request.type)
        applied, action = (
            self._simulate(entry, old, simulated)
            if simulated is not None
            else self._live(entry, old, self.handle(request.type, account, region))
        )
        self._record(applied)
        with self._lock:
            self.counts[action] += 1
            self.recorded_only += applied.is_recorded_only
        self._on_step(action, applied.type, applied.name)
        return applied

    def handle(self, token: str, account: str, region: str) -> Handle:
        """The adapter of a type, bound to an account and region. Raises CloudError without one."""
        adapter = adapter_of(token)
        if adapter is None:
            raise CloudError(
                token, "", "adapter", "NoAdapter", "the rehearsal cloud does not serve this type"
            )
        return Handle(
            adapter,
            lambda service, home: self._cloud.client(service, account, home or region),
            account,
            region,
        )

    def _simulate(self, entry: Entry, old: Entry | None, kind: RecordedOnly) -> tuple[Entry, Action]:
        identifier, outputs = kind.simulate(entry.urn, from_wire(entry.type, entry.inputs))
        applied = replace(entry, id=identifier, outputs=to_wire(entry.type, outputs), is_recorded_only=True)
        if old is None:
            return applied, Action.CREATE
        return applied, Action.SAME if old.inputs == entry.inputs else Action.UPDATE

    def _live(self, entry: Entry, old: Entry | None, handle: Handle) -> tuple[Entry, Action]:
        new = from_wire(entry.type, entry.inputs)
        if old is None:
            return self._finish(entry, self._create(entry, new, handle)), Action.CREATE
        before = from_wire(entry.type, old.inputs)
        changed = changed_properties(before, new)
        if before.get("region") != new.get("region"):
            changed = (*changed, "region")
        if not changed:
            return replace(entry, id=old.id, outputs=old.outputs), Action.SAME
        if "region" not in changed and not replaces(entry.type, changed):
            return self._finish(entry, handle.update(old.id, before, new, entry.name)), Action.UPDATE
        if handle.adapter.delete_first:
            handle.delete(old.id, before, entry.name)
            self._journal_step("deleted", {"urn": entry.urn})
        made = self._create(entry, new, handle)
        if not handle.adapter.delete_first and made.id != old.id:
            self._leave(old)
        return self._finish(entry, made), Action.REPLACE

    def _leave(self, old: Entry) -> None:
        leaving = replace(old, is_leaving=True)
        with self._lock:
            self.leaving.append(leaving)
        self._journal_step("leave", leaving.to_json())

    def _create(self, entry: Entry, inputs: Mapping[str, Any], handle: Handle) -> State:
        if entry.urn in self._old.pending:
            found = handle.find(inputs, entry.name)
            if found is not None:  # an interrupted run made it: bring it up to what is declared
                return handle.update(found.id, {**found.outputs}, inputs, entry.name)
        self._journal_step("creating", {"urn": entry.urn})
        return handle.create(inputs, entry.name)

    def _finish(self, entry: Entry, state: State) -> Entry:
        return replace(entry, id=state.id, outputs=to_wire(entry.type, state.outputs))

    def _record(self, entry: Entry) -> None:
        with self._lock:
            self.entries[entry.urn] = entry
        self._journal_step("set", entry.to_json())

    def _journal_step(self, step: str, data: Mapping[str, Any]) -> None:
        with self._lock:
            self._journal.write(step, data)

    def remove_leftovers(self) -> None:
        """Delete what was replaced and what is no longer registered, in reverse order. Only after a whole run."""
        gone = [entry for urn, entry in self._old.entries.items() if urn not in self.entries]
        for entry in reversed([*gone, *self.leaving]):
            if entry.is_custom and entry.type != _PROVIDER and not self._delete(entry):
                self.entries.setdefault(entry.urn, entry)
                continue
            self._journal_step("left" if entry.is_leaving else "deleted", {"urn": entry.urn, "id": entry.id})
            if entry.is_leaving:
                self.leaving.remove(entry)
            elif entry.is_custom and entry.type != _PROVIDER:
                self.counts[Action.DELETE] += 1
                self._on_step(Action.DELETE, entry.type, entry.name)

    def _delete(self, entry: Entry) -> bool:
        if entry.is_recorded_only:
            return True
        account, region = self._account_of(entry)
        try:
            handle = self.handle(entry.type, account, region)
            handle.delete(entry.id, from_wire(entry.type, entry.inputs), entry.name)
        except CloudError as error:
            self.errors[entry.urn] = str(error)
            return False
        return True

    def _account_of(self, entry: Entry) -> tuple[str, str]:
        return account_of(entry, {**self._old.entries, **self.entries}, self._region)


def account_of(entry: Entry, entries: Mapping[str, Entry], region: str) -> tuple[str, str]:
    """The account and region that a recorded resource is in: those of its provider, or its own region."""
    provider = entries[entry.provider.rpartition("::")[0]].inputs
    accounts = provider["allowedAccountIds"]
    account = (json.loads(accounts) if isinstance(accounts, str) else accounts)[0]
    return account, str(entry.inputs.get("region") or provider.get("region") or region)


def _failure(urn: str) -> Any:
    return resource_pb2.RegisterResourceResponse(
        urn=urn, result=resource_pb2.Result.FAIL, object=struct_pb2.Struct()
    )
