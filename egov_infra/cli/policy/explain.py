"""`egov-infra policy explain`: why a rule says what it says of a subject."""

from __future__ import annotations

import pathlib
import re
from typing import TYPE_CHECKING

import click

from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)

if TYPE_CHECKING:
    from egov_infra.policy.finding import Verdict

_MARK = re.compile("[0-9a-f]{4,16}")


@click.command()
@click.argument("finding", metavar="FINDING|RULE")
@click.option(
    "--institution", metavar="SLUG", help="With a RULE: whose subject; `platform` for what is shared."
)
@click.option("--subject", metavar="KEY", help="With a RULE: which one, where there are several.")
@estate_option
@policies_option
@profile_option
@format_option
def command(
    finding: str,
    institution: str | None,
    subject: str | None,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
) -> int:
    r"""Show why: the formula with each value that the rule read, where that was written, and what would change it.

    FINDING is the fingerprint that `check` prints, or its beginning. Of what passes there is none: name the RULE and
    the institution.

    \b
    egov-infra policy explain 3f9c0a1b
    egov-infra policy explain mail-dmarc-not-enforced --institution erb

    Exit code: 0, whatever the rule says: `check` is the gate.
    """
    from egov_infra.policy.explain.explanation import explain, find_finding, verdicts_of
    from egov_infra.policy.judge import judge_estate
    from egov_infra.policy.rulebook import entry_of

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        all_of = (opened.source, opened.policies, opened.context)
        found = None
        if _MARK.fullmatch(finding) and institution is None:
            found = find_finding(judge_estate(*all_of), finding)
            finding, institution, subject = found.rule, found.institution, found.subject
        entry = entry_of(opened.policies, finding, opened.context.today)
        if institution is None:
            raise click.UsageError("name the institution too: --institution SLUG")
        if subject is None:
            verdicts = verdicts_of(*all_of, entry.rule, institution)
            if len(verdicts) != 1:
                return _list(entry.rule.id, institution, list(verdicts.items()), style)
            subject = next(iter(verdicts))
        explanation = explain(*all_of, entry.rule, institution, subject)
    if style == "json":
        from egov_infra.report.explanation_document import explanation_document

        click.echo(explanation_document(explanation, entry, found))
    else:
        from egov_infra.report.explanation_text import render_explanation

        click.echo("\n".join(render_explanation(explanation, entry, found)))
    return 0


def _list(rule: str, owner: str, verdicts: list[tuple[str, Verdict]], style: str) -> int:
    if style == "json":
        from egov_infra.report.explanation_document import verdicts_document

        click.echo(verdicts_document(rule, owner, verdicts))
    else:
        from egov_infra.report.explanation_text import render_verdicts

        click.echo("\n".join(render_verdicts(rule, owner, verdicts)))
    return 0
