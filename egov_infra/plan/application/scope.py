"""What the parts of an application share while its stack is planned, and how its blueprint is found."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from egov_infra.model.application import Application
from egov_infra.model.institution import Institution
from egov_infra.model.workload import Tier, Workload
from egov_infra.plan import applications
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.value import Value
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class ApplicationScope:
    """An application while its stack is planned, whoever it belongs to."""

    stack: StackBuilder
    application: Workload
    name: str
    """Its name, within whoever has it."""
    path: Path
    """Where the application stands in the manifest."""
    host: str
    """Name under which the public reaches it; one that begins with `*.` stands for all names there."""
    zone_id: Value
    """The zone that the host lies in."""
    at_zone: Adder
    """An adder in the account that holds the zone."""
    ground: Ground

    @property
    def add(self) -> Adder:
        """An adder in the account in which it runs."""
        return self.ground.add

    @property
    def tier(self) -> Tier:
        """Tier of the application."""
        return self.application.in_tier


@cache
def blueprint_of(name: str) -> ModuleType:
    """The module of `plan/applications/` that plans applications of a blueprint, such as `e-ticketing`."""
    return importlib.import_module(f"{applications.__name__}.{name.replace('-', '_')}")


def needs_of(hosted: Iterable[Application]) -> Needs:
    """What applications need of their environment."""
    return added_up(blueprint_of(application.blueprint).NEEDS for application in hosted)


def hosted_in(institution: Institution, environment: str) -> tuple[Application, ...]:
    """The applications that run in an environment."""
    return tuple(item for item in institution.services.applications if item.environment == environment)
