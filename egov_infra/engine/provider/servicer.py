"""Pulumi's provider protocol, spoken directly: the SDK's layer above it loses the old inputs of a comparison.

The methods are the RPCs of the `ResourceProvider` service, by their names there (`pulumi/provider.proto`).
"""

# ruff: noqa: N802 - the names of the protocol

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from egov_infra.cloud.secret import SecretReader, SecretVersion
from egov_infra.cloud.session import Cloud
from egov_infra.engine.error import FailedError
from egov_infra.engine.invoke import NotServedError, answered
from egov_infra.engine.provider.answer import InitFailedError, clean
from egov_infra.engine.provider.configuration import (
    CLOUD_KEY,
    Configuration,
    ConfigurationError,
    cloud_noted,
    moved,
)
from egov_infra.engine.provider.resources import Changed, HalfMadeError, Named, Resources
from egov_infra.engine.provider.values import Properties, foreseen, message_of, overlaid
from egov_infra.engine.wire import plain

_NONE, _SOME = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
_Kind = provider_pb2.PropertyDiff


class RehearsalProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One explicit provider: the resources of one account. The engine starts a process for each."""

    def __init__(self, connect: Callable[[], Cloud]) -> None:
        """`connect` gives the rehearsal cloud. Raises FailedError if none runs."""
        self._connect = cache(connect)
        self._configured: Resources | None = None

    @clean
    def GetPluginInfo(self, _request: Any) -> Any:
        """The version that pulumi_aws expects: a lower one has the engine warn."""
        return plugin_pb2.PluginInfo(version=version("pulumi_aws"))

    @clean
    def GetSchema(self, _request: Any) -> Any:
        """A name only: types are checked against the catalogue, and no code is generated from here."""
        schema = {"name": "aws", "version": version("pulumi_aws")}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @clean
    def CheckConfig(self, request: Any) -> Any:
        """Refuse a provider that does not say which account and region it serves; note of which cloud it speaks."""
        try:
            Configuration.of(plain(request.news))
        except ConfigurationError as error:
            failures = [provider_pb2.CheckFailure(property=p, reason=why) for p, why in error.faults.items()]
            return provider_pb2.CheckResponse(failures=failures)
        inputs = struct_pb2.Struct()
        inputs.CopyFrom(request.news)
        inputs[CLOUD_KEY] = cloud_noted(plain(request.olds), self._connect().cloud_id)
        return provider_pb2.CheckResponse(inputs=inputs)

    @clean
    def DiffConfig(self, request: Any) -> Any:
        """Another account or region means other resources."""
        replaces = moved(plain(request.old_inputs), plain(request.news))
        changes = _SOME if replaces else _NONE
        return provider_pb2.DiffResponse(replaces=replaces, diffs=replaces, changes=changes)

    @clean
    def Configure(self, request: Any) -> Any:
        """Reach the cloud, for one account."""
        cloud = self._connect()
        self._configured = Resources(cloud, SecretReader(cloud), Configuration.of(plain(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
        )

    @clean
    def Check(self, request: Any) -> Any:
        """Refuse what the rehearsal cloud would lose."""
        resource = Named.of(request.urn)
        faults = self._resources.faults(resource, Properties.read(resource.type, request.news).values)
        failures = [provider_pb2.CheckFailure(property=p, reason=why) for p, why in faults.items()]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    @clean
    def Diff(self, request: Any) -> Any:
        """Compare recorded inputs with declared ones."""
        resource = Named.of(request.urn)
        old = Properties.read(resource.type, request.old_inputs).values
        new = Properties.read(resource.type, request.news).values
        found = self._resources.changed(resource, old, new).without(frozenset(request.ignoreChanges))
        detail = {
            wire: provider_pb2.PropertyDiff(kind=_kind(name, found, old, new), inputDiff=True)
            for name, wire in found.properties.items()
        }
        return provider_pb2.DiffResponse(
            replaces=[found.properties[name] for name in found.replaces],
            diffs=list(detail),
            changes=_SOME if detail else _NONE,
            deleteBeforeReplace=found.deletes_first,
            detailedDiff=detail,
            hasDetailedDiff=True,
        )

    @clean
    def Create(self, request: Any) -> Any:
        """Make a resource; in a preview say what is known of it."""
        resource = Named.of(request.urn)
        given = Properties.read(resource.type, request.properties)
        if request.preview:
            known = foreseen(resource.type, given.values)
            return provider_pb2.CreateResponse(properties=message_of(resource.type, known, given.secrets))
        try:
            state = self._resources.create(resource, given.values)
        except HalfMadeError as error:
            made = error.found
            raise InitFailedError(
                provider_pb2.ErrorResourceInitFailed(
                    id=made.state.id,
                    properties=message_of(resource.type, made.state.outputs, given.secrets),
                    inputs=message_of(resource.type, made.inputs, given.secrets),
                    reasons=[self.hide(str(error))],
                )
            ) from None
        outputs = message_of(resource.type, state.outputs, given.secrets)
        return provider_pb2.CreateResponse(id=state.id, properties=outputs)

    @clean
    def Read(self, request: Any) -> Any:
        """Read back for a refresh, or by the id alone for an import; an empty answer means that it is gone."""
        resource = Named.of(request.urn)
        recorded = Properties.read(resource.type, request.inputs)
        found = self._resources.read(resource, request.id, recorded.values)
        if found is None:
            return provider_pb2.ReadResponse()
        known = {**Properties.read(resource.type, request.properties).values, **found.state.outputs}
        return provider_pb2.ReadResponse(
            id=found.state.id,
            properties=message_of(resource.type, known, recorded.secrets),
            inputs=message_of(resource.type, found.inputs, recorded.secrets),
        )

    @clean
    def Update(self, request: Any) -> Any:
        """Set what changed; in a preview outputs stay as they are."""
        resource = Named.of(request.urn)
        new = Properties.read(resource.type, request.news)
        if request.preview:
            outputs = overlaid(Properties.read(resource.type, request.olds).values, new.values)
        else:
            old = Properties.read(resource.type, request.old_inputs).values
            outputs = dict(self._resources.update(resource, request.id, old, new.values))
        properties = message_of(resource.type, outputs, new.secrets)
        return provider_pb2.UpdateResponse(properties=properties)

    @clean
    def Delete(self, request: Any) -> Any:
        """Remove a resource."""
        resource = Named.of(request.urn)
        recorded = Properties.read(resource.type, request.old_inputs)
        self._resources.delete(resource, request.id, recorded.values)
        return empty_pb2.Empty()

    @clean
    def Invoke(self, request: Any) -> Any:
        """Read a secret; no other function is served."""
        try:
            found = answered(request, self._secret)
        except NotServedError as error:
            return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        return provider_pb2.InvokeResponse(**{"return": found})

    @clean
    def Cancel(self, _request: Any) -> Any:
        """Calls are short: each is let finish, so that what it made is recorded."""
        return empty_pb2.Empty()

    def _secret(self, name: str, region: str | None) -> SecretVersion:
        return self._resources.secret(name, region)

    def hide(self, text: str) -> str:
        """A text for people, without the value of any secret that was read."""
        return text if self._configured is None else self._configured.hide(text)

    @property
    def _resources(self) -> Resources:
        if self._configured is None:
            raise FailedError("the engine has not configured this provider")
        return self._configured


def _kind(name: str, found: Changed, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    is_replaced = name in found.replaces
    if old.get(name) is None:
        return _Kind.ADD_REPLACE if is_replaced else _Kind.ADD
    if new.get(name) is None:
        return _Kind.DELETE_REPLACE if is_replaced else _Kind.DELETE
    return _Kind.UPDATE_REPLACE if is_replaced else _Kind.UPDATE
