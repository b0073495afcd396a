"""The helpdesk that all institutions share: what it promises, and who is there when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.platform_service import DeskApplication
from egov_infra.model.record import Record
from egov_infra.model.value import Date, Fqdn, Name

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday"]


class ServiceLevel(Record):
    """What the desk promises, around the clock."""

    response_minutes: Annotated[int, Field(ge=1, le=10080)]
    """Until somebody answers, in minutes."""
    resolution_minutes: Annotated[int, Field(ge=1, le=129600)]
    """Until it is solved, in minutes."""


class Shift(Record):
    """Who is at the desk on some days, between two hours in Africa/Dar_es_Salaam."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    """Days on which it begins; on a holiday only shifts of `holiday` begin."""
    from_: Annotated[int, Field(alias="from", ge=0, le=23)]
    """Hour of the day at which it begins."""
    until: Annotated[int, Field(ge=1, le=24)]
    """Hour at which it ends; of the next day, if it is not after the first one."""
    persons: Annotated[tuple[Annotated[str, Field(min_length=3)], ...], Field(min_length=1)]
    """Members of staff, by name."""

    @property
    def hours(self) -> int:
        """How long it lasts."""
        return self.until - self.from_ if self.until > self.from_ else self.until + 24 - self.from_


class Holiday(Record):
    """A public holiday."""

    on: Date
    """The day."""
    name: Annotated[str, Field(min_length=3)]
    """What it is called."""


class Rota(Record):
    """The rotation of the desk, the same each week but for holidays."""

    shifts: Annotated[tuple[Shift, ...], Field(min_length=1)]
    """Shifts."""
    holidays: tuple[Holiday, ...] = ()
    """Public holidays."""
    holidays_known_until: Date
    """Last day up to which the holidays are complete."""


class Desk(Record):
    """The helpdesk."""

    mail_host: Fqdn
    """Domain of the addresses that institutions write to: `<slug>@<mail_host>`."""
    web_host: Fqdn
    """Where people report and ask by browser, in that domain."""
    application: DeskApplication
    """The application of the desk."""
    service_levels: Annotated[Mapping[Name, ServiceLevel], Field(min_length=1)]
    """Named service levels."""
    rota: Rota
    """Who is there when."""
