"""`desk`: the helpdesk's rotation over the coming year."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator

from egov_infra.model.estate import Estate
from egov_infra.plan.context import PlanContext
from egov_infra.policy.coverage import ZONE, shortest_rest, uncovered, work_of_week
from egov_infra.policy.subject import Kind, Stacks, Subject, shared_kind
from egov_infra.source.frozen import frozen


@frozen
class Desk:
    """The rotation, and what it leaves open."""

    uncovered_hours: int
    """Hours of the year from today on in which nobody is there."""
    first_uncovered: str | None
    """The first of them, with its weekday, in Africa/Dar_es_Salaam; absent if there is none."""
    holidays_known_until: datetime.date
    """Last day up to which the public holidays are complete."""
    longest_shift_hours: int
    """Hours of the longest shift."""
    smallest_shift: int
    """Fewest persons of a shift."""
    certified: tuple[str, ...]
    """Persons of the rotation who are certified for services, sorted."""
    busiest: str
    """Who works most in an ordinary week."""
    busiest_hours: int
    """How much that is."""
    least_rested: str
    """Who has the shortest rest between two shifts of an ordinary week."""
    least_rest_hours: int
    """How long that is."""


def shared(context: PlanContext, _stacks: Stacks) -> Iterator[Subject]:
    """The one desk of the estate."""
    estate = context.estate
    rota = estate.helpdesk.rota
    open_hours = uncovered(rota, context.today, zoneinfo.ZoneInfo(ZONE))
    work = work_of_week(rota)
    hours = {person: sum(end - begin for begin, end in spans) for person, spans in work.items()}
    rest = {person: shortest_rest(spans) for person, spans in work.items()}
    busiest = max(hours, key=lambda person: (hours[person], person), default="nobody")
    least_rested = min(rest, key=lambda person: (rest[person], person), default="nobody")
    facts = Desk(
        uncovered_hours=len(open_hours),
        first_uncovered=f"{open_hours[0]:%A %Y-%m-%d %H:%M}" if open_hours else None,
        holidays_known_until=rota.holidays_known_until,
        longest_shift_hours=max(shift.hours for shift in rota.shifts),
        smallest_shift=min(len(shift.persons) for shift in rota.shifts),
        certified=_certified(estate, context.today),
        busiest=busiest,
        busiest_hours=hours.get(busiest, 0),
        least_rested=least_rested,
        least_rest_hours=rest.get(least_rested, 0),
    )
    yield Subject(facts, "helpdesk/rota", ("helpdesk", "rota", "shifts"))


def _certified(estate: Estate, today: datetime.date) -> tuple[str, ...]:
    persons = {person for shift in estate.helpdesk.rota.shifts for person in shift.persons}
    return tuple(
        sorted(
            member.name
            for member in estate.staff
            if member.name in persons
            and any(item.domain == "services" and item.until >= today for item in member.certifications)
        )
    )


KIND: Kind = shared_kind("desk", Desk, shared)
