"""`egov-infra policy sign`: who stands for the policies."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import estate_option, policies_option, say


@click.command()
@click.option(
    "--key",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=pathlib.Path),
    help="Private key for Ed25519 in PEM form, as `openssl genpkey -algorithm ed25519` makes one.",
)
@estate_option
@policies_option
def command(key: pathlib.Path, estate: pathlib.Path, policies: pathlib.Path | None) -> int:
    r"""Sign bundle.lock into bundle.sig. Policies that are not as their lock says are not signed.

    \b
    egov-infra policy sign --key ~/keys/policies.pem

    Exit code: 0 signed, 2 refused.
    """
    from egov_infra.policy.bundle import LOCK_FILE, SIGNATURE_FILE, verify
    from egov_infra.policy.locate import find_policies, refuse_bundled
    from egov_infra.policy.signature import sign
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.document import read_bytes

    folder = find_policies(estate, policies)
    refuse_bundled(folder)
    seal = verify(folder)
    lock = folder / LOCK_FILE
    content, name = sign(read_bytes(lock, str(lock)), key)
    write_atomically(folder / SIGNATURE_FILE, content)
    click.echo(f"policies {seal.version} signed by key {name}: {seal.digest}")
    say(f"commit {lock} and {folder / SIGNATURE_FILE} together")
    return 0
