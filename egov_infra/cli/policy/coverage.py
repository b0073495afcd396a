"""`egov-infra policy coverage`: what rules look at in an estate, and what nothing looks at."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)


@click.command()
@estate_option
@policies_option
@profile_option
@format_option
def command(estate: pathlib.Path, policies: pathlib.Path | None, profile: str | None, style: str) -> int:
    r"""Show the rules that met nothing in an estate, the AWS types that no rule looks at, and the fields that none reads.

    A planned type without a rule is accepted, with a reason, in `accepted-types.yaml` of the policies.

    \b
    egov-infra policy coverage --estate stacks/estate

    Exit code: 0 covered, 1 a type or a rule has nothing, 2 inputs cannot be read.
    """
    from egov_infra.policy.rule_coverage import cover

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        coverage = cover(opened.source, opened.policies, opened.context)
    if style == "json":
        from egov_infra.report.coverage_document import coverage_document

        click.echo(coverage_document(coverage))
    else:
        from egov_infra.report.coverage_text import render_coverage

        click.echo("\n".join(render_coverage(coverage)))
    return ExitCode.BLOCKED if coverage.faults else ExitCode.CLEAN
