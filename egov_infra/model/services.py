"""Services on top, training and advice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.application import AnyApplication
from egov_infra.model.record import Record
from egov_infra.model.value import Name, Period

GENERAL = "general"
"""The series of files that are in no other."""

LAST_PRIORITY = 49_999
"""The highest number of an office's rule; AWS has 50,000, and the platform takes the last one."""


class Helpdesk(Record):
    """Support, 24 hours, 7 days."""

    since: Period
    """Reporting period of enrolment."""
    sla: Name
    """A service level of the estate."""


Years = Annotated[int, Field(ge=1, le=100)]


class Series(Record):
    """Files that are kept for a time of their own."""

    name: Annotated[Name, Field(max_length=16)]
    """Short name; `general` are all other files."""
    retention_years: Years
    """How long they are kept, in years."""


class EOffice(Record):
    """The paperless office."""

    since: Period
    """Reporting period of enrolment."""
    users: Annotated[int, Field(ge=1)]
    """Officers who work with it."""
    records_retention_years: Years
    """How long records are kept, in years."""
    series: tuple[Series, ...] = ()
    """Files that are kept for another time."""
    issuer: Name | None = None
    """The issuer of its officers, if it is not the estate's: a named one of the estate."""
    priority: Annotated[int, Field(ge=1, le=LAST_PRIORITY)] | None = None
    """Number of its rule at the load balancer, where the one made of the slug is another office's."""

    @property
    def all_series(self) -> tuple[Series, ...]:
        """Every series of files, what is not named otherwise first."""
        return (Series(name=GENERAL, retention_years=self.records_retention_years), *self.series)


class Services(Record):
    """Services on top of tenancy, domains and gateway."""

    helpdesk: Helpdesk | None = None
    """Support."""
    e_office: EOffice | None = None
    """Paperless office."""
    applications: tuple[AnyApplication, ...] = ()
    """Hosted applications."""


class Training(Record):
    """Training given to the institution."""

    period: Period
    """Reporting period."""
    audience: Annotated[tuple[Literal["leaders", "ict-managers", "users"], ...], Field(min_length=1)]
    """Who was trained."""


class Advice(Record):
    """Technical advice given to the institution."""

    period: Period
    """Reporting period."""
    subject: Annotated[str, Field(min_length=3)]
    """What it was about."""


class Support(Record):
    """What the authority did for the institution besides running systems."""

    training: tuple[Training, ...] = ()
    """Training."""
    advice: tuple[Advice, ...] = ()
    """Advice."""
