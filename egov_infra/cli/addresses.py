"""`egov-infra addresses`: ranges of environments."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, say, today_of


@click.group()
def command() -> None:
    """Give address ranges to environments; the lock file keeps them for ever."""


@command.command()
@estate_option
def assign(estate: pathlib.Path) -> int:
    """Give a range to each environment that has none, and write the lock."""
    from egov_infra.manifest.load import open_estate
    from egov_infra.plan.addresses import (
        LOCK_FILE,
        PoolFullError,
        free_addresses,
        read_lock,
        wanted_by,
        write_lock,
    )
    from egov_infra.plan.addresses import assign as assign_ranges
    from egov_infra.source.atomic_file import write_atomically

    source = open_estate(estate)
    old = read_lock(estate)
    wanted = wanted_by(loaded.institution for loaded in source.institutions())
    try:
        new = assign_ranges(wanted, old, source.estate.network, today_of(source))
    except PoolFullError as error:
        say(str(error))
        return ExitCode.REFUSED
    write_atomically(estate / LOCK_FILE, write_lock(new))
    added = [key for key in new.ranges if key not in old.ranges]
    for key in added:
        click.echo(f"{key}: {new.ranges[key]}")
    left = ", ".join(
        f"{name} {number}" for name, number in free_addresses(new, source.estate.network).items()
    )
    click.echo(
        f"{len(added)} given, {len(new.ranges)} in all, {len(new.released)} in quarantine; addresses left: {left}"
    )
    return ExitCode.CLEAN
