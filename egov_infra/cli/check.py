"""`egov-infra check`: the gate of CI; offline, without credentials."""

from __future__ import annotations

import os
import pathlib
from typing import BinaryIO

import click

from egov_infra.cli._reporting import Reporting, reporting_options
from egov_infra.cli.options import open_all, policies_option, profile_option, today_of


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
@reporting_options
def command(
    paths: tuple[pathlib.Path, ...],
    policies: pathlib.Path | None,
    profile: str | None,
    base: str | None,
    locked: bool,
    trust: pathlib.Path | None,
    plans: tuple[BinaryIO, ...],
    states: tuple[BinaryIO, ...],
    style: str | None,
    reports: tuple[str, ...],
) -> int:
    r"""Read, plan and judge PATHS (an estate's folder or single manifests).

    A manifest is judged within its estate, and only its findings are shown.

    \b
    egov-infra check stacks/estate
    egov-infra check stacks/estate/institutions/erb.yaml --format json
    egov-infra check stacks/estate --base main
    egov-infra check stacks/estate --report sarif=check.sarif --report junit=check.xml
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
    shown = {path.stem for path in paths if path.suffix == ".yaml" and path.name != "estate.yaml"} or None
    reporting = Reporting.of(style, reports)
    with reporting.faults(paths[0]):
        demand = demand_of(os.environ, locked=locked, key=trust)
        opened = open_all(paths[0], policies, profile, demand=demand)
        source, rules, context = opened.source, opened.policies, opened.context
        outlined, named = base is not None and reporting.wants_plans, reporting.wants_evaluations
        if plans or states:
            from egov_infra.cli._outside import judge_files

            head = judge_files(opened, plans, states, shown, named=named)
        else:
            head = judge_estate(source, rules, context, shown=shown, outlined=outlined, named=named)
        then = None
        if base is not None:
            from egov_infra.policy.base import judge_base

            outlines = head.outlines if outlined else None
            then = judge_base(base, source, rules, context, today_of, policies, profile, shown, outlines)
    if then is None:
        return reporting.deliver(paths[0], head, decide(head))
    from egov_infra.policy.comparison import compare

    comparison = compare(then, head)
    return reporting.deliver(paths[0], head, comparison.decision, then, comparison)
