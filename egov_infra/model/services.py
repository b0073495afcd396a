"""Services on top, training and advice: read and counted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.application import AnyApplication
from egov_infra.model.record import Record
from egov_infra.model.value import Name, Period


class Helpdesk(Record):
    """Support, 24 hours, 7 days."""

    since: Period
    """Reporting period of enrolment."""
    sla: Name
    """Named service level."""


class EOffice(Record):
    """The paperless office."""

    since: Period
    """Reporting period of enrolment."""
    users: Annotated[int, Field(ge=1)]
    """Officers who work with it."""
    records_retention_years: Annotated[int, Field(ge=1, le=100)]
    """How long records are kept, in years."""


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
