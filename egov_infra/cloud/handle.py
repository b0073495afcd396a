"""What an adapter does in an account and region: create, read, update, delete, find."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from egov_infra.cloud import calling, reading, shape, tagging, template
from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, State, Step
from egov_infra.cloud.error import CloudError, UnknownPropertyError
from egov_infra.cloud.parameters import Parameters

if TYPE_CHECKING:
    from egov_infra.cloud.session import Cloud

Client = Callable[[str, str | None], Any]
"""Gives a boto3 client of a service; the second argument is a region in place of the handle's."""

_GONE = re.compile(r"NotFound|NoSuch|NotExist|NonExistent|^404$")
_EXISTS = re.compile(r"AlreadyExist|AlreadyOwnedByYou|Duplicate|EntityExists|ResourceExists")


class Handle:
    """An adapter bound to clients of one account and region."""

    def __init__(self, adapter: Adapter, client: Client, account: str, region: str) -> None:
        self.adapter = adapter
        self.account = account
        self.region = region
        self._client = client
        self._parameters = Parameters(adapter, self.client)

    @classmethod
    def on(cls, cloud: Cloud, adapter: Adapter, account: str, region: str) -> Handle:
        """An adapter in an account and region of a cloud."""
        return cls(
            adapter, lambda service, home: cloud.client(service, account, home or region), account, region
        )

    def client(self, service: str = "") -> Any:
        """The boto3 client of the adapter's service, or of another."""
        return self._client(service or self.adapter.service, self.adapter.home or None)

    def create(self, inputs: Inputs, label: str, *, is_resumed: bool = False) -> State:
        """Make the resource and everything that belongs to it. Raises CloudError, UnknownPropertyError.

        Only where an interrupted run may have made it (`is_resumed`) is one that exists already taken over.
        """
        adapter = self.adapter
        declared = self._checked(inputs)
        scope = self._scope(declared)
        call = adapter.create
        taken = self._parameters.taken(call, declared)
        is_adopted = False
        try:
            answer = self.call(call.operation, self._parameters.of(call, taken, scope), label)
        except CloudError as error:
            if not (is_resumed and adapter.is_named and _EXISTS.search(error.code)):
                raise
            answer, is_adopted = {}, True
        document = template.at(answer, call.at, scope) or {}
        is_whole = bool(call.at) and call.at == adapter.reads[0].at
        document = self._decode(document, scope) if is_whole else document
        scope |= {part: self._part(part, document, scope) for part in adapter.id_parts}
        if lost := [part for part in adapter.id_parts if scope.get(part) is None]:
            raise self._error(label, call.operation, "NoId", f"the answer lacks {', '.join(lost)}")
        identifier = template.text(adapter.id, scope)
        scope["id"] = identifier
        scope |= reading.outputs(adapter, document if is_whole or adapter.decode is None else {}, scope)
        if adapter.waiter:
            self._wait(self._parameters.of(adapter.reads[0], {}, scope), label)
        pending = declared if is_adopted else {key: v for key, v in declared.items() if key not in taken}
        self._set(pending, declared, scope, label, is_new=not is_adopted)
        return State(identifier, self._known(identifier, declared, scope, label))

    def find(self, inputs: Inputs, label: str) -> State | None:
        """What an interrupted run made of these inputs, or None: something that equals what `create` sets."""
        listing = self.adapter.listing
        if listing is None:
            return None
        declared = self._checked(inputs)
        scope = self._scope(declared)
        answer = self.call(
            listing.operation, self._parameters.of(listing, {}, scope), label, is_paged=listing.is_paged
        )
        taken = self._parameters.taken(self.adapter.create, declared)
        for identifier in template.at(answer, listing.at, scope) or ():
            found = self._read(str(identifier), label)
            if found is not None and self._equals(taken, found[0]):
                return State(template.text(self.adapter.id, found[1]), found[0])
        return None

    def read(self, identifier: str, _inputs: Inputs, label: str) -> Mapping[str, Any] | None:
        """Everything that is live, by the id alone, or None if the resource is not there. Raises CloudError."""
        found = self._read(identifier, label)
        return None if found is None else found[0]

    def members(self, identifier: str, live: Inputs, members: Members, label: str) -> tuple[str, ...]:
        """Ids of everything of another type that belongs to this resource, sorted. Raises CloudError.

        Where there can be one only, its id is given whether it is there or not.
        """
        scope = {**live, **self._scope({}, identifier)}
        call = members.call
        if call is None:
            return (template.text(members.id, scope),)
        params = self._parameters.of(call, {}, scope)
        answer = self.call(call.operation, params, label, is_paged=call.is_paged)
        found = template.at(answer, call.at, scope) or ()
        items = members.items(found, scope) if members.items is not None else found
        return tuple(sorted({template.text(members.id, {**scope, "item": item}) for item in items}))

    def update(self, identifier: str, old: Inputs, new: Inputs, label: str) -> State:
        """Set what changed. Raises CloudError, UnknownPropertyError."""
        before, declared = self._checked(old, is_old=True), self._checked(new)
        found = self._read(identifier, label)
        scope = {**(found[1] if found else {}), **self._scope(declared, identifier)}
        changed = set(self.adapter.difference(before, declared).changed)
        self._set({name: declared.get(name) for name in changed}, declared, scope, label, before=before)
        live = self.read(identifier, declared, label)
        return State(identifier, {**declared, **(live or {})})

    def delete(self, identifier: str, inputs: Inputs, label: str) -> None:
        """Remove the resource; it is no fault if it is gone already. Raises CloudError."""
        adapter = self.adapter
        found = self._read(identifier, label)
        if found is None:
            return
        live, outputs = found
        declared = {**inputs, **live}
        scope = {**outputs, **self._scope(declared, identifier)}
        if adapter.before_delete is not None:
            scope |= adapter.before_delete(self, identifier, declared) or {}
        if adapter.delete is None:
            return
        try:
            self.call(adapter.delete.operation, self._parameters.of(adapter.delete, {}, scope), label)
        except CloudError as error:
            if not self._is_gone(error):
                raise

    def call(
        self, operation: str, params: Mapping[str, Any], label: str = "", *, is_paged: bool = False
    ) -> dict[str, Any]:
        """Call AWS; `operation` may name another service, as `ses.verify_domain`. Raises CloudError."""
        service, _, name = operation.rpartition(".")
        return calling.call(self.client(service), name, params, self.adapter.type, label, is_paged=is_paged)

    def _error(self, label: str, operation: str, code: str, reason: str) -> CloudError:
        return CloudError(self.adapter.type, label, operation, code, reason)

    def _checked(self, inputs: Inputs, *, is_old: bool = False) -> dict[str, Any]:
        given = {name: value for name, value in inputs.items() if value is not None and name != "region"}
        if not is_old and not given.keys() <= self.adapter.known:
            raise UnknownPropertyError(self.adapter.type, frozenset(given.keys() - self.adapter.known))
        tails = self.adapter.comparison.tails
        return {
            name: shape.cut(value, name, tails) if tails else value
            for name, value in given.items()
            if name in self.adapter.known
        }

    def _scope(self, inputs: Inputs, identifier: str = "") -> dict[str, Any]:
        defaults = self.adapter.defaults
        parts = {part: defaults[part] for part in self.adapter.id_parts if part in defaults}
        scope = {"account": self.account, "region": self.region, **parts, **inputs}
        if identifier:
            found = self.adapter.parse_id(identifier)
            if found is None:
                raise self._error(identifier, "read", "NoId", "is no id of this type")
            scope |= {"id": identifier, **found}
        return scope | (dict(self.adapter.derive(scope)) if self.adapter.derive else {})

    def _wait(self, params: Mapping[str, Any], label: str) -> None:
        from botocore.exceptions import WaiterError  # noqa: PLC0415 - previews load no boto3

        name = self.adapter.waiter
        try:
            self.client().get_waiter(name).wait(**params, WaiterConfig={"Delay": 5, "MaxAttempts": 60})
        except WaiterError as error:
            raise self._error(label, name, "WaiterError", str(error)) from None

    def _part(self, part: str, document: Mapping[str, Any], scope: Mapping[str, Any]) -> Any:
        if scope.get(part) is not None:
            return scope[part]
        place = self.adapter.outputs.get(part)
        if place and not template.PLACEHOLDER.search(place):
            return template.at(document, place, scope)
        return shape.answer_at(document, part, self.adapter.names)

    def _set(
        self,
        pending: Inputs,
        declared: Inputs,
        scope: dict[str, Any],
        label: str,
        *,
        is_new: bool = False,
        before: Inputs | None = None,
    ) -> None:
        """Run the steps that carry pending properties."""
        defaults = self.adapter.defaults
        for step in self.adapter.steps:
            is_due = is_new and step.always
            if not is_due and not any(name in pending for name in step.properties):
                continue
            wanted = {name: declared.get(name) for name in step.properties}
            if is_due:
                wanted = {name: defaults.get(name) if v is None else v for name, v in wanted.items()}
            elif is_new and all(
                wanted[name] is None or wanted[name] == defaults.get(name, _NONE) for name in wanted
            ):
                continue
            self._run(step, wanted, before or {}, scope, label)
        if self.adapter.tags and self.adapter.tags.add and "tags" in pending:
            self._set_tags((before or {}).get("tags") or {}, declared.get("tags") or {}, scope, label)

    def _run(self, step: Step, wanted: Inputs, before: Inputs, scope: Mapping[str, Any], label: str) -> None:
        if step.by is not None:
            step.by(self, {**scope, **wanted})
            return
        first = wanted[step.properties[0]]
        is_off = first is False or all(value is None for value in wanted.values())
        call = step.off if step.off is not None and is_off else step.call
        values = {name: value for name, value in wanted.items() if value is not None}
        for name in wanted.keys() - values.keys():  # what is no longer declared goes back to what AWS takes
            if self.adapter.defaults.get(name) is not None:
                values[name] = self.adapter.defaults[name]
        was = {name: before[name] for name in wanted if name in before}
        self.call(call.operation, self._parameters.of(call, values, {**scope, **values}, was), label)

    def _set_tags(
        self, old: Mapping[str, str], new: Mapping[str, str], scope: Mapping[str, Any], label: str
    ) -> None:
        tags = self.adapter.tags
        assert tags is not None
        is_whole = not tags.remove  # one call says it all
        added = dict(new) if is_whole else {key: item for key, item in new.items() if old.get(key) != item}
        removed = [] if is_whole else sorted(old.keys() - new.keys())
        if added or is_whole:
            self._call_tags(tags.add, tagging.added, added, scope, label)
        if removed:
            self._call_tags(tags.remove, tagging.removed, removed, scope, label)

    def _call_tags(
        self, operation: str, fill: Callable[..., dict[str, Any]], what: Any, scope: Inputs, label: str
    ) -> None:
        assert self.adapter.tags is not None
        found = self._parameters.shape(Call(operation))
        params = template.resolved(tagging.where(self.adapter.tags.params, found), scope)
        self.call(operation, fill(params, found, what), label)

    def _read(self, identifier: str, label: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Live properties with outputs, and the values for placeholders; None if the resource is not there."""
        adapter = self.adapter
        scope = self._scope({}, identifier)
        scope |= reading.outputs(adapter, {}, scope)
        document: dict[str, Any] = {}
        calls = adapter.reads
        if (tags := adapter.tags) and tags.read:
            calls = (
                *calls,
                Call(
                    tags.read,
                    tagging.where(tags.params, self._parameters.shape(Call(tags.read))),
                    at=tags.at,
                    absent=tags.absent,
                ),
            )
        for number, call in enumerate(calls):
            try:
                answer = self.call(
                    call.operation, self._parameters.of(call, {}, scope), label, is_paged=call.is_paged
                )
            except CloudError as error:
                if error.code in call.absent:
                    continue
                if number == 0 and self._is_gone(error):
                    return None
                raise
            part = template.at(answer, call.at, scope)
            if number == 0 and (
                part is None or part == [] or template.at(answer, adapter.gone or "`false`", scope)
            ):
                return None
            document |= _mapping(part)
            document.pop("ResponseMetadata", None)
            document = self._decode(document, scope)
            scope |= reading.outputs(adapter, document, scope)
            scope = {**{name: item for name, item in document.items() if isinstance(item, str)}, **scope}
        return reading.decoded(adapter, document, scope), scope

    def _decode(self, document: dict[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
        decode = self.adapter.decode
        return decode(document, scope) if decode is not None and document else document

    def _known(
        self, identifier: str, declared: Inputs, scope: Mapping[str, Any], label: str
    ) -> dict[str, Any]:
        """Inputs and outputs after creation; reads back only if the answer of `create` lacked an output."""
        outputs = {name: scope[name] for name in self.adapter.outputs if scope.get(name) is not None}
        if len(outputs) == len(self.adapter.outputs):
            return {**declared, **outputs}
        return {**declared, **(self.read(identifier, declared, label) or {})}

    def _equals(self, declared: Inputs, live: Inputs) -> bool:
        comparison, kind = self.adapter.comparison, self.adapter.kind
        return not any(
            next(comparison.differences(kind(name), name, value, live.get(name)), None)
            for name, value in declared.items()
            if name in self.adapter.readable and name not in self.adapter.unread
        )

    def _is_gone(self, error: CloudError) -> bool:
        return error.code in self.adapter.missing or _GONE.search(error.code) is not None


_NONE = object()


def _mapping(part: Any) -> dict[str, Any]:
    if isinstance(part, list):
        part = part[0]
    return dict(part) if isinstance(part, Mapping) else {}
