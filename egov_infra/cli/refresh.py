"""`egov-infra refresh`: take what is live into the recorded states."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, opened_target, policies_option, say


@click.command()
@click.argument("selectors", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every recorded stack.")
@estate_option
@policies_option
def command(
    selectors: tuple[str, ...], everything: bool, estate: pathlib.Path, policies: pathlib.Path | None
) -> int:
    """Read back the recorded stacks of SELECTORS on the rehearsal cloud, and record what is live.

    Nothing is changed there. `up` then shows what somebody changed, and mends it. The Pulumi CLI has `pulumi refresh`.
    """
    if bool(selectors) is everything:
        raise click.UsageError("name SELECTORS, or say --all")
    from egov_infra.engine.applier import Rehearsal
    from egov_infra.engine.refresh import Refreshed, refresh
    from egov_infra.engine.target import REHEARSAL

    def tell(learnt: Refreshed) -> None:
        say(f"  {learnt.stack}: {learnt.read} read")
        for name, properties in learnt.changed:
            click.echo(f"changed {learnt.stack} {name}: {', '.join(properties)}")
        for name in learnt.gone:
            click.echo(f"gone {learnt.stack} {name}")
        for error in learnt.errors:
            click.echo(f"not read {learnt.stack}: {error}")

    opened = open_all(estate, policies)
    with opened_target(REHEARSAL, opened.source, must_run=True) as applier:
        assert isinstance(applier, Rehearsal)
        found = refresh(selectors, applier.states, applier.cloud, tell)
    click.echo(
        f"{sum(item.read for item in found)} resources read back in {len(found)} stacks: "
        f"{sum(len(item.changed) for item in found)} changed, {sum(len(item.gone) for item in found)} gone"
    )
    return ExitCode.FAILED if any(item.errors for item in found) else ExitCode.CLEAN
