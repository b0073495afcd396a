"""`egov-infra up`: gate, show, apply."""

from __future__ import annotations

import pathlib
import sys
from typing import TYPE_CHECKING

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    opened_target,
    policies_option,
    profile_option,
    say,
    target_option,
)

if TYPE_CHECKING:
    from egov_infra.cli.options import Opened
    from egov_infra.engine.applier import Applier


@click.command()
@click.argument("selectors", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every stack of the estate.")
@estate_option
@policies_option
@profile_option
@target_option
@format_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--approve", metavar="DIGEST", help="Digest of the reviewed plan, as `plan` prints it.")
def command(
    selectors: tuple[str, ...],
    everything: bool,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    target: str,
    style: str,
    yes: bool,
    approve: str | None,
) -> int:
    """Apply the stacks of SELECTORS, after the gate and a preview; those of the platform come first.

    Replacing or deleting what holds data, or more than 10 % of a stack, needs --approve.
    The rehearsal cloud lives for this command only, unless `egov-infra cloud start` runs one.
    Targets rehearsal-cli and aws run the Pulumi CLI, with the backend and passphrase that it is set up with.
    """
    if bool(selectors) is everything:
        raise click.UsageError("name SELECTORS, or say --all")
    with faults_in(style, estate):
        opened = open_all(estate, policies, profile)
        with opened_target(target, opened.source) as applier:
            return _up(opened, applier, selectors, target, style, approve, is_sure=yes)


def _up(
    opened: Opened,
    applier: Applier,
    selectors: tuple[str, ...],
    target: str,
    style: str,
    approve: str | None,
    *,
    is_sure: bool,
) -> int:
    from egov_infra.cli.progress import progress
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.guard import guard
    from egov_infra.engine.preview import Action, Step
    from egov_infra.engine.selection import with_platform
    from egov_infra.engine.up import prepare
    from egov_infra.report.change_document import up_document
    from egov_infra.report.change_text import render_preview, render_summary
    from egov_infra.report.judgement_text import render_judgement

    done: dict[str, list[Step]] = {}
    prepared = prepare(
        opened.source,
        opened.policies,
        opened.context,
        with_platform(selectors),
        applier.states,
        applier.cloud_id,
        applier.secrets,
        skips_unchanged=True,
    )
    code, refused, summary = ExitCode(prepared.decision.exit_code), "", None
    say("\n".join(render_judgement(prepared.judgement, prepared.decision)))
    if prepared.decision.is_open:
        for _, preview in prepared.stacks:
            say("\n".join(render_preview(preview)))
        try:
            guard(prepared.stacks, approve)
            if not is_sure and any(preview.changes for _, preview in prepared.stacks) and sys.stdin.isatty():
                click.confirm("apply?", abort=True, err=True)
            with progress(preview for _, preview in prepared.stacks) as shown:

                def on_step(stack: str, action: Action, token: str, name: str) -> None:
                    if action is not Action.SAME:
                        done.setdefault(stack, []).append(Step(action, token, name))
                    shown.step(stack, action, token, name)

                summary = applier.apply(prepared, approve, on_step, shown.stack)
            code = ExitCode.FAILED if summary.errors else ExitCode.CLEAN
        except RefusedError as error:
            say(f"refused\n{error}")
            code, refused = ExitCode.REFUSED, str(error)
    if style == "json":
        click.echo(up_document(prepared, target, code, summary, done, refused, str(opened.source.folder)))
    elif summary is not None:
        click.echo("\n".join(render_summary(summary)))
    return code
