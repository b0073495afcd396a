"""Adapters: how an AWS type is created, read, updated and deleted, as data over boto3.

An adapter is a list of *facets*. Each facet carries some properties of the type: the call that sets them, the call that
reads them, and where they stand in the parameters and in the answer. Creation calls `create` with the properties it
takes, then sets every other facet; an update sets the facets whose properties changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeAlias, TypeVar

from egov_infra.cloud.codec import DOCUMENT, PLAIN, TAGS, Codec, canonical_document
from egov_infra.cloud.error import CloudError, UnknownPropertyError

Result = TypeVar("Result")
Inputs: TypeAlias = Mapping[str, Any]
Source: TypeAlias = "str | Callable[[str, Inputs], Any]"
"""A parameter's value: `id`, `=text` for a constant, the name of a property, or a function of id and inputs."""

_CODECS: Mapping[str, Codec] = {"tags": TAGS, "policy": DOCUMENT, "assume_role_policy": DOCUMENT}


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its name in snake_case, its parameter, and its place in the answer (`A.B`), by default the same."""

    name: str
    param: str
    answer: str | None = None
    codec: Codec = PLAIN


@dataclass(frozen=True, slots=True)
class Facet:
    """Some properties that are set together and read together."""

    properties: tuple[Property, ...] = ()
    put: str | None = None
    """Operation that sets them after creation; None if they cannot be changed."""
    put_by: Callable[[Any, str, Inputs], object] | None = None
    """A function that sets them, where no single operation does; gets client, id and inputs."""
    get: str | None = None
    """Operation that reads them; None if the main read holds them."""
    scope: Mapping[str, Source] = field(default_factory=dict)
    """Parameters that say of which resource."""
    unset: str | None = None
    """Operation that removes them, when no property is left."""
    on_create: bool = False
    """Whether the create call takes them too."""
    missing: frozenset[str] = frozenset()
    """Error codes of `get` that mean that nothing is set."""
    put_is_whole: bool = True
    """Whether `put` takes all properties of the facet, or only those given."""


@dataclass(frozen=True, slots=True)
class State:
    """What an adapter gives back: the provider's id, and everything known of the resource in snake_case."""

    id: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Property names that changed, and those of them that demand a replacement."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Custom:
    """Functions of a type whose calls are not of one shape; each gets the client first."""

    create: Callable[[Any, Inputs], str]
    read: Callable[[Any, str, Inputs], Mapping[str, Any] | None]
    update: Callable[[Any, str, Inputs, Inputs], object] | None
    delete: Callable[[Any, str, Inputs], None]
    properties: frozenset[str]
    """Properties that the functions know."""
    settable: frozenset[str]
    """Those of them that `update` can change."""


@dataclass(frozen=True)
class Adapter:
    """One AWS type."""

    type: str
    service: str
    create: str = ""
    """Operation that makes the resource."""
    id: Callable[[Mapping[str, Any], Inputs], str] = lambda _answer, _inputs: ""
    """The id, from the answer of `create` and the inputs."""
    delete: str | None = None
    custom: Custom | None = None
    """Functions in place of everything above."""
    read: str | None = None
    """Operation that gives most properties; None where facets give all."""
    scope: Mapping[str, Source] = field(default_factory=dict)
    """Parameters of `read` and `delete` that say which resource."""
    delete_scope: Mapping[str, Source] | None = None
    """Parameters of `delete`, where they are others than those of `read`."""
    answer: str = ""
    """Where the resource stands in the answer of `read`."""
    facets: tuple[Facet, ...] = ()
    fixed: Mapping[str, Source] = field(default_factory=dict)
    """Further parameters of `create`."""
    outputs: Mapping[str, str | Callable[[str, Inputs, Mapping[str, Any]], Any]] = field(default_factory=dict)
    """Output to its place in the answer of `read`, or to a function of id, inputs and answer."""
    missing: frozenset[str] = frozenset()
    """Error codes that mean that the resource is not there."""
    replaces: frozenset[str] = frozenset()
    """Properties whose change replaces the resource."""
    ignored: frozenset[str] = frozenset()
    """Properties that only steer Pulumi, such as force_destroy."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Properties that the rehearsal cloud does not give back, with the reason; audit says so."""
    delete_first: bool = False
    """Whether a replacement deletes before it creates, since the name can exist once only."""
    exists: Callable[[Any, str, Inputs], bool] | None = None
    """Where `read` cannot tell."""
    create_params: Callable[[Inputs, str, str], dict[str, Any]] | None = None
    """Further parameters of `create` that depend on inputs, account or region."""
    stays: str = ""
    """Why deleting the resource leaves something that still reads back; empty where nothing is left."""
    before_delete: Callable[[Any, str, Inputs], None] | None = None
    """What must go before the resource can."""
    find: Callable[[Any, Inputs], str | None] | None = None
    """Looks for what an interrupted run made, where the id does not follow from the inputs."""
    adopt: frozenset[str] = frozenset()
    """Error codes of `create` that mean that an interrupted run made it already: its id follows from the inputs."""

    @cached_property
    def known(self) -> frozenset[str]:
        """Properties that the adapter handles."""
        handled = {prop.name for facet in self.facets for prop in facet.properties}
        handled |= self.custom.properties if self.custom else frozenset()
        return frozenset(handled | self.ignored | self.replaces | {"region"})

    def difference(self, old: Inputs, new: Inputs) -> Difference:
        """What changed between two sets of inputs."""
        names = sorted((old.keys() | new.keys()) - {"region"})
        changed = tuple(name for name in names if normal(name, old.get(name)) != normal(name, new.get(name)))
        settable = {
            prop.name for facet in self.facets if facet.put or facet.put_by for prop in facet.properties
        }
        settable |= self.ignored | (self.custom.settable if self.custom else frozenset())
        replaces = tuple(name for name in changed if name in self.replaces or name not in settable)
        return Difference(changed, replaces)


