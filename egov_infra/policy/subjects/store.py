"""`store`: a store for objects that a tenancy declares; each environment gets a bucket for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind


@dataclass(frozen=True, slots=True)
class Store:
    """A store, and how long it keeps."""

    name: str
    retention_days: int
    is_locked: bool
    """Whether nobody can delete an object before its time."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each store of the institution."""
    tenancy = planned.loaded.institution.tenancy
    for index, bucket in enumerate(tenancy.buckets if tenancy else ()):
        facts = Store(bucket.name, bucket.retention_days, bucket.locked)
        yield Subject(facts, f"tenancy/buckets/{bucket.name}", ("tenancy", "buckets", index))


KIND: Kind = model_kind("store", Store, find)
