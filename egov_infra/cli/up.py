"""`egov-infra up`: gate, show, apply."""

from __future__ import annotations

import pathlib
import sys
from contextlib import ExitStack

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, policies_option, rehearsal_cloud, say


@click.command()
@click.argument("selectors", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every stack of the estate.")
@estate_option
@policies_option
@click.option(
    "--target", type=click.Choice(["rehearsal"]), default="rehearsal", show_default=True, help="Where to."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", metavar="DIGEST", help="Digest of the reviewed plan, as `plan` prints it.")
def command(
    selectors: tuple[str, ...],
    everything: bool,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    target: str,
    yes: bool,
    approve: str | None,
) -> int:
    """Apply the stacks of SELECTORS, after the gate and a preview; those of the platform come first.

    Replacing or deleting what holds data, or more than 10 % of a stack, needs --approve.
    The rehearsal cloud lives for this command only, unless `egov-infra cloud start` runs one.
    """
    if bool(selectors) is everything:
        raise click.UsageError("name SELECTORS, or say --all")
    from egov_infra.cloud.secret import SecretReader
    from egov_infra.cloud.session import in_process
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.guard import guard
    from egov_infra.engine.selection import with_platform
    from egov_infra.engine.up import STATE_FOLDER, apply, prepare, state_store
    from egov_infra.report.change_text import render_preview, render_summary
    from egov_infra.report.judgement_text import render_judgement

    opened = open_all(estate, policies)
    folder = opened.source.folder
    with ExitStack() as stack:
        cloud = rehearsal_cloud(folder / STATE_FOLDER)
        if cloud is None:
            say(
                "no rehearsal cloud runs: this one lives for this command only; `egov-infra cloud start` keeps one"
            )
            cloud = stack.enter_context(in_process())
        store = state_store(folder, target)
        prepared = prepare(
            opened.source,
            opened.policies,
            opened.context,
            with_platform(selectors),
            store,
            cloud.cloud_id,
            SecretReader(cloud),
            skips_unchanged=True,
        )
        say("\n".join(render_judgement(prepared.judgement, prepared.decision)))
        if not prepared.decision.is_open:
            return prepared.decision.exit_code
        for _, preview in prepared.stacks:
            say("\n".join(render_preview(preview)))
        try:
            guard(prepared.stacks, approve)
            if not yes and any(p.changes for _, p in prepared.stacks) and sys.stdin.isatty():
                click.confirm("apply?", abort=True, err=True)
            summary = apply(
                prepared,
                store,
                cloud,
                approve,
                lambda name, action, _token, resource: _progress(name, action, resource),
            )
        except RefusedError as error:
            say(f"refused\n{error}")
            return ExitCode.REFUSED
    click.echo("\n".join(render_summary(summary)))
    return ExitCode.FAILED if summary.errors else ExitCode.CLEAN


def _progress(stack: str, action: str, resource: str) -> None:
    if action != "unchanged":
        say(f"  {action} {stack} {resource}")
