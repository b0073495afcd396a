"""`egov-infra destroy`: take down what the state of an institution permits."""

from __future__ import annotations

import pathlib
import sys

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, opened_target, policies_option, say, target_option


@click.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@target_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--approve", metavar="DIGEST", help="Digest of the reviewed destruction, as a refusal prints it."
)
def command(
    selectors: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    target: str,
    yes: bool,
    approve: str | None,
) -> int:
    """Delete the recorded stacks of SELECTORS from a target, and say what stays.

    An institution that is `closed` permits everything, one that is `draining` what holds no data, any other nothing.
    """
    from egov_infra.engine.destroy import prepare_destroy
    from egov_infra.engine.guard import demand_approval
    from egov_infra.report.change_text import render_preview, render_summary

    opened = open_all(estate, policies)
    with opened_target(target, opened.source, must_run=True) as applier:
        prepared = prepare_destroy(opened.source, opened.context, selectors, applier.states, applier.cloud_id)
        for preview in prepared.previews:
            say("\n".join(render_preview(preview)))
        for item in prepared.staying:
            say(f"  stays {item.stack} {item.name}: {item.why}")
        demand_approval(prepared.previews, approve)
        if not yes and any(preview.changes for preview in prepared.previews) and sys.stdin.isatty():
            click.confirm("destroy?", abort=True, err=True)
        summary = applier.destroy(
            prepared, approve, lambda stack, action, _token, name: say(f"  {action} {stack} {name}")
        )
    click.echo("\n".join(render_summary(summary)))
    return ExitCode.FAILED if summary.errors else ExitCode.CLEAN
