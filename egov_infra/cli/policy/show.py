"""`egov-infra policy show`: the page of a rule."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)


@click.command()
@click.argument("rule_id", metavar="ID")
@estate_option
@policies_option
@profile_option
@format_option
def command(
    rule_id: str,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
) -> int:
    r"""Show the rule ID: what is wrong, why, what must hold, how to fix it, and who is affected now.

    Its parameters and what its findings do are those of the profile in force.

    \b
    egov-infra policy show mail-dmarc-not-enforced
    egov-infra policy show tenancy-bucket-public --format json
    """
    from egov_infra.policy.framework_coverage import cover_frameworks, requirements_of
    from egov_infra.policy.rulebook import entry_of
    from egov_infra.policy.standing import standing_of

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        today = opened.context.today
        entry = entry_of(opened.policies, rule_id, today)
        cited = requirements_of(rule_id, cover_frameworks(opened.policies, today))
        standing = standing_of(entry.rule, opened.source, opened.policies, opened.context)
    if style == "json":
        from egov_infra.report.rule_document import rule_document

        click.echo(rule_document(entry, standing, cited, opened.policies, today))
    else:
        from egov_infra.report.rule_page import render_rule

        profile_name, everyone = opened.policies.profile.name, len(opened.source.slugs)
        page = render_rule(entry, standing, cited, profile_name, today, everyone)
        click.echo("\n".join(page))
    return 0