class Handle:
    """An adapter bound to clients of one account and region."""

    def __init__(
        self, adapter: Adapter, client: Callable[[str, str | None], Any], account: str, region: str
    ) -> None:
        self.adapter = adapter
        self._client = client(adapter.service, None)
        self._account = account
        self._region = region

    def create(self, inputs: Inputs, label: str, *, is_resumed: bool = False) -> State:
        """Make the resource and everything that belongs to it. Raises CloudError, UnknownPropertyError.

        Only where an interrupted run may have made it (`is_resumed`) is one that exists already taken over.
        """
        adapter = self.adapter
        self._check(inputs)
        if adapter.custom is not None:
            identifier = self._guard(label, "create", adapter.custom.create, self._client, inputs)
            return State(identifier, self._after(identifier, inputs, label))
        params = self._values("", inputs, adapter.fixed)
        for facet in adapter.facets:
            if facet.on_create:
                self._fill(params, facet, inputs)
        if adapter.create_params is not None:
            params.update(adapter.create_params(inputs, self._account, self._region))
        try:
            answer = self._call(adapter.create, params, label)
        except CloudError as error:
            if not is_resumed or error.code not in adapter.adopt:
                raise
            answer = {}
        identifier = adapter.id(answer, inputs)
        for facet in adapter.facets:
            if not facet.on_create and (facet.put or facet.put_by) and self._declares(facet, inputs):
                self._put(facet, identifier, inputs, label)
        return State(identifier, self._after(identifier, inputs, label))

    def find(self, inputs: Inputs, label: str) -> State | None:
        """What an interrupted run made of these inputs, or None."""
        if self.adapter.find is None:
            return None
        identifier = self._guard(label, "find", self.adapter.find, self._client, inputs)
        return State(identifier, self._after(identifier, inputs, label)) if identifier else None

    def update(self, identifier: str, old: Inputs, new: Inputs, label: str) -> State:
        """Set what changed. Raises CloudError, UnknownPropertyError."""
        adapter = self.adapter
        self._check(new)
        if adapter.custom is not None and adapter.custom.update is not None:
            self._guard(label, "update", adapter.custom.update, self._client, identifier, old, new)
            return State(identifier, self._after(identifier, new, label))
        changed = set(adapter.difference(old, new).changed)
        for facet in adapter.facets:
            if not (facet.put or facet.put_by) or not changed & {prop.name for prop in facet.properties}:
                continue
            if facet.unset and not self._declares(facet, new):
                self._call(facet.unset, self._values(identifier, old, facet.scope), label)
            else:
                self._put(facet, identifier, new, label)
        return State(identifier, self._after(identifier, new, label))

    def read(self, identifier: str, inputs: Inputs, label: str) -> Mapping[str, Any] | None:
        """Everything that is live, or None if the resource is not there. Raises CloudError."""
        return self._read(identifier, inputs, label, is_whole=True)

    def _read(
        self, identifier: str, inputs: Inputs, label: str, *, is_whole: bool
    ) -> Mapping[str, Any] | None:
        adapter = self.adapter
        if adapter.custom is not None:
            return self._guard(label, "read", adapter.custom.read, self._client, identifier, inputs)
        found: dict[str, Any] = {}
        answer: Mapping[str, Any] = {}
        if is_whole and adapter.exists is not None and not adapter.exists(self._client, identifier, inputs):
            return None
        if adapter.read is not None:
            try:
                answer = self._call(adapter.read, self._values(identifier, inputs, adapter.scope), label)
            except CloudError as error:
                if error.code in adapter.missing:
                    return None
                raise
            found_there = _at(answer, adapter.answer)
            if not found_there:
                return None
            answer = found_there[0] if isinstance(found_there, list) else found_there
        for facet in adapter.facets:
            if facet.get is not None and not is_whole:
                continue
            part = answer if facet.get is None else self._get(facet, identifier, inputs, label)
            if part is None:
                if adapter.read is None and adapter.exists is None:
                    return None
                continue
            for prop in facet.properties:
                value = _at(part, prop.answer if prop.answer is not None else prop.param)
                if value is not None and value != "":
                    found[prop.name] = normal(prop.name, prop.codec.decode(value))
        for name, place in adapter.outputs.items():
            located = {"region": self._region, **inputs}
            value = _at(answer, place) if isinstance(place, str) else place(identifier, located, answer)
            if value is not None:
                found[name] = value
        return found

    def delete(self, identifier: str, inputs: Inputs, label: str) -> None:
        """Remove the resource; it is no fault if it is gone already. Raises CloudError."""
        adapter = self.adapter
        if self.read(identifier, inputs, label) is None:
            return
        try:
            if adapter.custom is not None:
                self._guard(label, "delete", adapter.custom.delete, self._client, identifier, inputs)
            if adapter.before_delete is not None:
                adapter.before_delete(self._client, identifier, inputs)
            if adapter.delete is not None:
                scope = adapter.scope if adapter.delete_scope is None else adapter.delete_scope
                self._call(adapter.delete, self._values(identifier, inputs, scope), label)
        except CloudError as error:
            if error.code not in adapter.missing:
                raise
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in adapter.missing:
                raise self._error(label, "delete", error) from None

    def _check(self, inputs: Inputs) -> None:
        given = frozenset(name for name, value in inputs.items() if value is not None)
        if not given <= self.adapter.known:
            raise UnknownPropertyError(self.adapter.type, given - self.adapter.known)

    def _guard(self, label: str, operation: str, call: Callable[..., Result], *arguments: Any) -> Result:
        try:
            return call(*arguments)
        except _boto_errors() as error:
            raise self._error(label, operation, error) from None

    def _after(self, identifier: str, inputs: Inputs, label: str) -> Mapping[str, Any]:
        """What is recorded: inputs, and what the main read adds; facets were just set, so they are not read back."""
        return {**inputs, **(self._read(identifier, inputs, label, is_whole=False) or {})}

    @staticmethod
    def _declares(facet: Facet, inputs: Inputs) -> bool:
        return any(inputs.get(prop.name) is not None for prop in facet.properties)

    def _put(self, facet: Facet, identifier: str, inputs: Inputs, label: str) -> None:
        if facet.put_by is not None:
            self._guard(label, "set", facet.put_by, self._client, identifier, inputs)
            return
        assert facet.put is not None
        params = self._values(identifier, inputs, facet.scope)
        self._fill(params, facet, inputs)
        self._call(facet.put, params, label)

    def _get(self, facet: Facet, identifier: str, inputs: Inputs, label: str) -> Any:
        assert facet.get is not None
        try:
            return self._call(facet.get, self._values(identifier, inputs, facet.scope), label)
        except CloudError as error:
            if error.code in facet.missing | self.adapter.missing:
                return None
            raise

    @staticmethod
    def _fill(params: dict[str, Any], facet: Facet, inputs: Inputs) -> None:
        for prop in facet.properties:
            value = inputs.get(prop.name)
            if value is None:
                continue
            *parents, last = prop.param.split(".")
            place = params
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = prop.codec.encode(value)

    @staticmethod
    def _values(identifier: str, inputs: Inputs, sources: Mapping[str, Source]) -> dict[str, Any]:
        found = {}
        for param, source in sources.items():
            if callable(source):
                found[param] = source(identifier, inputs)
            elif source == "id":
                found[param] = identifier
            elif source.startswith("="):
                found[param] = source[1:]
            elif inputs.get(source) is not None:
                found[param] = inputs[source]
        return found

    def _call(self, operation: str, params: Mapping[str, Any], label: str) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**params)
        except _boto_errors() as error:
            raise self._error(label, operation, error) from None
        return answer

    def _error(self, label: str, operation: str, error: Exception) -> CloudError:
        detail = getattr(error, "response", {}).get("Error", {})
        code = str(detail.get("Code", type(error).__name__))
        return CloudError(self.adapter.type, label, operation, code, str(detail.get("Message", error)))


@cache
def _boto_errors() -> tuple[type[Exception], ...]:
    """What boto3 raises; imported late, so that adapters can be read as data without it."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    return (BotoCoreError, ClientError)


_SETS = frozenset(
    ("records", "aliases", "subject_alternative_names", "suppressed_reasons", "validation_record_fqdns")
)


def normal(name: str, value: Any) -> Any:
    """A value in the form in which declared and live compare: documents in one spelling, sets sorted, lists as lists."""
    if isinstance(value, str) and value[:1] == "{" and (name == "policy" or name.endswith("_policy")):
        return canonical_document(value)
    if isinstance(value, Mapping):
        return {key: normal(key, item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        items = [normal("", item) for item in value]
        return sorted(items) if name in _SETS and all(isinstance(item, str) for item in items) else items
    return value


def _at(answer: Any, place: str) -> Any:
    for step in place.split(".") if place else ():
        if not isinstance(answer, Mapping):
            return None
        answer = answer.get(step)
    return answer
