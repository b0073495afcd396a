"""`egov-infra policy subjects`: what rules can read."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import estate_option, faults_in, format_option, open_estate_at
from egov_infra.cli.policy._kind import kind_named


@click.command()
@click.argument("name", required=False)
@estate_option
@format_option
def command(name: str | None, estate: pathlib.Path, style: str) -> int:
    r"""Print every field that a rule about NAME can read, with type, unit, meaning, and an example of the estate.

    Without NAME, print what rules can be about: subjects of the model, and AWS types.

    \b
    egov-infra policy subjects
    egov-infra policy subjects mail_domain
    egov-infra policy subjects aws:s3/bucket:Bucket --format json
    """
    with faults_in(style, estate):
        click.echo(_kinds(style) if name is None else _kind(name, estate, style))
    return 0


def _kinds(style: str) -> str:
    from egov_infra.plan.catalogue import tokens
    from egov_infra.policy.subject import model_kinds

    kinds = tuple(kind for _, kind in sorted(model_kinds().items()))
    if style == "json":
        from egov_infra.report.subject_document import kinds_document

        return kinds_document(kinds, tokens())
    from egov_infra.report.subject_text import render_kinds

    return "\n".join(render_kinds(kinds, tokens()))


def _kind(name: str, estate: pathlib.Path, style: str) -> str:
    from egov_infra.policy.sighting import sight

    kind = kind_named(name)
    seen = sight([kind], *open_estate_at(estate))[kind.name]
    if style == "json":
        from egov_infra.report.subject_document import kind_document

        return kind_document(kind, seen)
    from egov_infra.report.subject_text import render_kind

    return "\n".join(render_kind(kind, seen))
