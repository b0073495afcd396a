"""Applications of the platform's own: they run in the shared account of a service, in a network that serves nothing else."""

from __future__ import annotations

from typing import ClassVar

from egov_infra.model.tenancy import Backup, Internet, NetworkSize
from egov_infra.model.value import Date
from egov_infra.model.workload import Tier, Workload


class PlatformService(Workload):
    """The application of a service that all institutions share."""

    network: NetworkSize
    """Size of the network of its account."""
    internet: Internet
    """What the public reaches it for."""
    backup: Backup
    """Backups of what it keeps."""
    delegated_on: Date | None = None
    """Day on which the parent zone delegated the zone of its host to our name servers."""


class OfficeApplication(PlatformService):
    """The application of the e-office."""

    usual_tier: ClassVar[Tier] = "T1"


class DeskApplication(PlatformService):
    """The application of the helpdesk."""

    usual_tier: ClassVar[Tier] = "T2"
