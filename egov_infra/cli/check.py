"""`egov-infra check`: the gate of CI; offline, without credentials."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import faults_in, format_option, open_all, policies_option, profile_option


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=pathlib.Path))
@policies_option
@profile_option
@format_option
def command(
    paths: tuple[pathlib.Path, ...], policies: pathlib.Path | None, profile: str | None, style: str
) -> int:
    r"""Read, plan and judge PATHS (an estate's folder or single manifests).

    A manifest is judged within its estate, and only its findings are shown.

    \b
    egov-infra check stacks/estate
    egov-infra check stacks/estate/institutions/erb.yaml --format json

    Exit code: 0 clean, 1 blocked, 2 inputs cannot be read, 3 undecidable.
    """
    from egov_infra.policy.gate import decide
    from egov_infra.policy.judge import judge_estate

    paths = paths or (pathlib.Path("stacks/estate"),)
    shown = {path.stem for path in paths if path.suffix == ".yaml" and path.name != "estate.yaml"}
    with faults_in(style, paths[0]):
        opened = open_all(paths[0], policies, profile)
        judgement = judge_estate(opened.source, opened.policies, opened.context, shown=shown or None)
    decision = decide(judgement)
    if style == "json":
        from egov_infra.report.document import judgement_document

        click.echo(judgement_document(judgement, decision))
    else:
        from egov_infra.report.judgement_text import render_judgement

        click.echo("\n".join(render_judgement(judgement, decision)))
    return decision.exit_code
