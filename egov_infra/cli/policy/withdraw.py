"""`egov-infra policy withdraw`: take a rule out, and keep its id from being used again."""

from __future__ import annotations

import datetime
import pathlib

import click

from egov_infra.cli._day import DAY_TYPE
from egov_infra.cli.options import estate_option, open_estate_at, policies_option, say


@click.command()
@click.argument("rule_id", metavar="ID")
@click.option("--reason", required=True, help="Why, in at least 20 characters.")
@click.option("--replaced-by", metavar="ID", help="The rule that looks at the matter now.")
@click.option("--on", "day", type=DAY_TYPE, metavar="DATE", help="Day of it. Default: today.")
@estate_option
@policies_option
def command(
    rule_id: str,
    reason: str,
    replaced_by: str | None,
    day: datetime.date | None,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
) -> int:
    r"""Remove the file of the rule ID, and write into withdrawn.yaml that it is no more.

    Refused while a profile, a waiver or a framework still names it.

    \b
    egov-infra policy withdraw mail-exchanger-single --reason 'The mail system has one address everywhere.'

    Exit code: 0 withdrawn, 2 refused.
    """
    from egov_infra.policy.load import load_named, rule_files
    from egov_infra.policy.locate import find_policies, refuse_bundled
    from egov_infra.policy.mention import mentions
    from egov_infra.policy.withdrawn import WITHDRAWN_FILE, withdrawal
    from egov_infra.source.atomic_file import write_atomically
    from egov_infra.source.diagnostic import Diagnostic, InputError
    from egov_infra.source.document import read_bytes
    from egov_infra.source.listing import add_entry, entry_text

    source, context = open_estate_at(estate)
    folder = find_policies(source.folder, policies)
    refuse_bundled(folder)
    (rule,) = load_named(folder, [rule_id])
    files = rule_files(folder)
    entry = withdrawal(rule, day or context.today, reason, replaced_by, files)
    named = list(mentions(folder, rule.id, files[rule.id]))
    if named:
        message = f"names {rule.id}: take that out first"
        raise InputError([Diagnostic(place, "rule-named", message) for place in named])
    path = folder / WITHDRAWN_FILE
    content = read_bytes(path, str(path)) if path.exists() else None
    write_atomically(path, add_entry(content, str(path), "withdrawn", entry))
    files[rule.id].unlink()
    click.echo(entry_text(entry))
    say(f"{files[rule.id]} is removed, and {path} says so")
    return 0
