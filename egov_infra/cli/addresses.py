"""`egov-infra addresses`: ranges of environments."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, say, today_of


@click.group()
def command() -> None:
    """Give address ranges to environments and shared accounts; the lock file keeps them for ever."""


@command.command()
@estate_option
def assign(estate: pathlib.Path) -> int:
    """Give a range to each environment and shared account that has none, and write the lock."""
    from egov_infra.manifest.load import find_estate, open_estate
    from egov_infra.plan.addresses import (
        LOCK_FILE,
        PoolFullError,
        check_lock,
        free_addresses,
        read_lock,
        wanted_by,
        wanted_by_platform,
        write_lock,
    )
    from egov_infra.plan.addresses import assign as assign_ranges
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.diagnostic import InputError

    source = open_estate(find_estate(estate))
    old = read_lock(source.folder)
    wanted = wanted_by_platform(source.estate)
    wanted |= wanted_by(loaded.institution for loaded in source.institutions())
    try:
        new = assign_ranges(wanted, old, source.estate.network, today_of(source))
    except PoolFullError as error:
        say(str(error))
        return ExitCode.REFUSED
    path = source.folder / LOCK_FILE
    if faults := check_lock(wanted, new, str(path)):
        raise InputError(faults)
    if new != old:
        write_atomically(path, write_lock(new))
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


@command.command()
@estate_option
@click.argument("environment")
def release(estate: pathlib.Path, environment: str) -> int:
    """Take the range of ENVIRONMENT (`<slug>/<name>`, or `platform/<account>`) back: it waits in quarantine, and assign gives another size."""
    from egov_infra.manifest.load import find_estate, open_estate
    from egov_infra.plan.addresses import LOCK_FILE, read_lock, write_lock
    from egov_infra.plan.addresses import release as release_range
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.spelling import closest

    source = open_estate(find_estate(estate))
    lock = read_lock(source.folder)
    if environment not in lock.ranges:
        hint = closest(environment, lock.ranges)
        suggestion = f"; did you mean {hint!r}?" if hint else ""
        raise click.BadParameter(f"{environment!r} has no range{suggestion}", param_hint="ENVIRONMENT")
    write_atomically(
        source.folder / LOCK_FILE, write_lock(release_range(lock, environment, today_of(source)))
    )
    click.echo(f"{environment}: {lock.ranges[environment]} is in quarantine")
    return ExitCode.CLEAN
