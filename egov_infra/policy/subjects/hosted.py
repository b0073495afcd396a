"""What is planned for an application, taken together: what no single resource shows, above all what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from egov_infra.plan.arn import arn
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document
from egov_infra.source.frozen import frozen

Parts: TypeAlias = Mapping[str, Sequence[PlannedResource]]
"""Resources of an application's stack by type."""

_DATABASE = "aws:rds/instance:Instance"
_TABLE = "aws:dynamodb/table:Table"
_WATCHED = {
    # what must be watched where there is any of a type
    "aws:lb/loadBalancer:LoadBalancer": ("HTTPCode_Target_5XX_Count", "UnHealthyHostCount"),
    "aws:ecs/service:Service": ("CPUUtilization", "MemoryUtilization"),
    _DATABASE: ("FreeStorageSpace",),
}


@frozen
class Store:
    """A database or table."""

    name: str
    """Logical name of the planned resource."""
    is_multi_zone: bool
    """Whether it survives the loss of a zone; a table always does."""
    is_restorable: bool
    """Whether it can be restored to any minute."""
    backup_days: int
    """How far back."""
    expires: bool
    """Whether its items go by themselves."""


@frozen
class Hosted:
    """An application's stack as a whole."""

    databases: tuple[Store, ...]
    """Its databases."""
    tables: tuple[Store, ...]
    """Its tables."""
    unselected: tuple[str, ...]
    """ARNs of databases, and of tables whose items stay, that no backup selection names."""
    unwatched: tuple[str, ...]
    """Metrics that should raise an alarm that tells somebody, and do not."""
    unscaled: tuple[str, ...]
    """Services without scaling."""
    open_buckets: tuple[str, ...]
    """Buckets in which an object can be deleted before its time."""
    schedules: tuple[str, ...]
    """Schedules that run."""
    wide_roles: tuple[str, ...]
    """Policies of roles that allow an action with a wildcard, or name no resource."""


def hosted_of(stack: StackPlan) -> Hosted:
    """What an application's stack holds."""
    parts = stack.by_type()
    databases = tuple(_database(item) for item in parts.get(_DATABASE, ()))
    tables = tuple(_table(item) for item in parts.get(_TABLE, ()))
    return Hosted(
        databases=databases,
        tables=tables,
        unselected=tuple(_unselected(parts, databases, tables)),
        unwatched=tuple(_unwatched(parts)),
        unscaled=tuple(_unscaled(parts)),
        open_buckets=tuple(_open_buckets(parts)),
        schedules=tuple(
            str(item.inputs.get("name"))
            for item in parts.get("aws:scheduler/schedule:Schedule", ())
            if item.inputs.get("state") == "ENABLED"
        ),
        wide_roles=tuple(
            item.name
            for item in parts.get("aws:iam/rolePolicy:RolePolicy", ())
            if any(map(_is_wide, _statements(item.inputs.get("policy"))))
        ),
    )


def _database(item: PlannedResource) -> Store:
    days = item.inputs.get("backup_retention_period")
    kept = days if isinstance(days, int) else 0
    is_multi_zone = item.inputs.get("multi_az") is True
    return Store(str(item.inputs.get("identifier")), is_multi_zone, kept > 0, kept, expires=False)


def _table(item: PlannedResource) -> Store:
    is_restorable = _at(item, "point_in_time_recovery", "enabled") is True
    days = _at(item, "point_in_time_recovery", "recovery_period_in_days") or (35 if is_restorable else 0)
    expires = _at(item, "ttl", "enabled") is True
    return Store(str(item.inputs.get("name")), True, is_restorable, days, expires)


def _at(item: PlannedResource, name: str, inner: str) -> Any:
    value = item.inputs.get(name)
    return value.get(inner) if isinstance(value, Mapping) else None


def _unselected(parts: Parts, databases: tuple[Store, ...], tables: tuple[Store, ...]) -> Iterator[str]:
    selections = parts.get("aws:backup/selection:Selection", ())
    selected = {one for item in selections for one in _listed(item.inputs.get("resources"))}
    for token, kind, stores in (
        (_DATABASE, "rds", [f"db:{store.name}" for store in databases]),
        (_TABLE, "dynamodb", [f"table/{store.name}" for store in tables if not store.expires]),
    ):
        for name in stores:
            place = parts[token][0]
            wanted = arn(kind, place.account, place.region, name)
            if wanted not in selected:
                yield wanted


def _unwatched(parts: Parts) -> Iterator[str]:
    heard = {
        item.inputs.get("metric_name")
        for item in parts.get("aws:cloudwatch/metricAlarm:MetricAlarm", ())
        if item.inputs.get("alarm_actions")
    }
    for token, metrics in _WATCHED.items():
        yield from (metric for metric in metrics if token in parts and metric not in heard)


def _unscaled(parts: Parts) -> Iterator[str]:
    scaled = {
        str(item.inputs.get("resource_id")).rpartition("/")[2]
        for item in parts.get("aws:appautoscaling/target:Target", ())
    }
    policies = parts.get("aws:appautoscaling/policy:Policy", ())
    for item in parts.get("aws:ecs/service:Service", ()):
        if item.inputs.get("name") not in scaled or not policies:
            yield item.name


def _open_buckets(parts: Parts) -> Iterator[str]:
    locks = parts.get("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", ())
    locked = {item.inputs.get("bucket") for item in locks}
    for item in parts.get("aws:s3/bucket:Bucket", ()):
        if item.id not in locked:
            yield str(item.inputs.get("bucket"))


def _statements(policy: Any) -> Sequence[Any]:
    body = policy.body if isinstance(policy, Document) else {}
    found = body.get("Statement") if isinstance(body, Mapping) else None
    return found if isinstance(found, tuple) else (found,)


def _is_wide(statement: Any) -> bool:
    """Whether a statement allows more than it names; a reference names one thing."""
    if not isinstance(statement, Mapping):
        return True
    actions, resources = (_listed(statement.get(part)) for part in ("Action", "Resource"))
    is_named = actions and resources and "*" not in resources
    return statement.get("Effect") != "Deny" and not (
        is_named and not any("*" in str(one) for one in actions)
    )


def _listed(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
