"""`egov-infra plan`: what is planned, and what would change."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    estate_option,
    format_option,
    open_all,
    policies_option,
    rehearsal_cloud,
)


@click.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@format_option
@click.option("--full", is_flag=True, help="Show unchanged resources too.")
def command(
    selectors: tuple[str, ...], estate: pathlib.Path, policies: pathlib.Path | None, style: str, full: bool
) -> int:
    r"""Show what SELECTORS plan and what would change against the recorded state.

    A selector is a slug (all its stacks), a stack's name, or a glob.

    \b
    egov-infra plan erb
    egov-infra plan 'erb.domain' --format json
    """
    from egov_infra.cloud.secret import SecretReader
    from egov_infra.engine.selection import with_platform
    from egov_infra.engine.up import STATE_FOLDER, prepare, state_store
    from egov_infra.report.change_text import render_preview
    from egov_infra.report.document import plan_document
    from egov_infra.report.judgement_text import render_judgement

    opened = open_all(estate, policies)
    folder = opened.source.folder
    store = state_store(folder, "rehearsal")
    cloud = rehearsal_cloud(folder / STATE_FOLDER)
    secrets = SecretReader(cloud) if cloud else None  # a secret that was rotated shows
    prepared = prepare(
        opened.source, opened.policies, opened.context, with_platform(selectors), store, None, secrets
    )
    if style == "json":
        click.echo(plan_document(prepared))
        return prepared.decision.exit_code
    for selected, preview in prepared.stacks:
        click.echo("\n".join(render_preview(preview, is_full=full)))
        for note in selected.plan.notes:
            click.echo(f"  to do: {note}")
    click.echo("\n".join(render_judgement(prepared.judgement, prepared.decision)))
    click.echo(f"digest {prepared.digest}")
    return prepared.decision.exit_code
