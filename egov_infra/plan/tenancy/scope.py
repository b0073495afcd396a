"""What the parts of a tenancy share while its stack is planned."""

from __future__ import annotations

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.model.tenancy import Environment, Tenancy
from egov_infra.plan import names
from egov_infra.plan.application.needs import NOTHING, Needs
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class TenancyScope:
    """One environment while it is planned."""

    stack: StackBuilder
    institution: Institution
    tenancy: Tenancy
    name: str
    environment: Environment
    range: str
    estate: Estate
    tags: dict[str, str]
    needs: Needs = NOTHING
    """What the applications that run here need."""

    @property
    def path(self) -> Path:
        """Where the environment stands in the manifest."""
        return ("tenancy", "environments", self.name)

    @property
    def dashed(self) -> str:
        """The stack's name without dots, as names of AWS want it; at most 50 characters, as AWS Backup wants it."""
        return names.shortened(self.stack.name.replace(".", "-"), 50)

    def add(self, *path: str | int) -> Adder:
        """An adder for a part of the tenancy, or for the environment itself."""
        return self.stack.at(*(("tenancy", *path) if path else self.path))

    @property
    def network(self) -> NetworkScope:
        """What its network needs of it."""
        return NetworkScope(
            self.stack,
            self.path,
            self.name,
            self.range,
            self.environment.size,
            self.estate,
            self.tags,
            self.needs,
        )
