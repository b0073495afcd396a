"""`egov-infra waiver add`: a waiver of a finding, refused with everything that would be wrong with it."""

from __future__ import annotations

import datetime
import pathlib

import click

from egov_infra.cli._day import DAY_TYPE
from egov_infra.cli.options import estate_option, open_all, policies_option, profile_option, say


@click.command()
@click.argument("finding")
@click.option("--reason", required=True, help="Why, in at least 40 characters.")
@click.option("--author", required=True, help="Who asks.")
@click.option(
    "--approver", required=True, help="Who approved: another member of staff, certified for the domain."
)
@click.option("--approved-on", type=DAY_TYPE, metavar="DATE", help="Day of approval. Default: today.")
@click.option("--expires-on", type=DAY_TYPE, required=True, metavar="DATE", help="Last day.")
@click.option("--compensating-control", required=True, help="What holds the risk meanwhile.")
@click.option("--dry-run", is_flag=True, help="Print the waiver, and write nothing.")
@estate_option
@policies_option
@profile_option
def command(
    finding: str,
    reason: str,
    author: str,
    approver: str,
    approved_on: datetime.date | None,
    expires_on: datetime.date,
    compensating_control: str,
    dry_run: bool,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
) -> int:
    r"""Waive FINDING, the fingerprint that `check` prints in brackets or its beginning, with the values that it has now.

    \b
    egov-infra waiver add 0123456789abcdef --author 'Baraka Lema' --approver 'Asha Mwinyi' --expires-on 2020-08-15 \
      --reason 'A legacy subdomain still sends through its own relay.' \
      --compensating-control 'Reports are read every day.'

    Exit code: 0 written, 2 refused, with everything that would be wrong with it.
    """
    from egov_infra.policy.judge import judge_estate
    from egov_infra.policy.locate import refuse_bundled
    from egov_infra.policy.request import request_waiver
    from egov_infra.policy.waiver import WAIVERS_FILE
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.document import read_bytes
    from egov_infra.source.listing import add_entry, entry_text

    opened = open_all(estate, policies, profile, is_gate=False)
    folder, today = opened.policies.folder, opened.context.today
    refuse_bundled(folder)
    given = {
        "reason": reason,
        "author": author,
        "approver": approver,
        "approved_on": str(approved_on or today),
        "expires_on": str(expires_on),
        "compensating_control": compensating_control,
    }
    judgement = judge_estate(opened.source, opened.policies, opened.context)
    waiver = request_waiver(judgement, opened.policies.terms(opened.source, today), finding, given)
    path = folder / WAIVERS_FILE
    entry = {name: str(value) for name, value in waiver}
    content = add_entry(read_bytes(path, str(path)) if path.exists() else None, str(path), "waivers", entry)
    click.echo(entry_text(entry))
    if dry_run:
        say(f"nothing was written; without --dry-run this goes to {path}")
        return 0
    write_atomically(path, content)
    say(f"written to {path}: the review of this change is the approval")
    return 0
