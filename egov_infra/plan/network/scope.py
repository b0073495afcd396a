"""What the parts of a network share while its stack is planned."""

from __future__ import annotations

from typing import Literal

from egov_infra.model.estate import Estate
from egov_infra.plan.application.needs import NOTHING, Needs
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class NetworkScope:
    """A network while it is planned, whoever it belongs to."""

    stack: StackBuilder
    path: Path
    """Where what causes it stands in the manifest."""
    environment_class: str
    """The class of the estate that it is of: it decides to whom it is joined at the hub."""
    range: str
    """The range that the address lock gives, in CIDR notation."""
    size: Literal["small", "medium", "large"]
    """Size of what runs here: small has two zones, larger ones three."""
    estate: Estate
    tags: dict[str, str]
    needs: Needs = NOTHING
    """What the applications that run here need."""

    @property
    def add(self) -> Adder:
        """An adder for what the network causes."""
        return self.stack.at(*self.path)
