"""`egov-infra waiver lint`: everything wrong with waivers, in one run."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    open_estate_at,
    policies_option,
    profile_option,
)


@click.command()
@estate_option
@policies_option
@profile_option
@format_option
def command(estate: pathlib.Path, policies: pathlib.Path | None, profile: str | None, style: str) -> int:
    r"""Name every fault of every waiver, each at the value that is wrong. The estate is judged for it.

    \b
    egov-infra waiver lint
    egov-infra waiver lint --format json

    Exit code: 0 nothing is wrong, 1 something is, 2 other inputs cannot be read.
    """
    from egov_infra.policy.judge import judge_estate
    from egov_infra.policy.locate import find_policies
    from egov_infra.policy.waiver import read_register
    from egov_infra.source.diagnostic import Diagnostic

    with faults_in(style, estate):
        source, _ = open_estate_at(estate)
        register, unreadable = read_register(find_policies(source.folder, policies))
        opened = open_all(estate, policies, profile, waivers=register, is_gate=False)
        judgement = judge_estate(opened.source, opened.policies, opened.context)
    faults = [Diagnostic(fault.place, fault.code, fault.message) for fault in judgement.waiver_faults]
    found = sorted((*unreadable, *faults), key=lambda item: (item.place, item.code))
    if style == "json":
        from egov_infra.report.waiver_document import lint_document

        click.echo(lint_document(found, judgement))
    else:
        from egov_infra.report.waiver_text import render_lint

        click.echo("\n".join(render_lint(found, judgement)))
    return ExitCode.BLOCKED if found else ExitCode.CLEAN
