"""`egov-infra policy test`: whether rules say what their examples say."""

from __future__ import annotations

import datetime
import pathlib

import click

from egov_infra.cli._day import DAY_TYPE
from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    institution_option,
    open_estate_at,
    policies_option,
)


@click.command()
@click.argument("ids", nargs=-1)
@estate_option
@policies_option
@institution_option
@click.option(
    "--as-of",
    type=DAY_TYPE,
    help="The day that counts as today. Default: 2020-06-30, the day for which examples are written.",
)
@format_option
def command(
    ids: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    institution: str,
    as_of: datetime.date | None,
    style: str,
) -> int:
    r"""Try every example of the rules IDS (globs; default: every rule) as the gate would judge it.

    Of one that fails: what was expected, what came, the message, and each value that the rule read.

    \b
    egov-infra policy test mail-dmarc-not-enforced
    egov-infra policy test 'gateway-*' --format json

    Exit code: 0 all hold, 1 one fails, 2 rules or estate cannot be read.
    """
    from dataclasses import replace

    from egov_infra.policy.example import Baseline
    from egov_infra.policy.load import load_named
    from egov_infra.policy.locate import find_policies
    from egov_infra.policy.trial import DAY, try_examples

    with faults_in(style, estate):
        source, context = open_estate_at(estate)
        rules = load_named(find_policies(source.folder, policies), ids)
        today = as_of or DAY
        baseline = Baseline(source, institution, replace(context, today=today))
    trials = [trial for rule in rules for trial in try_examples(rule, baseline)]
    code = ExitCode.CLEAN if all(trial.holds for trial in trials) else ExitCode.BLOCKED
    if style == "json":
        from egov_infra.report.trial_document import trials_document

        click.echo(trials_document(trials, len(rules), today, code))
    else:
        from egov_infra.report.trial_text import render_trials

        click.echo("\n".join(render_trials(trials, today)))
    return code
