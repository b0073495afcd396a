"""`egov-infra plan`: what is planned, and what would change."""

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
    recorded_states,
    target_option,
)


@click.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@profile_option
@target_option
@format_option
@click.option("--full", is_flag=True, help="Show unchanged resources too.")
def command(
    selectors: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    target: str,
    style: str,
    full: bool,
) -> int:
    r"""Show what SELECTORS plan and what would change against the recorded state of a target.

    A selector is a slug (all its stacks), a stack's name, or a glob.

    \b
    egov-infra plan erb
    egov-infra plan 'erb.domain' --format json
    """
    from egov_infra.engine.selection import with_platform
    from egov_infra.engine.up import prepare
    from egov_infra.report.change_document import plan_document
    from egov_infra.report.change_text import render_preview
    from egov_infra.report.judgement_text import render_judgement

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile)
        states, secrets = recorded_states(target, opened.source)
        prepared = prepare(
            opened.source, opened.policies, opened.context, with_platform(selectors), states, None, secrets
        )
    if style == "json":
        click.echo(plan_document(prepared, target))
        return prepared.decision.exit_code
    for selected, preview in prepared.stacks:
        click.echo("\n".join(render_preview(preview, is_full=full)))
        for note in selected.plan.notes:
            click.echo(f"  to do: {note}")
    click.echo("\n".join(render_judgement(prepared.judgement, prepared.decision)))
    click.echo(f"digest {prepared.digest}")
    return prepared.decision.exit_code
