"""Hosted applications: what each of them says, whatever its blueprint.

A blueprint has a class of its own in `model/applications/`; the folder is scanned.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias, Union

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.model.secret import SecretReference
from egov_infra.model.value import Fqdn, HttpPath, ImageReference, Name, Period

Tier: TypeAlias = Literal["T0", "T1", "T2", "T3"]
Variable: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
"""Name of an environment variable."""


class Application(Record):
    """A hosted application."""

    usual_tier: ClassVar[Tier] = "T2"
    """The tier where the manifest names none."""

    name: Name
    """Name within the institution."""
    blueprint: Name
    """What kind of application it is."""
    environment: Name
    """Environment of the tenancy in which it runs."""
    since: Period | None = None
    """Reporting period in which it was built."""
    image: ImageReference
    """Container image by digest."""
    host: Fqdn | None = None
    """Name under which the public reaches it, in a domain of the institution; `<name>.<first domain>` if absent."""
    tier: Tier | None = None
    """Tier of the estate: it decides zones, backup and how many containers always run; the blueprint's own if absent."""
    size: Literal["small", "medium", "large"] = "small"
    """Size of containers and database."""
    port: Annotated[int, Field(ge=1024, le=65535)] = 8443
    """Port at which its containers speak TLS."""
    health_path: HttpPath = "/health"
    """Path that answers 200 while a container can serve."""
    settings: Mapping[Variable, str] = {}
    """Environment variables: never a secret."""
    secrets: Mapping[Variable, SecretReference] = {}
    """Environment variable to a secret of the environment's account."""

    @property
    def in_tier(self) -> Tier:
        """Its tier."""
        return self.tier or self.usual_tier


def application_classes() -> tuple[type[Application], ...]:
    """The class of each blueprint, in the order of their modules."""
    from egov_infra.model import applications  # noqa: PLC0415 - its modules need this one

    names = sorted(module.name for module in pkgutil.iter_modules(applications.__path__))
    modules = (importlib.import_module(f"{applications.__name__}.{name}") for name in names)
    return tuple(module.APPLICATION for module in modules)


if TYPE_CHECKING:
    AnyApplication: TypeAlias = Application
else:
    AnyApplication = Annotated[Union[application_classes()], Field(discriminator="blueprint")]  # noqa: UP007
