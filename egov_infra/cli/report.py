"""`egov-infra report`: the figures of a period, or the whole estate as static pages."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import demand, estate_option, open_all, policies_option, profile_option, say
from egov_infra.manifest.figures import SYSTEMS


@click.command()
@click.option("--period", help="Reporting period of the estate, such as 2019/2020.")
@click.option(
    "--site",
    type=click.Path(path_type=pathlib.Path),
    help="Folder to write static pages of the whole estate to, in every language.",
)
@estate_option
@policies_option
@profile_option
@click.option("--lang", type=click.Choice(["en", "sw"]), default="en", show_default=True, help="Language.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="Output on stdout.",
)
@click.option(
    "--list", "listed", multiple=True, type=click.Choice(SYSTEMS), help="List the institutions of a system."
)
@click.option("--kind", help="Only institutions of a kind, such as ministry.")
@click.option("--region", help="Only institutions of a region, such as Dodoma.")
def command(
    period: str | None,
    site: pathlib.Path | None,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    lang: str,
    style: str,
    listed: tuple[str, ...],
    kind: str | None,
    region: str | None,
) -> int:
    r"""Count what the manifests say of a period: who is new in each system, and how many there are.

    With --site, write pages of the estate instead: figures, institutions, planned resources, rules and findings.

    \b
    egov-infra report --period 2019/2020
    egov-infra report --period 2019/2020 --lang sw --list gmp --kind ministry
    egov-infra report --period 2019/2020 --format json
    egov-infra report --site build/site
    """
    if (period is None) == (site is None):
        raise click.UsageError("say either --period PERIOD or --site FOLDER")
    if site is not None and (listed or kind or region or style != "text"):
        raise click.UsageError(
            "the site holds everything: --format, --list, --kind and --region go with --period"
        )
    if period is not None:
        _report(period, estate, lang, style, listed, kind, region)
    if site is not None:
        _write_site(site, estate, policies, profile)
    return 0


def _write_site(
    folder: pathlib.Path, estate: pathlib.Path, policies: pathlib.Path | None, profile: str | None
) -> None:
    """Raises InputError for manifests that cannot be read, and for a folder that holds other things."""
    from egov_infra.report.site.pages import MARK, build_site
    from egov_infra.report.site.survey import survey
    from egov_infra.source.atomic_folder import write_folder

    opened = open_all(estate, policies, profile)
    found = survey(opened.source, opened.policies, opened.context)
    number = write_folder(folder, build_site(found), MARK)
    say(f"wrote {number} files to {folder}: open {folder / 'index.html'}")


def _report(
    period: str,
    estate: pathlib.Path,
    lang: str,
    style: str,
    listed: tuple[str, ...],
    kind: str | None,
    region: str | None,
) -> None:
    """Raises InputError for a period, kind or region that the estate does not have."""
    from egov_infra.manifest.figures import count, count_staff
    from egov_infra.manifest.load import find_estate, open_estate
    from egov_infra.report.period import RENDERERS, PeriodReport
    from egov_infra.report.words import Words

    source = open_estate(find_estate(estate))
    institutions = [loaded.institution for loaded in source.institutions()]
    identities = [institution.institution for institution in institutions]
    regions = {identity.region for identity in identities if identity.region}
    demand("period", period, source.estate.periods, "in the estate")
    demand("kind", kind, {identity.kind for identity in identities}, "in the estate")
    demand("region", region, regions, "in the estate")
    kept = [
        institution
        for institution, identity in zip(institutions, identities, strict=True)
        if kind in (None, identity.kind) and region in (None, identity.region)
    ]
    names = {identity.slug: getattr(identity.name, lang) for identity in identities}
    staff = {} if kind or region else count_staff(source.estate, period)
    report = PeriodReport(count(kept, period), staff, names, kind, region, listed)
    click.echo(RENDERERS[style](report, Words(lang)).rstrip("\n"))
