"""A day as an option, refused in words that show how to write it."""

from __future__ import annotations

import datetime

import click


class DayType(click.ParamType):  # type: ignore[type-arg]  # not generic in click 8.2
    """A day such as 2020-12-31."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime.date:
        """The day of a text."""
        try:
            return datetime.datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{str(value)!r} is no day: write it as 2020-12-31", param, ctx)


DAY_TYPE = DayType()
