"""`egov-infra waiver list`: the register of waivers."""

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
@click.option("--domain", help="Only waivers of rules of a domain, such as mail.")
@click.option(
    "--severity",
    type=click.Choice(["critical", "high", "medium", "low"]),
    help="Only waivers of rules so bad.",
)
@click.option(
    "--framework", help="Only waivers of rules with controls of a framework, such as nist-800-53-r5."
)
@click.option("--institution", metavar="SLUG", help="Only waivers of an institution.")
@click.option(
    "--state",
    type=click.Choice(["in-force", "ending", "expired", "faulty", "waiting"]),
    help="Only waivers that stand so today: `ending` warns, `waiting` means that the profile leaves the rule out.",
)
@estate_option
@policies_option
@profile_option
@format_option
def command(
    domain: str | None,
    severity: str | None,
    framework: str | None,
    institution: str | None,
    state: str | None,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
) -> int:
    r"""List the waivers with their days left, those that end first at the top. Nothing is judged for it.

    \b
    egov-infra waiver list
    egov-infra waiver list --state ending --format json
    """
    from egov_infra.policy.register import registered

    with faults_in(style, estate):
        opened = open_all(estate, policies, profile, is_gate=False)
        today = opened.context.today
        every = registered(opened.policies.waivers, opened.policies.terms(opened.source, today))
        rules = {rule.id: rule for rule in (*opened.policies.rules, *opened.policies.unselected)}
        demand("domain", domain, {rule.domain for rule in rules.values()}, "in the policies")
        frameworks = {name for rule in rules.values() for name in rule.metadata.controls}
        demand("framework", framework, frameworks, "in the policies")
        demand("institution", institution, opened.source.slugs, "in the estate")
    shown = [
        row
        for row in every
        if domain in (None, row.waiver.rule.partition("-")[0])
        and severity in (None, row.severity)
        and institution in (None, row.waiver.institution)
        and state in (None, row.state)
        and (framework is None or (row.rule is not None and framework in row.rule.metadata.controls))
    ]
    if style == "json":
        from egov_infra.report.waiver_document import register_document

        click.echo(register_document(shown, len(every), opened.policies.profile.settings.waivers, today))
    else:
        from egov_infra.report.waiver_text import render_register

        click.echo("\n".join(render_register(shown, len(every), today)))
    return 0
