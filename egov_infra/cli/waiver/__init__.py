"""`egov-infra waiver`: ask for waivers, check them, and see how long they hold. Its sub-commands are the modules of this folder."""

from __future__ import annotations

import click

from egov_infra.cli.folder import Folder


@click.group(cls=Folder, package=__name__)
def command() -> None:
    """Waive findings for a time, and see how long each waiver holds."""
