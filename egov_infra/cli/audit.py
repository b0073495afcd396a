"""`egov-infra audit`: what is live, against what is declared."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import (
    estate_option,
    format_option,
    open_all,
    policies_option,
    profile_option,
    rehearsal_cloud,
    say,
)
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

if TYPE_CHECKING:
    from egov_infra.audit.record import StackAudit

_NO_CLOUD = "no rehearsal cloud runs: `egov-infra cloud start`, then `egov-infra up`"


@click.command()
@click.argument("selectors", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every stack of the estate.")
@estate_option
@policies_option
@profile_option
@format_option
def command(
    selectors: tuple[str, ...],
    everything: bool,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
) -> int:
    r"""Read back the stacks of SELECTORS, name drift, and judge live values with the same rules.

    Also lists what the accounts of these stacks hold, or resources were given, that nobody declared.

    \b
    egov-infra audit erb
    egov-infra audit --all --format json

    Exit code: 0 all is as declared; 1 something differs, is undeclared, a rule blocks, or a waiver is wrong; 2 inputs
    cannot be read; 3 nothing differs, but something is unknown, as for want of permission, or no cloud runs.
    """
    if bool(selectors) is everything:
        raise click.UsageError("name SELECTORS, or say --all")
    from egov_infra.audit.run import run_audit
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.up import STATE_FOLDER, state_store
    from egov_infra.report.document import document

    def refuse(code: ExitCode, *diagnostics: Diagnostic) -> int:
        if style == "json":
            click.echo(document({"exit_code": code.value}, diagnostics))
        return code

    try:
        opened = open_all(estate, policies, profile)
        folder = opened.source.folder
        cloud = rehearsal_cloud(folder / STATE_FOLDER)
        if cloud is None:
            say(_NO_CLOUD)
            return refuse(ExitCode.REFUSED, Diagnostic(Place(str(folder)), "cloud-missing", _NO_CLOUD))
        store = state_store(folder, "rehearsal")
        audit = run_audit(opened.source, opened.policies, opened.context, selectors, store, cloud, _tell)
    except InputError as error:
        refuse(ExitCode.UNREADABLE, *error.diagnostics)
        raise
    except RefusedError as error:
        say(f"refused\n{error}")
        return refuse(ExitCode.REFUSED, Diagnostic(Place(str(folder)), "refused", str(error)))
    if style == "json":
        from egov_infra.report.audit_document import audit_document

        click.echo(audit_document(audit))
    else:
        from egov_infra.report.audit_text import render_audit

        click.echo("\n".join(render_audit(audit)))
    return audit.exit_code


def _tell(stack: StackAudit) -> None:
    """Talk of each stack that has anything to read: reading an estate takes minutes."""
    if stack.read or stack.unknown:
        say(f"  {stack.stack}: {stack.read} read, {len(stack.drifts)} drifts")
