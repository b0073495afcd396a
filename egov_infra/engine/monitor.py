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
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2

from egov_infra.cloud.error import CloudError, UnknownPropertyError
from egov_infra.cloud.secret import SecretReader, SecretVersion
from egov_infra.engine.change import Changer
from egov_infra.engine.checkpoint import PROVIDER_TYPE, STACK_TYPE, Entry, account_of
from egov_infra.engine.error import RefusedError
from egov_infra.engine.invoke import NotServedError, answered
from egov_infra.engine.ledger import Ledger
from egov_infra.engine.preview import Action
from egov_infra.engine.urn import root_urn, urn_of
from egov_infra.engine.wire import opened, plain, struct
from egov_infra.plan.outline import SecretPlace

_NAMESPACE = uuid.UUID("5b0f2c8e-7d53-4c8e-9b7a-1f3d2a6c4e90")
_FEATURES = ("RESOURCE_MONITOR_FEATURE_SECRETS", "RESOURCE_MONITOR_FEATURE_ALIAS_SPECS")
_EXPECTED = (CloudError, UnknownPropertyError, RefusedError, OSError)

OnStep = Callable[[Action, str, str], None]
"""Told of each finished step: action, type, logical name."""


class Monitor:
    """Applies what a program registers to a cloud, and records it."""

    def __init__(
        self,
        ledger: Ledger,
        changer: Changer,
        on_step: OnStep,
        secrets: SecretReader,
        declared: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """`declared` gives the inputs that a resource must arrive with, by logical name."""
        self._declared = declared or {}
        self._secrets = secrets
        self._ledger = ledger
        self._changer = changer
        self._on_step = on_step
        self._lock = threading.Lock()
        self.errors: dict[str, str] = {}
        """URN to what went wrong while it was registered, in the order of happening."""
        self.undeleted: dict[str, str] = {}
        """URN to why something that is no longer declared is still there."""
        self.skipped: list[str] = []
        self.counts: Counter[Action] = Counter()
        self.recorded_only = 0

    # The RPCs of the ResourceMonitor service, by their names there.

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Make a resource what the program says."""
        stack = self._ledger.stack
        urn = urn_of(stack, request.type, request.name, request.parent)
        if request.type == STACK_TYPE:
            urn = root_urn(stack)
        if not request.custom:
            known = self._ledger.old(urn)
            outputs = known.outputs if known else {}
            self._ledger.record(
                Entry(urn, request.type, is_custom=False, outputs=outputs, parent=request.parent)
            )
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.type == PROVIDER_TYPE:
            return self._register_provider(urn, request, plain(request.object))
        if any(needed in self.errors or needed in self.skipped for needed in request.dependencies):
            with self._lock:
                self.skipped.append(urn)
            return _failure(urn)
        try:
            entry = self._apply(urn, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was made must be recorded
            self._fail(self.errors, urn, request.type, error)
            return _failure(urn)
        outputs = struct(entry.outputs, entry.secrets)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=entry.id, object=outputs)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Record what a component or the stack exports."""
        self._ledger.annotate(request.urn, plain(request.outputs))
        return empty_pb2.Empty()

    def GetDeploymentInfo(self, _request: Any) -> Any:  # noqa: N802
        """Say what this monitor can."""
        features = [getattr(resource_pb2, name) for name in _FEATURES]
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def SupportsFeature(self, request: Any) -> Any:  # noqa: N802
        """Say whether this monitor can something, as older SDKs ask."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "aliasSpecs"))

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Read a secret, by the provider of an account; no other function is served."""
        urn = request.provider.rpartition("::")[0]

        def read(name: str, region: str | None) -> SecretVersion:
            account, home = account_of(self._ledger.entry(urn))
            return self._secrets.read(SecretPlace(account, region or home, name))

        try:
            found = answered(request, read)
        except (NotServedError, CloudError) as error:
            failure = provider_pb2.CheckFailure(reason=str(error))
            return resource_pb2.ResourceInvokeResponse(failures=[failure])
        return resource_pb2.ResourceInvokeResponse(**{"return": found})

    def RegisterPackage(self, _request: Any) -> Any:  # noqa: N802
        """Packages need no registration here."""
        return resource_pb2.RegisterPackageResponse(ref="")

    def SignalAndWaitForShutdown(self, _request: Any) -> Any:  # noqa: N802
        """Nothing to wait for."""
        return empty_pb2.Empty()

    # What the calls do.

    def _register_provider(self, urn: str, request: Any, inputs: dict[str, Any]) -> Any:
        accounts = inputs.get("allowedAccountIds", [])
        inputs["allowedAccountIds"] = json.loads(accounts) if isinstance(accounts, str) else accounts
        identifier = str(uuid.uuid5(_NAMESPACE, urn))
        self._ledger.record(
            Entry(
                urn,
                PROVIDER_TYPE,
                is_custom=True,
                id=identifier,
                inputs=inputs,
                outputs=inputs,
                parent=request.parent,
            )
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=struct(inputs))

    def _apply(self, urn: str, request: Any) -> Entry:
        if not request.provider:
            raise RefusedError(
                f"{request.type} {request.name}: has no provider of its own; default ones are off"
            )
        inputs, secrets = opened(request.object)
        empty = self._declared.get(request.name, frozenset()) - inputs.keys()
        if empty:  # the SDK leaves out what a reference does not find
            raise RefusedError(
                f"{request.type} {request.name}: {', '.join(sorted(empty))}: what this refers to has no such output"
            )
        entry = Entry(
            urn,
            request.type,
            is_custom=True,
            inputs=inputs,
            parent=request.parent,
            provider=request.provider,
            is_protected=request.protect,
            dependencies=tuple(sorted(set(request.dependencies))),
            property_dependencies={
                name: tuple(sorted(found.urns))
                for name, found in sorted(request.propertyDependencies.items())
                if found.urns
            },
            secrets=secrets | frozenset(request.additionalSecretOutputs),
        )
        applied, action = self._changer.change(entry, self._formerly(urn, request))
        self._count(action, applied)
        return applied

    def _formerly(self, urn: str, request: Any) -> str | None:
        """The URN under which a renamed resource is recorded, if it is."""
        if self._ledger.old(urn) is not None:
            return None
        for alias in request.aliases:
            spec = alias.spec
            former = alias.urn or urn_of(
                self._ledger.stack,
                spec.type or request.type,
                spec.name or request.name,
                spec.parentUrn or request.parent,
            )
            if self._ledger.old(former) is not None:
                return former
        return None

    def _count(self, action: Action, entry: Entry) -> None:
        with self._lock:
            self.counts[action] += 1
            self.recorded_only += entry.is_recorded_only and action is not Action.DELETE
        self._on_step(action, entry.type, entry.name)

    def _fail(self, faults: dict[str, str], urn: str, token: str, error: Exception) -> None:
        fault = self._secrets.hide(
            str(error) if isinstance(error, _EXPECTED) else f"{type(error).__name__}: {error}"
        )
        name = urn.rpartition("::")[2]
        with self._lock:
            faults[urn] = fault if name in fault else f"{token} {name}: {fault}"

    def remove_leftovers(self) -> None:
        """Delete what was replaced and what is no longer registered, in reverse order. Only after a whole run."""
        for entry in self._ledger.strays():
            self._attempt(entry, self._changer.remove_stray)
        for entry in self.leftovers():
            self.remove(entry)

    def leftovers(self) -> tuple[Entry, ...]:
        """What is recorded and was not registered, in the order in which it can be deleted."""
        return self._ledger.leftovers()

    def remove(self, entry: Entry) -> None:
        """Delete one recorded resource; what cannot be deleted is kept, with its error."""
        if not entry.is_custom or entry.type == PROVIDER_TYPE:
            if not self._ledger.is_needed(entry.urn):
                self._ledger.forget(entry)
        elif (reader := self._undeleted_reader(entry)) is not None:
            with self._lock:
                self.undeleted[entry.urn] = (
                    f"{entry.type} {entry.name}: not tried, since {reader} is not gone"
                )
        elif self._attempt(entry, self._changer.remove) and not entry.is_leaving:
            self._count(Action.DELETE, entry)

    def _undeleted_reader(self, entry: Entry) -> str | None:
        """What needs a resource and could not be deleted: without what it needs it would be broken as well."""
        if not self.undeleted:
            return None
        left = (item for item in self._ledger.leftovers() if item.urn in self.undeleted)
        return next((item.name for item in left if entry.urn in item.dependencies), None)

    def _attempt(self, entry: Entry, remove: Callable[[Entry], None]) -> bool:
        try:
            remove(entry)
        except Exception as error:  # noqa: BLE001 - the others go on
            self._fail(self.undeleted, entry.urn, entry.type, error)
            return False
        return True


def _failure(urn: str) -> Any:
    return resource_pb2.RegisterResourceResponse(
        urn=urn, result=resource_pb2.Result.FAIL, object=struct_pb2.Struct()
    )
