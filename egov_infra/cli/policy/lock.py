"""`egov-infra policy lock`: what the policies are, byte for byte."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import estate_option, policies_option, say


@click.command()
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing: say in what the policies differ from their lock.",
)
@click.option(
    "--release",
    metavar="VERSION",
    help="Version of the policies, such as 1.2.0. Default: that of the lock that is there.",
)
@estate_option
@policies_option
def command(
    only_check: bool, release: str | None, estate: pathlib.Path, policies: pathlib.Path | None
) -> int:
    r"""Write bundle.lock: the digest of every file of the policies but the waivers, which are reviewed on their own.

    A signature of an older lock is removed: it is of other policies.

    \b
    egov-infra policy lock
    egov-infra policy lock --check

    Exit code: 0 written, or as the lock says; 2 not, with each file that differs.
    """
    from egov_infra.policy.bundle import LOCK_FILE, SIGNATURE_FILE, lock_text, read_lock, verify
    from egov_infra.policy.locate import find_policies, refuse_bundled
    from egov_infra.source.atomic_file import write_atomically

    folder = find_policies(estate, policies)
    if only_check:
        seal = verify(folder)
        click.echo(f"policies {seal.version} as their lock says: {seal.digest}")
        return 0
    refuse_bundled(folder)
    path = folder / LOCK_FILE
    version = release or (read_lock(folder)[0].version if path.exists() else "1.0.0")
    text = lock_text(folder, version)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text.encode())
        if (folder / SIGNATURE_FILE).exists():
            (folder / SIGNATURE_FILE).unlink()
            say(f"{folder / SIGNATURE_FILE} was of another lock, and is removed: sign anew")
    click.echo(f"policies {version}: {read_lock(folder)[0].digest}")
    return 0
