"""`egov-infra policy list`: the rules, and what each does in the profile in force."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import (
    demand,
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
)


@click.command()
@click.option("--domain", help="Only rules of a domain, such as mail.")
@click.option(
    "--severity", type=click.Choice(["critical", "high", "medium", "low"]), help="Only rules so bad."
)
@click.option("--framework", help="Only rules that look at a requirement of a framework, such as cis-aws.")
@click.option(
    "--state",
    type=click.Choice(["block", "warn", "draft", "not-selected"]),
    help="Only rules whose findings do this today, in the profile in force.",
)
@estate_option
@policies_option
@profile_option
@format_option
def command(
    domain: str | None,
    severity: str | None,
    framework: str | None,
    state: str | None,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
) -> int:
    r"""List the rules, with what the profile in force makes of each today.

    \b
    egov-infra policy list --domain mail --severity critical
    egov-infra policy list --framework scuba
    egov-infra policy list --state warn --profile gov-uk-mail --format json
    """
    from egov_infra.policy.framework_coverage import cover_frameworks
    from egov_infra.policy.rulebook import entries

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        every = entries(opened.policies, opened.context.today)
        demand("domain", domain, {entry.rule.domain for entry in every}, "in the policies")
        covered = cover_frameworks(opened.policies, opened.context.today) if framework is not None else ()
        looking = {coverage.framework.name: coverage.entries for coverage in covered}
        demand("framework", framework, looking, "in the policies")
    shown = [
        entry
        for entry in every
        if domain in (None, entry.rule.domain)
        and severity in (None, entry.rule.metadata.severity)
        and state in (None, entry.state)
        and (framework is None or entry.rule.id in looking[framework])
    ]
    if style == "json":
        from egov_infra.report.rule_document import list_document

        click.echo(list_document(shown, len(every), opened.policies))
    else:
        from egov_infra.report.rule_text import render_list

        click.echo("\n".join(render_list(shown, len(every), opened.policies.profile.name)))
    return 0
