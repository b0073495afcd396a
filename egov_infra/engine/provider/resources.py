"""What the plugin does with resources of one account: check, compare, create, read, update, delete, import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.adapter import State
from egov_infra.cloud.error import CloudError, UnknownPropertyError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.recorded import SIMULATED
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.secret import SecretReader, SecretVersion
from egov_infra.cloud.session import Cloud
from egov_infra.engine.preview import changed_properties, replaces
from egov_infra.engine.provider.configuration import Configuration
from egov_infra.engine.provider.live import Found, drifted, half_made, importable
from egov_infra.plan.catalogue import aws_type, camel
from egov_infra.plan.outline import SecretPlace


@dataclass(frozen=True, slots=True)
class Named:
    """A resource as the engine calls it."""

    urn: str
    type: str

    @classmethod
    def of(cls, urn: str) -> Named:
        """By URN alone: below a component its third part is the chain of types, and the last one is the own."""
        return cls(urn, urn.split("::")[2].rpartition("$")[2])

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs between two sets of inputs."""

    properties: Mapping[str, str]
    """Name to wire name."""
    replaces: tuple[str, ...]
    """Those of them that demand a replacement."""
    deletes_first: bool
    """Whether a replacement deletes before it creates."""

    def without(self, ignored: Collection[str]) -> Changed:
        """The same, but for properties that a program ignores, by wire name."""
        kept = {name: wire for name, wire in self.properties.items() if wire not in ignored}
        return Changed(kept, tuple(name for name in self.replaces if name in kept), self.deletes_first)


class HalfMadeError(Exception):
    """Creation failed after the resource was there; the engine must record it all the same."""

    def __init__(self, error: CloudError, found: Found) -> None:
        super().__init__(str(error))
        self.found = found


class Resources:
    """The resources of one account of the rehearsal cloud. Methods raise CloudError, UnknownPropertyError."""

    def __init__(self, cloud: Cloud, secrets: SecretReader, configuration: Configuration) -> None:
        self._cloud = cloud
        self._configuration = configuration
        self._secrets = secrets

    def secret(self, name: str, region: str | None) -> SecretVersion:
        """The current version of a secret of the account, in a region or in the provider's own."""
        where = self._configuration
        return self._secrets.read(SecretPlace(where.account, region or where.region, name))

    def hide(self, text: str) -> str:
        """A text for people, without the value of any secret that was read."""
        return self._secrets.hide(text)

    def faults(self, resource: Named, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Wire name of a property to what is wrong with it; the empty name is the resource as a whole."""
        known = frozenset(aws_type(resource.type).inputs)
        adapter = adapter_of(resource.type)
        if adapter is not None:
            known = known & adapter.known
        elif recorded_only(resource.type) is None:
            return {"": f"the rehearsal cloud does not serve {resource.type}"}
        return {
            _wire(resource.type, name): f"the rehearsal cloud does not serve this property of {resource.type}"
            for name in inputs
            if name not in known
        }

    def changed(self, resource: Named, old: Mapping[str, Any], new: Mapping[str, Any]) -> Changed:
        """Compare inputs as the rehearsal engine does, also with those of a state that it wrote."""
        old = self._secrets.opened(old)
        properties = changed_properties(old, new)
        replacing = replaces(resource.type, properties)
        if self._region(old) != self._region(new):
            properties, replacing = (*properties, "region"), (*replacing, "region")
        adapter = adapter_of(resource.type)
        wire = {name: _wire(resource.type, name) for name in properties}
        return Changed(wire, replacing, bool(replacing) and adapter is not None and adapter.delete_first)

    def create(self, resource: Named, inputs: Mapping[str, Any]) -> State:
        """Make it. Raises HalfMadeError as well."""
        simulated = recorded_only(resource.type)
        if simulated is not None:
            return State(*simulated.simulate(resource.urn, inputs))
        handle = self._handle(resource, inputs)
        try:
            return handle.create(inputs, resource.name)
        except CloudError as error:
            found = None
            if error.operation != handle.adapter.create.operation.rpartition(".")[2]:
                found = half_made(handle, inputs, resource.name)
            if found is None:
                raise
            raise HalfMadeError(error, found) from None

    def read(self, resource: Named, identifier: str, inputs: Mapping[str, Any]) -> Found | None:
        """What is live of recorded inputs, or by the id alone where there are none; None if it is not there."""
        if recorded_only(resource.type) is not None:
            if not inputs and not identifier.startswith(SIMULATED):
                return None
            return Found(State(identifier, inputs), inputs)
        handle = self._handle(resource, inputs)
        live = handle.read(identifier, inputs, resource.name)
        if live is None:
            return None
        adapter = handle.adapter
        actual = adapter.with_unread(inputs, live)
        seen = drifted(adapter, inputs, actual) if inputs else importable(adapter, actual)
        return Found(State(identifier, {**inputs, **actual}), seen)

    def update(
        self, resource: Named, identifier: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Set what changed, and give everything known then."""
        simulated = recorded_only(resource.type)
        if simulated is not None:
            return simulated.simulate(resource.urn, new)[1]
        return self._handle(resource, new).update(identifier, old, new, resource.name).outputs

    def delete(self, resource: Named, identifier: str, inputs: Mapping[str, Any]) -> None:
        """Remove it; it is no fault if it is gone already."""
        if recorded_only(resource.type) is None:
            self._handle(resource, inputs).delete(identifier, inputs, resource.name)

    def _region(self, inputs: Mapping[str, Any]) -> str:
        return str(inputs.get("region") or self._configuration.region)

    def _handle(self, resource: Named, inputs: Mapping[str, Any]) -> Handle:
        adapter = adapter_of(resource.type)
        if adapter is None:
            raise UnknownPropertyError(resource.type, frozenset(("type",)))
        return Handle.on(self._cloud, adapter, self._configuration.account, self._region(inputs))


def _wire(token: str, name: str) -> str:
    known = aws_type(token).inputs.get(name)
    return known.wire if known else camel(name)
