"""`egov-infra state`: hand a recorded state to the Pulumi CLI, and take one from it."""

from __future__ import annotations

import pathlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, rehearsal_cloud, say

if TYPE_CHECKING:
    from egov_infra.engine.checkpoint import Store

_TARGET = "rehearsal"


@click.group()
def command() -> None:
    """Hand the state of a rehearsed stack to the Pulumi CLI, or take it from there."""


@command.command()
@click.argument("stack")
@estate_option
@click.option(
    "--project",
    type=click.Path(path_type=pathlib.Path),
    help="Folder of the Pulumi project that is to have it. Default: `rehearsal` beside the estate.",
)
def export(stack: str, estate: pathlib.Path, project: pathlib.Path | None) -> int:
    """Print the state of STACK as `pulumi stack import` takes it; secrets stand in clear.

    Run `pulumi stack init STACK` in the project first, and hand over the stacks that STACK reads as well.
    """
    from egov_infra.engine.deployment import to_deployment
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.reads import usable_state
    from egov_infra.manifest.load import find_estate

    folder = find_estate(estate)
    try:
        store, cloud_id = _rehearsal(folder)
        if stack not in store.stacks() or not usable_state(store, stack, cloud_id).entries:
            raise RefusedError(
                f"nothing of a stack {stack} is recorded in the cloud that runs: `egov-infra up {stack}` first"
            )
        with store.locked(stack):
            checkpoint = store.load(stack)
        click.echo(to_deployment(checkpoint, project or folder.parent / "rehearsal"), nl=False)
    except RefusedError as error:
        say(f"refused\n{error}")
        return ExitCode.REFUSED
    return ExitCode.CLEAN


@command.command("import")
@click.argument("stack")
@click.argument("file", type=click.File("rb"), default="-")
@estate_option
def import_(stack: str, file: BinaryIO, estate: pathlib.Path) -> int:
    """Take what `pulumi stack export --show-secrets` printed as the state of STACK, in place of the recorded one.

    It is read from FILE, or from standard input. The next `up` compares every resource with it.
    """
    from egov_infra.engine.checkpoint import Stamp
    from egov_infra.engine.deployment import from_deployment
    from egov_infra.engine.error import RefusedError
    from egov_infra.manifest.load import find_estate

    try:
        store, cloud_id = _rehearsal(find_estate(estate))
        checkpoint = from_deployment(stack, file.read())
        with store.locked(stack):
            store.save(replace(checkpoint, stamp=Stamp(_TARGET, cloud_id, "", succeeded=False)))
    except RefusedError as error:
        say(f"refused\n{error}")
        return ExitCode.REFUSED
    click.echo(f"{stack}: {len(checkpoint.by_name())} resources recorded")
    return ExitCode.CLEAN


def _rehearsal(folder: pathlib.Path) -> tuple[Store, str]:
    """The recorded states of an estate, and the id of the cloud that runs. Raises RefusedError if none does."""
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.up import STATE_FOLDER, state_store

    cloud = rehearsal_cloud(folder / STATE_FOLDER)
    if cloud is None:
        raise RefusedError(
            "no rehearsal cloud runs, so no state speaks of anything; `egov-infra cloud start` keeps one"
        )
    return state_store(folder, _TARGET), cloud.cloud_id
