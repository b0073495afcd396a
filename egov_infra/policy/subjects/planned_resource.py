"""`planned_resource`: any planned resource, whatever its type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from egov_infra.plan.catalogue import aws_type
from egov_infra.policy.expression.types import (
    BOOL,
    DYN,
    STRING,
    ListType,
    MapType,
    RecordType,
    Type,
    record_of,
)
from egov_infra.policy.subject import RESOURCE, InstitutionFacts, Kind

_FIELDS: Mapping[str, Type] = {**RESOURCE.fields(), "inputs": MapType(DYN)}


@cache
def is_taggable(token: str) -> bool:
    """Whether resources of a type carry tags."""
    return "tags" in aws_type(token).inputs


KIND: Kind = Kind(
    "planned_resource",
    {
        "subject": RecordType("PlannedResource", lambda: _FIELDS, texts=RESOURCE.texts),
        "institution": record_of(InstitutionFacts),
        "regions": ListType(STRING),
        "is_taggable": BOOL,
    },
    texts={
        "regions": "Regions in which the estate may have anything.",
        "is_taggable": "Whether resources of its type carry tags.",
    },
)
