"""`egov-infra evidence`: write down what was judged, and verify what was written."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

import click

from egov_infra.cli.options import (
    estate_option,
    faults_in,
    format_option,
    open_all,
    policies_option,
    profile_option,
    recorded_states,
    say,
    target_option,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from egov_infra.cli.options import Opened
    from egov_infra.report.verification import Difference


class _Evidence(click.Group):
    """Whatever does not name a sub-command is selectors to write evidence of."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *self.get_help_option_names(ctx)):
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Evidence)
def command() -> None:
    r"""Write evidence of selected stacks, or verify evidence that was written.

    \b
    egov-infra evidence erb --output erb.json
    egov-infra evidence verify erb.json
    """


@command.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@profile_option
@target_option
@click.option("--output", type=click.Path(path_type=pathlib.Path), help="File to write; default stdout.")
def write(
    selectors: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    target: str,
    output: pathlib.Path | None,
) -> int:
    """Write evidence of SELECTORS: digests of manifests, policies, plans and states, every verdict, the date used.

    `evidence SELECTORS…` says the same. The same inputs give the same bytes.
    """
    from egov_infra.engine.up import prepare
    from egov_infra.report.evidence import evidence
    from egov_infra.source.atomic_file import write_atomically

    opened = open_all(estate, policies, profile)
    states, _ = recorded_states(target, opened.source)
    prepared = prepare(opened.source, opened.policies, opened.context, selectors, states, None)
    content = evidence(prepared, states, opened.source, selectors, target)
    if output is None:
        click.echo(content, nl=False)
    else:
        write_atomically(output, content.encode())
        say(f"wrote {output}")
    return prepared.decision.exit_code


@command.command()
@click.argument("file", type=click.Path(path_type=pathlib.Path))
@estate_option
@policies_option
@profile_option
@format_option
@click.option("--without-states", is_flag=True, help="Leave the states out: a checkout alone has none.")
def verify(
    file: pathlib.Path,
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None,
    style: str,
    without_states: bool,
) -> int:
    """Compute everything that FILE says again, from manifests, policies and states, and name what differs.

    So a record is found out that was changed and given a new digest. Check out the manifests and policies of its time
    first. Exit code: 0 verified, 1 differs, 2 cannot be read.
    """
    import egov_infra
    from egov_infra.report.verification import read_evidence, render_verification, verification_document

    with faults_in(style, file):
        recorded = read_evidence(file)
        differences = _differences(
            recorded, open_all(estate, policies, profile), has_states=not without_states
        )
    code = 1 if differences else 0
    if recorded["tool"]["version"] != egov_infra.__version__:
        say(f"written by version {recorded['tool']['version']}, verified by {egov_infra.__version__}")
    if without_states:
        say("the digests of states were not looked at")
    if style == "json":
        click.echo(verification_document(recorded, differences, code))
    else:
        click.echo("\n".join(render_verification(recorded, differences)))
    return code


def _differences(recorded: Mapping[str, Any], opened: Opened, *, has_states: bool) -> tuple[Difference, ...]:
    """In what a record differs from what is computed now, as of the day on which it was judged.

    A sample stands still at its own day, and no record is of a day to come: then the day differs too.
    """
    import datetime
    from dataclasses import replace

    from egov_infra.engine.selection import slugs_of
    from egov_infra.engine.up import prepare
    from egov_infra.report.evidence import collect
    from egov_infra.report.verification import Difference, compare
    from egov_infra.source.diagnostic import InputError

    named, ours = recorded["summary"]["profile"], opened.policies.profile.name
    if named != ours:
        say(f"the record is of profile {named}; with --profile {named} it is verified by that one")
        return (Difference("summary/profile", named, ours),)
    selectors, source = recorded["selectors"], opened.source
    try:
        slugs_of(selectors, source.slugs)
    except InputError as error:
        return tuple(Difference("selectors", item.message, "no such") for item in error.diagnostics)
    day = datetime.date.fromisoformat(recorded["summary"]["as_of"])
    day = source.estate.today() or min(day, opened.context.today)
    states, _ = recorded_states(recorded["target"], source)
    prepared = prepare(source, opened.policies, replace(opened.context, today=day), selectors, states, None)
    found = collect(prepared, states, source, selectors, recorded["target"])
    return compare(recorded, found, has_states=has_states)
