"""What the parts of a domain share while its stack is planned."""

from __future__ import annotations

from egov_infra.model.estate import Estate
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.resource import PlannedResource
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class DomainScope:
    """One domain while it is planned; `path` is where it stands in the manifest."""

    name: str
    stack: StackBuilder
    zone: PlannedResource
    records: RecordSets
    estate: Estate
    tags: dict[str, str]
    path: Path
