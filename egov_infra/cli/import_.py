"""`egov-infra import`: a register and enrolments become manifests."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import estate_option


@click.command()
@click.argument("register", type=click.Path(path_type=pathlib.Path))
@click.option(
    "--enrolment", required=True, type=click.Path(path_type=pathlib.Path), help="CSV of enrolments."
)
@estate_option
@click.option("--overwrite", is_flag=True, help="Overwrite manifests that somebody edited, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def command(
    register: pathlib.Path, enrolment: pathlib.Path, estate: pathlib.Path, overwrite: bool, dry_run: bool
) -> int:
    """Write a manifest for each row of REGISTER, with its enrolments; a line for each row says what was done.

    A manifest that somebody edited since the last import is left alone. Nothing is written if any row is wrong.
    """
    from egov_infra.manifest.register import is_untouched, manifests
    from egov_infra.source.atomic_file import write_atomically

    counts = {"new": 0, "changed": 0, "same": 0, "edited": 0}
    for slug, text in list(manifests(register, enrolment)):
        path = estate / "institutions" / f"{slug}.yaml"
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        if old is None:
            state = "new"
        elif old == text:
            state = "same"
        elif is_untouched(old) or overwrite:
            state = "changed"
        else:
            state = "edited"
        counts[state] += 1
        if state in ("new", "changed") and not dry_run:
            write_atomically(path, text.encode())
        click.echo(f"{slug}: {'edited by hand, left alone' if state == 'edited' else state}")
    click.echo(", ".join(f"{number} {state}" for state, number in counts.items()))
    return 0
