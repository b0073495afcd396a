"""`egov-infra check`: the gate of CI; offline, without credentials."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import click

from egov_infra.cli.options import (
    Opened,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)

if TYPE_CHECKING:
    from egov_infra.policy.judge import Judgement


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=pathlib.Path))
@policies_option
@profile_option
@click.option(
    "--base",
    metavar="REV",
    help="Block only what is new or worse than at this revision, or escapes the policies that it had.",
)
@click.option(
    "--locked",
    is_flag=True,
    help="The policies must be as their bundle.lock says, as EGOV_INFRA_POLICY_LOCKED=1 demands of every gate.",
)
@click.option(
    "--trust",
    metavar="KEYFILE",
    type=click.Path(path_type=pathlib.Path),
    help="The lock must be signed by the owner of this public key, as EGOV_INFRA_POLICY_KEY demands of every gate.",
)
@format_option
def command(
    paths: tuple[pathlib.Path, ...],
    policies: pathlib.Path | None,
    profile: str | None,
    base: str | None,
    locked: bool,
    trust: pathlib.Path | None,
    style: str,
) -> int:
    r"""Read, plan and judge PATHS (an estate's folder or single manifests).

    A manifest is judged within its estate, and only its findings are shown.

    \b
    egov-infra check stacks/estate
    egov-infra check stacks/estate/institutions/erb.yaml --format json
    egov-infra check stacks/estate --base main

    Exit code: 0 clean, 1 blocked, 2 inputs cannot be read, 3 undecidable.
    """
    from egov_infra.policy.demand import demand_of
    from egov_infra.policy.gate import decide
    from egov_infra.policy.judge import judge_estate

    paths = paths or (pathlib.Path("stacks/estate"),)
    shown = {path.stem for path in paths if path.suffix == ".yaml" and path.name != "estate.yaml"}
    with faults_in(style, paths[0]):
        demand = demand_of(os.environ, locked=locked, key=trust)
        opened = open_all(paths[0], policies, profile, demand=demand)
        judgement = judge_estate(opened.source, opened.policies, opened.context, shown=shown or None)
        if base is not None:
            return _against(base, opened, judgement, shown, profile, style)
    decision = decide(judgement)
    if style == "json":
        from egov_infra.report.document import judgement_document

        click.echo(judgement_document(judgement, decision))
    else:
        from egov_infra.report.judgement_text import render_judgement

        click.echo("\n".join(render_judgement(judgement, decision)))
    return decision.exit_code


def _against(
    name: str, opened: Opened, head: Judgement, shown: AbstractSet[str], profile: str | None, style: str
) -> int:
    """Judge the base by its policies, and the head by the base's: a change does not bring its own judge."""
    from egov_infra.policy.base import judge_base
    from egov_infra.policy.comparison import compare

    base = judge_base(name, opened.source, opened.policies, opened.context, profile, shown or None)
    comparison = compare(base, head)
    if style == "json":
        from egov_infra.report.document import comparison_document

        click.echo(comparison_document(comparison, head, base))
    else:
        from egov_infra.report.comparison_text import render_comparison

        click.echo("\n".join(render_comparison(comparison, head, base)))
    return comparison.exit_code
