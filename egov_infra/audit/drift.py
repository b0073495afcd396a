"""Read back the resources of a stack and compare them with what is declared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from egov_infra.audit.known import Known
from egov_infra.audit.live import Live
from egov_infra.audit.live_plan import live_plan
from egov_infra.audit.member import find_added
from egov_infra.audit.record import Drift, StackAudit, Undeclared, Unknown
from egov_infra.cloud.adapter import Adapter
from egov_infra.cloud.compare import Difference, are_same
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.source.diagnostic import Path, Place

_ADDED = "was added, and nobody declared it"


def audit_stack(
    live: Live, plan: StackPlan, known: Known, place: Callable[[Path], Place]
) -> tuple[StackAudit, StackPlan]:
    """Read every resource of a stack back: what differs, and the plan as it is live."""
    recorded = live.recorded(plan.name)
    readings = live.read_all(plan)
    drifts: list[Drift] = []
    unknown: list[Unknown] = []
    declared: dict[str, Mapping[str, Any]] = {}
    unread: dict[str, tuple[str, ...]] = {}
    unresolved: dict[str, tuple[str, ...]] = {}
    for resource in plan.resources:
        reading = readings.get(resource.name)
        adapter = adapter_of(resource.type)
        if reading is None:
            continue
        if reading.error or adapter is None:
            unknown.append(_unknown(resource, resource.type, reading.error, place))
            continue
        if reading.found is None:
            drifts.append(_drift(resource, "", "present", "absent", place))
            continue
        inputs = declared[resource.name] = live.declared(resource)
        missing = resource.inputs.keys() - inputs.keys()
        if found := sorted(path for path in adapter.unread if path.partition(".")[0] in inputs):
            unread[resource.name] = tuple(found)
        if found := sorted(missing & set(adapter.readable)):
            unresolved[resource.name] = tuple(found)
        for difference in adapter.compare(inputs, reading.found, frozenset(missing)):
            for path, wanted, there in _closer(adapter, difference):
                drifts.append(_drift(resource, path, _shown(wanted), _shown(there), place))
    added, unasked = find_added(live, plan, readings, known)
    unknown += [_unknown(parent, kind.type, reason, place) for parent, kind, reason in unasked]
    planned = {resource.name for resource in plan.resources}
    audit = StackAudit(
        stack=plan.name,
        institution=plan.owner,
        drifts=tuple(drifts),
        undeclared=tuple(
            Undeclared(
                account=item.parent.account,
                region=item.parent.region,
                kind=item.adapter.type,
                id=item.id,
                name="",
                why=_ADDED,
                institution=plan.owner,
                stack=plan.name,
                resource=item.parent.name,
                place=place(item.parent.path),
            )
            for item in added
        ),
        unknown=tuple(unknown),
        read=sum(not reading.error for reading in readings.values()),
        recorded_only=tuple(
            item.name
            for item in plan.resources
            if item.name in recorded and recorded_only(item.type) is not None
        ),
        not_applied=tuple(item.name for item in plan.resources if item.name not in recorded),
        left=tuple(name for name in recorded if name not in planned),
        unread=unread,
        unresolved=unresolved,
    )
    return audit, live_plan(live, plan, readings, declared, added)


def _drift(
    resource: PlannedResource, path: str, declared: str, live: str, place: Callable[[Path], Place]
) -> Drift:
    return Drift(
        institution=resource.owner,
        stack=resource.stack,
        resource=resource.name,
        type=resource.type,
        property=path,
        declared=declared,
        live=live,
        place=place(resource.path),
    )


def _unknown(resource: PlannedResource, kind: str, reason: str, place: Callable[[Path], Place]) -> Unknown:
    return Unknown(
        account=resource.account,
        region=resource.region,
        kind=kind,
        reason=reason,
        institution=resource.owner,
        stack=resource.stack,
        resource=resource.name,
        place=place(resource.path),
    )


def _closer(adapter: Adapter, difference: Difference) -> Iterator[tuple[str, Any, Any]]:
    """A difference with its path and both values: of a map each key that differs, of a policy its statements only."""
    declared, live = (
        _opened(adapter, difference.path, difference.declared),
        _opened(adapter, difference.path, difference.live),
    )
    if not isinstance(declared, Mapping) or not isinstance(live, Mapping):
        yield difference.path, difference.declared, difference.live
        return
    for key in sorted(declared.keys() | live.keys()):
        one, other = declared.get(key), live.get(key)
        if isinstance(one, list) and isinstance(other, list):
            one, other = _rest(one, other), _rest(other, one)
        if are_same(one, other):
            continue
        yield f"{difference.path}.{key}", one or None, other or None


def _opened(adapter: Adapter, path: str, value: Any) -> Any:
    """A document as data."""
    if path in adapter.comparison.documents and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _rest(items: list[Any], others: list[Any]) -> list[Any]:
    """The items that are not among the others."""
    return [item for item in items if not any(are_same(item, other) for other in others)]


def _shown(value: Any) -> str:
    if value is None:
        return "absent"
    return (
        value
        if isinstance(value, str) and value
        else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    )
