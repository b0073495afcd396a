"""`egov-infra audit`: what is live, against what is declared."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, policies_option, rehearsal_cloud, say


@click.command()
@click.argument("selectors", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every stack of the estate.")
@estate_option
@policies_option
def command(
    selectors: tuple[str, ...], everything: bool, estate: pathlib.Path, policies: pathlib.Path | None
) -> int:
    """Read back the stacks of SELECTORS, name drift, and judge live values with the same rules.

    Exit code: 0 no drift, 1 drift or a finding, 3 something could not be read.
    """
    if bool(selectors) is everything:
        raise click.UsageError("name SELECTORS, or say --all")
    from egov_infra.audit.run import run_audit
    from egov_infra.engine.up import STATE_FOLDER, state_store
    from egov_infra.report.change_text import render_audit

    opened = open_all(estate, policies)
    cloud = rehearsal_cloud(opened.source.folder / STATE_FOLDER)
    if cloud is None:
        say("no rehearsal cloud runs: `egov-infra cloud start`, then `egov-infra up`")
        return ExitCode.REFUSED
    store = state_store(opened.source.folder, "rehearsal")
    audit = run_audit(opened.source, opened.policies, opened.context, selectors, store, cloud)
    click.echo("\n".join(render_audit(audit)))
    return audit.exit_code
