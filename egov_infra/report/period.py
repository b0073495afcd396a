"""The report of a period: figures counted from manifests, as JSON, as text, or as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.manifest.figures import YEARLY, Figure, Figures
from egov_infra.report.words import Words


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """What is reported; `names` gives each institution's."""

    figures: Figures
    staff: Mapping[str, int]
    """Members of staff by kind of course; empty in a report that is narrowed, for staff serves all."""
    names: Mapping[str, str]
    kind: str | None = None
    """The only kind of institutions that is counted."""
    region: str | None = None
    """The only region that is counted."""
    listed: tuple[str, ...] = ()
    """Systems whose institutions are listed."""

    def cut(self, words: Words) -> tuple[str, ...]:
        """To what the report is narrowed, in words."""
        kind = (words(f"kind_{self.kind}"),) if self.kind else ()
        return (*kind, *((self.region,) if self.region else ()))


def describe_period(report: PeriodReport) -> dict[str, Any]:
    """The report as JSON data."""
    systems: dict[str, dict[str, Any]] = {}
    for system, figure in report.figures.systems.items():
        counted: dict[str, Any] = {"institutions": len(figure.institutions)}
        if system not in YEARLY and system != "helpdesk":
            counted = {"added": len(figure.added), "total": len(figure.institutions)}
        if system in report.listed:
            counted["slugs"] = list(figure.institutions)
        systems[system] = counted
    only = {name: value for name, value in (("kind", report.kind), ("region", report.region)) if value}
    return {
        "period": report.figures.period,
        **({"only": only} if only else {}),
        "systems": systems,
        "applications": [
            {"institution": item.institution, "blueprint": item.blueprint, "name": item.name}
            for item in report.figures.applications
        ],
        "staff": dict(report.staff),
    }


def render_json(report: PeriodReport, _words: Words) -> str:
    """The report as JSON; languages make no difference to it."""
    return json.dumps(describe_period(report), indent=2, ensure_ascii=False)


def render_text(report: PeriodReport, words: Words) -> str:
    """The report for a terminal."""
    return "\n".join(_lines(report, words))


def _lines(report: PeriodReport, words: Words) -> Iterator[str]:
    figures = report.figures
    cut = report.cut(words)
    narrowed = f", {words('only', cut=', '.join(cut))}" if cut else ""
    yield f"{words('title')}, {figures.period} ({words('of_these', count=figures.institutions)}{narrowed})"
    yield ""
    names = {system: words(f"system_{system}") for system in figures.systems}
    width = max(map(len, (*names.values(), words("system"))))
    columns = [words("added"), words("total")]
    yield f"{words('system'):{width}}  {columns[0]:>8}  {columns[1]:>8}"
    for system, figure in figures.systems.items():
        total = "" if system in YEARLY else words.shown(len(figure.institutions))
        yield f"{names[system]:{width}}  {words.shown(len(figure.added)):>8}  {total:>8}".rstrip()
    if figures.applications:
        yield ""
        yield words("applications")
        for item in figures.applications:
            kind = words.or_plain("blueprint", item.blueprint)
            yield f"  {report.names[item.institution]}: {kind} ({item.name})"
    if report.staff:
        yield ""
        yield words("staff")
        for kind, number in report.staff.items():
            yield f"  {words(f'staff_{kind}')}: {words.shown(number)}"
    for system in report.listed:
        figure = figures.systems[system]
        yield ""
        yield f"{names[system]}: {words.shown(len(figure.institutions))}"
        for slug in figure.institutions:
            mark = f" ({words('new')})" if is_new(figure, system, slug) else ""
            yield f"  {slug}: {report.names[slug]}{mark}"


def render_html(report: PeriodReport, words: Words) -> str:
    """The report as one page that needs nothing else."""
    from egov_infra.report.page import pages  # noqa: PLC0415 - loads jinja2, which no other output needs

    cut = report.cut(words)
    return (
        pages()
        .get_template("period.html")
        .render(report=report, cut=cut, words=words, yearly=YEARLY, is_new=is_new)
    )


def is_new(figure: Figure, system: str, slug: str) -> bool:
    """Whether a listed institution is to be marked as new in the period; with what is yearly all are."""
    return system not in YEARLY and slug in figure.added


RENDERERS = {"text": render_text, "json": render_json, "html": render_html}
"""Format to how it is written."""
