"""What an adapter makes of properties: the parameters of its calls, as the API's own model names and types them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from egov_infra.cloud import patch, shape, template
from egov_infra.cloud.adapter import Adapter, Call, Inputs
from egov_infra.cloud.error import UnknownPropertyError


class Parameters:
    """Parameters of an adapter's calls; `client` gives the boto3 client of a service, the adapter's own for none."""

    def __init__(self, adapter: Adapter, client: Callable[[str], Any]) -> None:
        self._adapter = adapter
        self._client = client

    def taken(self, call: Call, declared: Inputs) -> dict[str, Any]:
        """The properties that a call takes."""
        shapes = (self.shape(Call(call.operation)), self.shape(call))
        named = set(template.placeholders(call.params))
        names = self._adapter.names
        return {
            name: value
            for name, value in declared.items()
            if name in named or any(shape.place_of(one, name, names) is not None for one in shapes)
        }

    def _model(self, operation: str) -> Any:
        service, _, name = operation.rpartition(".")
        meta = self._client(service).meta
        return meta.service_model.operation_model(meta.method_to_api_mapping[name])

    def shape(self, call: Call) -> Any:
        """The API's shape of what holds the properties of a call."""
        found = self._model(call.operation).input_shape
        for step in call.inside.split(".") if call.inside else ():
            found = found.members[step.removesuffix("[]")]
            found = found.member if step.endswith("[]") else found
        return found

    def of(
        self, call: Call, properties: Inputs, scope: Mapping[str, Any], before: Inputs | None = None
    ) -> dict[str, Any]:
        """The parameters of a call: what the adapter says, parts of the id, and properties."""
        outer = self.shape(Call(call.operation))
        params: dict[str, Any] = {
            name: shape.fitted(item, outer.members[name])
            for name, item in template.resolved(dict(call.params), scope).items()
        }
        names = self._adapter.names
        for part in self._adapter.id_parts:
            place = shape.place_of(outer, part, names) if outer is not None else None
            if place and place not in call.params and scope.get(part) is not None:
                shape.put(params, place, scope[part], outer, part, names)
        if outer is not None and patch.PARAMETER in outer.members and patch.PARAMETER not in params:
            params[patch.PARAMETER] = self._patches(call, before or {}, properties, scope)
            return params
        inner = self.shape(call)
        target = params
        for step in call.inside.split(".") if call.inside else ():
            if step.endswith("[]"):
                target = target.setdefault(step.removesuffix("[]"), [{}])[0]
            else:
                target = target.setdefault(step, {})
        own = [part for part in self._adapter.id_parts if part not in ("account", "region")]
        parts = {part: scope.get(part) for part in own} if call.inside else {}
        for name, value in {**parts, **properties}.items():
            if call.inside and (outside := shape.place_of(outer, name, names)):
                if name not in parts and outside not in call.params:
                    shape.put(params, outside, value, outer, name, names)
                continue
            if not call.inside and name in self._adapter.id_parts and name in scope:
                continue
            place = shape.place_of(inner, name, names)
            if place is None or value is None or place in call.params:
                continue
            try:
                shape.put(target, place, value, inner, name, names)
            except shape.NoPlaceError as error:
                raise UnknownPropertyError(self._adapter.type, frozenset((str(error.args[0]),))) from None
        if self._adapter.encode is not None:
            self._adapter.encode(call.operation, params, scope)
        return params

    def _patches(
        self, call: Call, before: Inputs, properties: Inputs, scope: Mapping[str, Any]
    ) -> list[dict[str, str]]:
        answer = self._model(call.operation).output_shape
        pointers = template.resolved(self._adapter.pointers, scope)
        try:
            return patch.Layout(answer, self._adapter.names, pointers).operations(before, properties)
        except shape.NoPlaceError as error:
            raise UnknownPropertyError(self._adapter.type, frozenset((str(error.args[0]),))) from None
