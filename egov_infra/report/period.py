"""The report of a period: figures counted from manifests, as JSON, as text, or as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.manifest.figures import YEARLY, Figures
from egov_infra.report.words import Words


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """What is reported. `cut` says to which kind and region it is narrowed; `names` gives each institution's."""

    figures: Figures
    staff: Mapping[str, int]
    """Members of staff by kind of course; empty in a report that is narrowed, for staff serves all."""
    names: Mapping[str, str]
    cut: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    """Systems whose institutions are listed."""


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
    return {
        "period": report.figures.period,
        **({"only": list(report.cut)} if report.cut else {}),
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
    narrowed = f", {', '.join(report.cut)} {words('only')}" if report.cut else ""
    yield f"{words('title')}, {figures.period} ({words('of_these', count=figures.institutions)}{narrowed})"
    yield ""
    names = {system: words(f"system_{system}") for system in figures.systems}
    width = max(map(len, (*names.values(), words("system"))))
    columns = [words("added"), words("total")]
    yield f"{words('system'):{width}}  {columns[0]:>8}  {columns[1]:>8}"
    for system, figure in figures.systems.items():
        total = "" if system in YEARLY else len(figure.institutions)
        yield f"{names[system]:{width}}  {len(figure.added):8}  {total:>8}"
    if figures.applications:
        yield ""
        yield words("applications")
        for item in figures.applications:
            yield f"  {report.names[item.institution]}: {words.blueprint(item.blueprint)} ({item.name})"
    if report.staff:
        yield ""
        yield words("staff")
        for kind, number in report.staff.items():
            yield f"  {words(f'staff_{kind}')}: {number}"
    for system in report.listed:
        figure = figures.systems[system]
        yield ""
        yield f"{names[system]}: {len(figure.institutions)}"
        for slug in figure.institutions:
            mark = " *" if slug in figure.added and system not in YEARLY else ""
            yield f"  {slug}: {report.names[slug]}{mark}"


def render_html(report: PeriodReport, words: Words) -> str:
    """The report as one page that needs nothing else."""
    import jinja2  # noqa: PLC0415 - no other output needs it

    loader = jinja2.PackageLoader("egov_infra.report", "templates")
    pages = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return pages.get_template("period.html").render(report=report, words=words, yearly=YEARLY)


RENDERERS = {"text": render_text, "json": render_json, "html": render_html}
"""Format to how it is written."""
