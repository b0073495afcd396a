"""`egov-infra check`: the gate of CI; offline, without credentials."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, BinaryIO

import click

from egov_infra.cli.options import (
    Opened,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
    say,
)
from egov_infra.source.diagnostic import Diagnostic, InputError

if TYPE_CHECKING:
    from egov_infra.policy.judge import Judgement
    from egov_infra.policy.outside import Given


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
@click.option(
    "--plan",
    "plans",
    type=click.File("rb"),
    multiple=True,
    help="Judge what `egov-infra plan … --format json` printed, in place of the manifests; `-` is stdin.",
)
@click.option(
    "--state",
    "states",
    type=click.File("rb"),
    multiple=True,
    help="Judge what `pulumi stack export` printed, in place of the manifests; `-` is stdin.",
)
@format_option
def command(
    paths: tuple[pathlib.Path, ...],
    policies: pathlib.Path | None,
    profile: str | None,
    base: str | None,
    locked: bool,
    trust: pathlib.Path | None,
    plans: tuple[BinaryIO, ...],
    states: tuple[BinaryIO, ...],
    style: str,
) -> int:
    r"""Read, plan and judge PATHS (an estate's folder or single manifests).

    A manifest is judged within its estate, and only its findings are shown.

    \b
    egov-infra check stacks/estate
    egov-infra check stacks/estate/institutions/erb.yaml --format json
    egov-infra check stacks/estate --base main
    egov-infra check --plan plan.json --state erb.domain.json

    Of plans and states only the rules about AWS types, planned resources and accounts are asked, with what the estate says
    of their institutions. Each may be given several times.

    Exit code: 0 clean, 1 blocked, 2 inputs cannot be read, 3 undecidable.
    """
    from egov_infra.policy.demand import demand_of
    from egov_infra.policy.gate import decide
    from egov_infra.policy.judge import judge_estate

    if base is not None and (plans or states):
        raise click.UsageError("--base compares manifests: it goes with neither --plan nor --state")
    paths = paths or (pathlib.Path("stacks/estate"),)
    shown = {path.stem for path in paths if path.suffix == ".yaml" and path.name != "estate.yaml"}
    with faults_in(style, paths[0]):
        demand = demand_of(os.environ, locked=locked, key=trust)
        opened = open_all(paths[0], policies, profile, demand=demand)
        if plans or states:
            judgement = _outside(opened, plans, states, shown or None)
        else:
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


def _outside(
    opened: Opened, plans: Sequence[BinaryIO], states: Sequence[BinaryIO], shown: Collection[str] | None
) -> Judgement:
    """Judge stacks of files, all of which are read before any is judged. Raises InputError."""
    from egov_infra.policy.outside import judge_outside, looks_outside

    faults: list[Diagnostic] = []
    given: list[Given] = []
    for reading in (*map(_read_plan, plans), *map(_read_state, states)):
        try:
            given += reading
        except InputError as error:
            faults += error.diagnostics
    if faults:
        raise InputError(faults)
    others = sum(not looks_outside(rule.kind.name) for rule in opened.policies.rules)
    say(f"{others} rules look at what only manifests say, and were not asked")
    return judge_outside(opened.source, opened.policies, opened.context, given, shown)


def _read_plan(file: BinaryIO) -> Iterator[Given]:
    from egov_infra.plan.plan_file import read_plan_file
    from egov_infra.policy.outside import Given

    read = read_plan_file(file.read(), file.name)
    yield Given(read.stacks, read.place)


def _read_state(file: BinaryIO) -> Iterator[Given]:
    from egov_infra.engine.state_file import read_state_file
    from egov_infra.policy.outside import Given

    read = read_state_file(file.read(), file.name)
    yield Given((read.stack,), read.place, read.kept)


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
