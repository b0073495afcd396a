"""`egov-infra policy prove`: mutants of rules, and how many of them the examples tell apart."""

from __future__ import annotations

import pathlib

import click

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
@format_option
@institution_option
@click.option(
    "--least",
    type=click.FloatRange(0, 100),
    default=95,
    show_default=True,
    help="Least score, in percent.",
)
def command(
    ids: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    style: str,
    institution: str,
    least: float,
) -> int:
    r"""Prove that the rules IDS (globs; default: every rule) can fail, and that their examples show it.

    Each rule must be failed by some worsened resource, and each slip that an author might make in its expressions must
    be told from the rule by an example.

    \b
    egov-infra policy prove
    egov-infra policy prove 'mail-*' --least 100

    Exit code: 0 proven, 1 not, 2 rules or estate cannot be read.
    """
    from fnmatch import fnmatchcase

    from egov_infra.policy.example import Baseline
    from egov_infra.policy.load import load_rules
    from egov_infra.policy.locate import find_policies
    from egov_infra.policy.prove.score import prove

    with faults_in(style, estate):
        source, context = open_estate_at(estate)
        rules = load_rules(find_policies(source.folder, policies))
        chosen = [rule for rule in rules if not ids or any(fnmatchcase(rule.id, name) for name in ids)]
        if not chosen:
            raise click.UsageError(f"no rule is called {', '.join(ids)}")
        proof = prove(chosen, Baseline(source, institution, context))
    if style == "json":
        from egov_infra.report.proof_document import proof_document

        click.echo(proof_document(proof, least / 100))
    else:
        from egov_infra.report.proof_text import render_proof

        click.echo("\n".join(render_proof(proof, least / 100)))
    return ExitCode.CLEAN if proof.holds(least / 100) else ExitCode.BLOCKED
