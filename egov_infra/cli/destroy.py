"""`egov-infra destroy`: take down what the state of an institution permits."""

from __future__ import annotations

import pathlib
import sys

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, policies_option, rehearsal_cloud, say


@click.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--approve", metavar="DIGEST", help="Digest of the reviewed destruction, as a refusal prints it."
)
def command(
    selectors: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    yes: bool,
    approve: str | None,
) -> int:
    """Delete the recorded stacks of SELECTORS from the rehearsal cloud, and say what stays.

    An institution that is `closed` permits everything, one that is `draining` what holds no data, any other nothing.
    """
    from egov_infra.engine.destroy import destroy, prepare_destroy
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.guard import demand_approval
    from egov_infra.engine.up import STATE_FOLDER, state_store
    from egov_infra.report.change_text import render_preview, render_summary

    opened = open_all(estate, policies)
    folder = opened.source.folder
    cloud = rehearsal_cloud(folder / STATE_FOLDER)
    if cloud is None:
        say(
            "refused\nno rehearsal cloud runs, so there is nothing to destroy; `egov-infra cloud start` keeps one"
        )
        return ExitCode.REFUSED
    store = state_store(folder, "rehearsal")
    try:
        prepared = prepare_destroy(opened.source, opened.context, selectors, store, cloud.cloud_id)
        for preview in prepared.previews:
            say("\n".join(render_preview(preview)))
        for item in prepared.staying:
            say(f"  stays {item.stack} {item.name}: {item.why}")
        demand_approval(prepared.previews, approve)
        if not yes and any(preview.changes for preview in prepared.previews) and sys.stdin.isatty():
            click.confirm("destroy?", abort=True, err=True)
        summary = destroy(
            prepared,
            store,
            cloud,
            approve,
            lambda stack, action, _token, name: say(f"  {action} {stack} {name}"),
        )
    except RefusedError as error:
        say(f"refused\n{error}")
        return ExitCode.REFUSED
    click.echo("\n".join(render_summary(summary)))
    return ExitCode.FAILED if summary.errors else ExitCode.CLEAN
