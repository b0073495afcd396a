"""`egov-infra policy`: read, write and try rules. Its sub-commands are the modules of this folder."""

from __future__ import annotations

import click

from egov_infra.cli.folder import Folder


@click.group(cls=Folder, package=__name__)
def command() -> None:
    """Read, write and try the rules, without programming."""
