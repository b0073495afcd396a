"""`egov-infra cloud`: the rehearsal cloud as a local server."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, say


@click.group()
def command() -> None:
    """Start, stop and look at the rehearsal cloud, which listens on this machine only."""


@command.command()
@estate_option
def start(estate: pathlib.Path) -> int:
    """Start it; it lives until `cloud stop`."""
    from egov_infra.cloud.rehearsal import StartError
    from egov_infra.cloud.rehearsal import start as start_server
    from egov_infra.engine.up import STATE_FOLDER

    try:
        server = start_server(estate / STATE_FOLDER)
    except StartError as error:
        say(str(error))
        return ExitCode.FAILED
    click.echo(f"rehearsal cloud at {server.endpoint}, process {server.pid}")
    return ExitCode.CLEAN


@command.command()
@estate_option
def stop(estate: pathlib.Path) -> int:
    """Stop it; everything in it is gone."""
    from egov_infra.cloud.rehearsal import stop as stop_server
    from egov_infra.engine.up import STATE_FOLDER

    server = stop_server(estate / STATE_FOLDER)
    click.echo(f"stopped {server.endpoint}" if server else "none was running")
    return ExitCode.CLEAN


@command.command()
@estate_option
def status(estate: pathlib.Path) -> int:
    """Say whether one runs."""
    from egov_infra.cloud.rehearsal import running
    from egov_infra.engine.up import STATE_FOLDER

    server = running(estate / STATE_FOLDER)
    click.echo(f"rehearsal cloud at {server.endpoint}, process {server.pid}" if server else "none is running")
    return ExitCode.CLEAN
