"""`egov-infra policy new`: a rule to begin with."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    estate_option,
    institution_option,
    open_estate_at,
    policies_option,
    say,
)
from egov_infra.cli.policy._kind import kind_named


@click.command()
@click.argument("rule_id", metavar="ID")
@click.option(
    "--applies-to",
    metavar="SUBJECT",
    prompt="What is it about (`egov-infra policy subjects` lists it)",
    help="What the rule is about: a subject such as mail_domain, or an AWS type. Asked for if it is not given.",
)
@click.option(
    "--severity",
    type=click.Choice(["critical", "high", "medium", "low"]),
    prompt="How bad is its finding",
    help="How bad its finding is. Asked for if it is not given.",
)
@estate_option
@policies_option
@institution_option
def command(
    rule_id: str,
    applies_to: str,
    severity: str,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    institution: str,
) -> int:
    r"""Write the rule ID, <domain>-<what is wrong>, with examples that hold at once, for you to change.

    \b
    egov-infra policy new tenancy-backup-too-short --applies-to backup --severity high
    egov-infra policy test tenancy-backup-too-short
    """
    from dataclasses import replace

    from egov_infra.policy.example import Baseline
    from egov_infra.policy.locate import find_policies
    from egov_infra.policy.sketch import SketchError, new_file, sketch
    from egov_infra.policy.trial import DAY
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.diagnostic import Diagnostic, InputError, Place

    source, context = open_estate_at(estate)
    path = new_file(find_policies(source.folder, policies), rule_id)
    kind = kind_named(applies_to)
    try:
        text = sketch(rule_id, kind, severity, Baseline(source, institution, replace(context, today=DAY)))
    except SketchError as error:
        raise InputError([Diagnostic(Place("<arguments>"), "rule-sketch", str(error))]) from None
    write_atomically(path, text.encode())
    click.echo(str(path))
    say(f"its examples hold: change it, and try them by `egov-infra policy test {rule_id}`")
    return 0
