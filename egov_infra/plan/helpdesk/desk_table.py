"""Rows of the desk's table: who is served and how soon, and who is there when.

`institution` and `route` are the keys, `schema` is the version of a row.

| `route` | meaning | further attributes |
|---|---|---|
| `mail#erb@desk.example.go.tz` | an institution, by the address that its people write to | `name`, `contact`, `queue_arn`, `level` with its minutes |
| `rota#monday` | shifts that begin on a day, or on a holiday | `shifts`: `from`, `until`, `persons` |
| `rota#holidays` | days on which only the shifts of `holiday` begin | `days`, `known_until` |
"""

from __future__ import annotations

from typing import get_args

from egov_infra.model.desk import Day
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.builder import Adder
from egov_infra.plan.helpdesk.place import address, shared, tickets_arn
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.route_table import add_row

SCHEMA = 1
"""Version of the rows; the desk leaves rows of a later version alone."""


def add_institution_row(add: Adder, institution: Institution, estate: Estate, level_name: str) -> None:
    """Plan the row of an institution that the desk serves."""
    identity, level = institution.institution, estate.helpdesk.service_levels[level_name]
    row = {
        "institution": identity.slug,
        "route": f"mail#{address(estate, identity.slug)}",
        "schema": SCHEMA,
        "name": {"sw": identity.name.sw, "en": identity.name.en},
        "contact": identity.contacts.technical,
        "queue_arn": tickets_arn(estate, identity.slug),
        "level": {
            "name": level_name,
            "response_minutes": level.response_minutes,
            "resolution_minutes": level.resolution_minutes,
        },
    }
    add_row(add, "row", shared("table"), row)


def add_rota_rows(account: SharedAccount, table: PlannedResource) -> None:
    """Plan a row for each day of the week and for holidays."""
    rota = account.estate.helpdesk.rota
    add = account.stack.at("helpdesk", "rota")
    for day in get_args(Day):
        shifts = tuple(
            {"from": shift.from_, "until": shift.until, "persons": shift.persons}
            for shift in rota.shifts
            if day in shift.days
        )
        row = {"institution": PLATFORM, "route": f"rota#{day}", "schema": SCHEMA, "shifts": shifts}
        add_row(add, f"row-rota-{day}", table.output("name"), row)
    days = {holiday.on.isoformat(): holiday.name for holiday in rota.holidays}
    row = {"institution": PLATFORM, "route": "rota#holidays", "schema": SCHEMA, "days": days}
    known = {"known_until": rota.holidays_known_until.isoformat()}
    add_row(add, "row-rota-holidays", table.output("name"), {**row, **known})
