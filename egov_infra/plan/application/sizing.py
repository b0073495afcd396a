"""How much of everything: the size of an application in containers and database, its tier in zones and backups."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.model.workload import Tier
from egov_infra.source.frozen import frozen


@frozen
class Size:
    """What an application of a size gets."""

    cpu: int
    """Processor of a container, in 1024ths (sizes that AWS Fargate takes)."""
    memory_mib: int
    instance_class: str
    """Class of the database."""
    storage_gib: int
    """Storage of the database at first."""
    most: int
    """Containers when there is much to do."""


@frozen
class Keeping:
    """What an application of a tier gets."""

    is_multi_zone: bool
    """Whether the database has a second one in another zone, so that a lost zone costs a minute or two."""
    least: int
    """Containers that always run."""
    backup_days: int
    """How far back the database can be restored to any minute."""


SIZES: Mapping[str, Size] = {
    "small": Size(512, 1024, "db.t4g.medium", 50, 4),
    "medium": Size(1024, 2048, "db.m7g.large", 100, 8),
    "large": Size(2048, 4096, "db.m7g.xlarge", 400, 16),
}
KEEPING: Mapping[Tier, Keeping] = {
    "T0": Keeping(is_multi_zone=True, least=4, backup_days=35),
    "T1": Keeping(is_multi_zone=True, least=2, backup_days=35),
    "T2": Keeping(is_multi_zone=True, least=2, backup_days=14),
    "T3": Keeping(is_multi_zone=False, least=1, backup_days=7),
}
