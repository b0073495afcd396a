"""Whether somebody is at the desk in every hour: the rotation laid over real hours, day by day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from egov_infra.model.desk import Day, Rota, Shift

ZONE = "Africa/Dar_es_Salaam"
"""Time zone in which the hours of shifts are written."""
DAY_HOURS = 24
WEEK_HOURS = 7 * DAY_HOURS
_WEEKDAYS = get_args(Day)[:7]
_HOUR = datetime.timedelta(hours=1)


def uncovered(rota: Rota, first: datetime.date, zone: datetime.tzinfo) -> tuple[datetime.datetime, ...]:
    """The hours, in order, in which nobody is at the desk, of the year that begins with a day; each as it begins.

    The hours are those that pass: one that the clock skips does not count, one that it repeats counts twice. What the
    clock shows says which shift it is. Offsets of the zone are whole hours.
    """
    last = year_after(first)
    covered = _clock_hours(rota, first, last)
    return tuple(hour for hour in _hours(first, last, zone) if (hour.date(), hour.hour) not in covered)


def year_after(day: datetime.date) -> datetime.date:
    """The same day of the next year; the first of March after a 29th of February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return datetime.date(day.year + 1, 3, 1)


def _hours(first: datetime.date, last: datetime.date, zone: datetime.tzinfo) -> Iterator[datetime.datetime]:
    """Every hour from the midnight that begins one day to the one that begins another."""
    begin, end = (
        datetime.datetime.combine(day, datetime.time(), zone).astimezone(datetime.UTC)
        for day in (first, last)
    )
    while begin < end:
        yield begin.astimezone(zone)
        begin += _HOUR


def _clock_hours(
    rota: Rota, first: datetime.date, last: datetime.date
) -> frozenset[tuple[datetime.date, int]]:
    """Days with those of their hours, as clocks show them, that a shift holds."""
    holidays = frozenset(holiday.on for holiday in rota.holidays)
    found = set()
    for number in range(-1, (last - first).days):  # the evening before reaches into the first day
        day = first + datetime.timedelta(days=number)
        name = "holiday" if day in holidays else _WEEKDAYS[day.weekday()]
        following = day + datetime.timedelta(days=1)
        for shift in rota.shifts:
            if name in shift.days:
                found |= {
                    (day, hour) if hour < DAY_HOURS else (following, hour - DAY_HOURS)
                    for hour in range(shift.from_, shift.from_ + shift.hours)
                }
    return frozenset(found)


def work_of_week(rota: Rota) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Person to begin and end of each shift in an ordinary week, in hours after Monday's midnight, in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for shift in rota.shifts:
        for begin in _begins(shift):
            for person in shift.persons:
                found.setdefault(person, []).append((begin, begin + shift.hours))
    return {person: sorted(spans) for person, spans in found.items()}


def _begins(shift: Shift) -> Iterator[int]:
    for number, name in enumerate(_WEEKDAYS):
        if name in shift.days:
            yield number * DAY_HOURS + shift.from_


def shortest_rest(spans: Sequence[tuple[int, int]]) -> int:
    """Fewest hours between two shifts of a person, over the turn of the week; negative where they overlap."""
    begins = [begin for begin, _ in spans]
    return min(
        after - end for (_, end), after in zip(spans, [*begins[1:], begins[0] + WEEK_HOURS], strict=True)
    )
