"""Hosted applications: what each of them says, whatever its blueprint.

A blueprint has a class of its own in `model/applications/`; the folder is scanned.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from egov_infra.model.value import Fqdn, Name, Period
from egov_infra.model.workload import Workload


class Application(Workload):
    """A hosted application."""

    name: Name
    """Name within the institution."""
    blueprint: Name
    """What kind of application it is."""
    environment: Name
    """Environment of the tenancy in which it runs."""
    since: Period | None = None
    """Reporting period in which it was built."""
    host: Fqdn | None = None
    """Name under which the public reaches it, in a domain of the institution; `<name>.<first domain>` if absent."""


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
