"""`store`: a store for objects that a tenancy declares; each environment gets a bucket for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from egov_infra.plan.resource import PlannedResource
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

_BUCKET = "aws:s3/bucket:Bucket"
_EXPIRY = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


@frozen
class Store:
    """A store, how long it is to keep, and what is planned for that."""

    name: str
    """Its name in the manifest."""
    retention_days: int
    """How long it is to keep what it holds."""
    is_locked: bool
    """Whether nobody can delete an object before its time."""
    buckets: int
    """Buckets that are planned for it, one for each environment with a range."""
    expiry_days: tuple[int, ...]
    """Days after which they delete objects, or replaced versions of them."""
    lock_days: tuple[int, ...]
    """Days for which each of them that is locked holds an object."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each store of the institution."""
    tenancy = planned.loaded.institution.tenancy
    if tenancy is None or not tenancy.buckets:
        return
    found = _planned_for(planned)
    for index, bucket in enumerate(tenancy.buckets):
        facts = Store(
            bucket.name,
            bucket.retention_days,
            bucket.locked,
            buckets=len(found[index, _BUCKET]),
            expiry_days=tuple(days for item in found[index, _EXPIRY] for days in _expiries(item)),
            lock_days=tuple(days for item in found[index, _LOCK] for days in _lock(item)),
        )
        yield Subject(facts, f"tenancy/buckets/{bucket.name}", ("tenancy", "buckets", index))


def _planned_for(planned: Planned) -> defaultdict[tuple[int, str], list[PlannedResource]]:
    """Position of a store and type to the resources that it causes."""
    found: defaultdict[tuple[int, str], list[PlannedResource]] = defaultdict(list)
    for stack in planned.stacks:
        for resource in stack.resources:
            if resource.type in (_BUCKET, _EXPIRY, _LOCK) and resource.path[:2] == ("tenancy", "buckets"):
                for position in resource.path[2:3]:
                    if isinstance(position, int):
                        found[position, resource.type].append(resource)
    return found


def _expiries(lifecycle: PlannedResource) -> Iterator[int]:
    rules = lifecycle.inputs.get("rules")
    for rule in rules if isinstance(rules, tuple) else ():
        if not isinstance(rule, dict) or rule.get("status") != "Enabled":
            continue
        for part, unit in (("expiration", "days"), ("noncurrent_version_expiration", "noncurrent_days")):
            inner = rule.get(part)
            if isinstance(inner, dict) and isinstance(days := inner.get(unit), int):
                yield days


def _lock(lock: PlannedResource) -> Iterator[int]:
    rule = lock.inputs.get("rule")
    retention = rule.get("default_retention") if isinstance(rule, dict) else None
    if isinstance(retention, dict):
        days, years = retention.get("days"), retention.get("years")
        if isinstance(days, int):
            yield days
        elif isinstance(years, int):
            yield years * 365


KIND: Kind = model_kind("store", Store, find)
