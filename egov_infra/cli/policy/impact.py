"""`egov-infra policy impact`: which institutions a change of policies or manifests touches."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
    today_of,
)


@click.command()
@click.option("--base", metavar="REV", required=True, help="Revision to compare with.")
@estate_option
@policies_option
@profile_option
@format_option
def command(
    base: str, estate: pathlib.Path, policies: pathlib.Path | None, profile: str | None, style: str
) -> int:
    r"""Show which subjects change verdict between a revision and what is here, newly failing first.

    \b
    egov-infra policy impact --base main

    Exit code: 0, whatever changes: `check --base` is the gate.
    """
    from egov_infra.policy.base import judge_base
    from egov_infra.policy.impact import impact
    from egov_infra.policy.judge import judge_estate

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        head = judge_estate(opened.source, opened.policies, opened.context)
        then = judge_base(base, opened.source, opened.policies, opened.context, today_of, policies, profile)
    flips = impact(then, head)
    if style == "json":
        from egov_infra.report.impact import impact_document

        click.echo(impact_document(flips, then, head))
    else:
        from egov_infra.report.impact import render_impact

        click.echo("\n".join(render_impact(flips, then)))
    return 0
