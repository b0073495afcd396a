from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egov_infra.model.desk import Day, Rota
from egov_infra.policy.coverage import ZONE, shortest_rest, uncovered, work_of_week, year_after

HOME = zoneinfo.ZoneInfo(ZONE)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
FIRST = datetime.date(2020, 6, 30)
WEEK = get_args(Day)[:7]


def _shift(days: tuple[str, ...], begin: int, until: int, *persons: str) -> Mapping[str, Any]:
    return {"days": days, "from": begin, "until": until, "persons": persons or ("Asha Mwinyi",)}


def _rota(*shifts: Mapping[str, Any], holidays: tuple[datetime.date, ...] = ()) -> Rota:
    named = tuple({"on": day, "name": "Holiday"} for day in holidays)
    known = datetime.date(2021, 6, 30)
    return Rota.model_validate({"shifts": shifts, "holidays": named, "holidays_known_until": known})


def _shown(hours: tuple[datetime.datetime, ...]) -> list[str]:
    return [f"{hour:%Y-%m-%d %H:%M %z}" for hour in hours]


def _naive(rota: Rota, first: datetime.date, zone: datetime.tzinfo) -> list[datetime.datetime]:
    """Every minute-wide question asked by itself: is this hour inside a shift that began today or yesterday?"""
    holidays = {holiday.on for holiday in rota.holidays}
    begin = datetime.datetime.combine(first, datetime.time(), zone).timestamp()
    end = datetime.datetime.combine(year_after(first), datetime.time(), zone).timestamp()
    found = []
    for stamp in range(int(begin), int(end), 3600):
        hour = datetime.datetime.fromtimestamp(stamp, zone)
        is_held = False
        for back in (0, 1):
            day = hour.date() - datetime.timedelta(days=back)
            name = "holiday" if day in holidays else WEEK[day.weekday()]
            since_midnight = hour.hour + 24 * back
            for shift in rota.shifts:
                until = shift.until if shift.until > shift.from_ else shift.until + 24
                is_held |= name in shift.days and shift.from_ <= since_midnight < until
        if not is_held:
            found.append(hour)
    return found


_SHIFTS = st.lists(
    st.builds(
        lambda days, begin, until: _shift(tuple(sorted(days)), begin, until),
        st.sets(st.sampled_from(get_args(Day)), min_size=1),
        st.integers(0, 23),
        st.integers(1, 24),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40)
@given(
    _SHIFTS,
    st.lists(st.dates(FIRST, year_after(FIRST)), max_size=5, unique=True),
    st.dates(datetime.date(2019, 1, 1), datetime.date(2024, 12, 31)),
    st.sampled_from((HOME, BERLIN, zoneinfo.ZoneInfo("America/New_York"))),
)
def test_an_hour_is_uncovered_exactly_if_no_shift_holds_it(
    shifts: list[Mapping[str, Any]],
    holidays: list[datetime.date],
    first: datetime.date,
    zone: datetime.tzinfo,
) -> None:
    """The same hours as when each is looked at by itself, over year ends, leap days and changes of the clock."""
    rota = _rota(*shifts, holidays=tuple(holidays))
    assert list(uncovered(rota, first, zone)) == _naive(rota, first, zone)


def test_the_sample_estates_rotation_without_its_night_on_holidays_names_the_first_hole() -> None:
    """A holiday has shifts of its own; a night that began before it goes on until its end."""
    always = (*WEEK, "holiday")
    rota = _rota(
        _shift(always, 7, 23),
        _shift(WEEK, 23, 7),
        holidays=(datetime.date(2020, 7, 7), datetime.date(2021, 1, 1)),
    )
    assert _shown(uncovered(rota, FIRST, HOME)) == [
        f"{day} {hour} +0300"
        for days in (("2020-07-07", "2020-07-08"), ("2021-01-01", "2021-01-02"))
        for day, hours in zip(days, (("23:00",), tuple(f"0{n}:00" for n in range(7))), strict=True)
        for hour in hours
    ]


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (datetime.date(2020, 6, 30), 365 * 24),
        (datetime.date(2019, 12, 31), 366 * 24),
        (datetime.date(2020, 2, 29), 366 * 24),
        (datetime.date(2020, 12, 31), 365 * 24),
    ],
)
def test_the_coming_year_has_all_its_hours(first: datetime.date, hours: int) -> None:
    """Over the year's end and the 29th of February; only the last day of the rotation is open here."""
    nobody = _rota(_shift(("holiday",), 0, 24))
    found = uncovered(nobody, first, HOME)
    assert (len(found), found[0].date()) == (hours, first)
    assert found[-1] == datetime.datetime.combine(
        year_after(first), datetime.time(), HOME
    ) - datetime.timedelta(hours=1)


def test_the_clock_that_is_put_forward_skips_an_hour_and_the_one_put_back_repeats_one() -> None:
    """An hour that does not pass needs nobody; one that passes twice needs somebody twice."""
    but_two = _rota(_shift((*WEEK, "holiday"), 3, 2))
    found = _shown(uncovered(but_two, datetime.date(2020, 1, 1), BERLIN))
    assert len(found) == 366
    assert not [hour for hour in found if hour.startswith("2020-03-29")]
    assert [hour for hour in found if hour.startswith("2020-10-25")] == [
        "2020-10-25 02:00 +0200",
        "2020-10-25 02:00 +0100",
    ]


def test_rest_is_counted_over_the_turn_of_the_week() -> None:
    """Sunday's night and Monday's morning are eight hours apart; who works twice at once rests less than nothing."""
    rota = _rota(
        _shift(("sunday",), 15, 23, "Asha Mwinyi"),
        _shift(("monday",), 7, 15, "Asha Mwinyi"),
        _shift(("tuesday", "wednesday"), 23, 7, "Juma Mrisho"),
        _shift(("wednesday",), 6, 14, "Juma Mrisho"),
    )
    work = work_of_week(rota)
    assert work == {"Asha Mwinyi": [(7, 15), (159, 167)], "Juma Mrisho": [(47, 55), (54, 62), (71, 79)]}
    assert {person: shortest_rest(spans) for person, spans in work.items()} == {
        "Asha Mwinyi": 8,
        "Juma Mrisho": -1,
    }
