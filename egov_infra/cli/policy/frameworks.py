"""`egov-infra policy frameworks`: how much of each framework rules look at."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    demand,
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)


@click.command()
@click.argument("name", required=False)
@estate_option
@policies_option
@profile_option
@format_option
def command(
    name: str | None, estate: pathlib.Path, policies: pathlib.Path | None, profile: str | None, style: str
) -> int:
    r"""Show how many requirements of each framework rules look at; of the framework NAME each requirement.

    A requirement is automated (rules see all that can be seen before anything is applied), seen partly (and what is not
    seen stands with it), or manual. Only rules count that block or warn today, in the profile in force.

    \b
    egov-infra policy frameworks
    egov-infra policy frameworks cis-aws
    egov-infra policy frameworks nist-800-53-r5 --format json

    Exit code: 0, whatever the figures are; 2 where a framework does not fit the rules, or inputs cannot be read.
    """
    from egov_infra.policy.framework_coverage import cover_frameworks, framework_faults
    from egov_infra.source.diagnostic import InputError

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        today, in_force = opened.context.today, opened.policies.profile.name
        covered = cover_frameworks(opened.policies, today)
        if faults := framework_faults(covered, opened.policies):
            raise InputError(faults)
        demand("framework", name, {coverage.framework.name for coverage in covered}, "in the policies")
    shown = [coverage for coverage in covered if name in (None, coverage.framework.name)]
    if style == "json":
        from egov_infra.report.framework_document import frameworks_document

        click.echo(frameworks_document(shown, in_force, today, is_whole=name is not None))
    else:
        from egov_infra.report.framework_text import render_framework, render_frameworks

        page = (
            render_frameworks(shown, in_force, today)
            if name is None
            else render_framework(shown[0], in_force, today)
        )
        click.echo("\n".join(page))
    return 0
