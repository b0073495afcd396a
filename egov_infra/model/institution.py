"""An institution: the whole content of one manifest."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.application import Application
from egov_infra.model.domains import Domain
from egov_infra.model.gateway import Gateway
from egov_infra.model.record import Record
from egov_infra.model.services import Services, Support
from egov_infra.model.tenancy import Tenancy
from egov_infra.model.value import Date, EmailAddress, RetiredPath, Slug

Kind = Literal[
    "agency",
    "board",
    "commission",
    "corporation",
    "department",
    "hospital",
    "judiciary",
    "local-government",
    "ministry",
    "parliament",
    "regional-secretariat",
    "regulator",
    "university",
    "water-authority",
]
State = Literal["requested", "active", "frozen", "draining", "closed"]


class BilingualName(Record):
    """A name in both languages."""

    en: Annotated[str, Field(min_length=2)]
    """In English."""
    sw: Annotated[str, Field(min_length=2)]
    """In Swahili."""


class Contacts(Record):
    """Who is told."""

    technical: EmailAddress
    """About operation and cost."""
    security: EmailAddress
    """About security."""


class Identity(Record):
    """Who the institution is."""

    slug: Slug
    """Short name, unique in the estate and never reused; the file is called `<slug>.yaml`."""
    name: BilingualName
    """Full name."""
    kind: Kind
    """What it is by function."""
    parent: Slug | None = None
    """Slug of the portfolio ministry."""
    region: str | None = None
    """Region of the seat."""
    state: State
    """requested plans nothing, frozen refuses changes, draining permits deleting what holds no data, closed permits destroy."""
    classification: Literal["public", "internal", "confidential", "secret"]
    """Classification of its data."""
    contacts: Contacts
    """Who is told."""

    @property
    def is_leaving(self) -> bool:
        """Whether it is taken down, by and by: what is gone then is not made again."""
        return self.state in ("draining", "closed")


class Retired(Record):
    """Something that holds data, on its way out."""

    what: RetiredPath
    """Path of the thing, with names in place of positions: `domains/erb.go.tz`, `domains/erb.go.tz/website`, `tenancy/buckets/exports`."""
    on: Date
    """Day from which it may be deleted."""


class Institution(Record):
    """The whole content of one manifest."""

    institution: Identity
    """Who it is."""
    tenancy: Tenancy | None = None
    """What it has in the data centres."""
    domains: tuple[Domain, ...] = ()
    """Its DNS domains."""
    gateway: Gateway | None = None
    """Its routes on the mobile gateway."""
    services: Services = Services()
    """Services on top."""
    support: Support = Support()
    """Training and advice."""
    retired: tuple[Retired, ...] = ()
    """Things that hold data, on their way out."""

    def host_of(self, application: Application) -> str | None:
        """The name under which the public reaches an application; None without any domain."""
        if application.host is not None:
            return application.host
        return f"{application.name}.{self.domains[0].name}" if self.domains else None

    def domain_of(self, host: str) -> Domain | None:
        """The innermost domain of the institution in which a host lies."""
        found = [item for item in self.domains if f".{host}".endswith(f".{item.name}")]
        return max(found, key=lambda item: len(item.name), default=None)

    @property
    def slug(self) -> str:
        """Short name, unique in the estate."""
        return self.institution.slug
