"""What the parts of an application share while its stack is planned, and how its blueprint is found."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from egov_infra.model.application import Application, Tier
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan import applications
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.source.diagnostic import Path


@dataclass(frozen=True, slots=True)
class ApplicationScope:
    """The stack `<slug>.app-<name>.<environment>` while it is planned."""

    stack: StackBuilder
    institution: Institution
    application: Application
    estate: Estate
    path: Path
    """Where the application stands in the manifest."""
    host: str
    """Name under which the public reaches it."""
    ground: Ground

    @property
    def add(self) -> Adder:
        """An adder in the environment's account."""
        return self.ground.add

    @property
    def tier(self) -> Tier:
        """Tier of the application."""
        return self.application.in_tier

    def at_domains(self) -> Adder:
        """An adder in the account that holds zones."""
        own = self.estate.accounts["domains"]
        return self.stack.at(*self.path, account=own.account, region=own.region)


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
