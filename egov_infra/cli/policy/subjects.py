"""`egov-infra policy subjects`: what rules can read."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

import click

from egov_infra.cli.options import estate_option, faults_in, format_option, open_estate_at

if TYPE_CHECKING:
    from egov_infra.policy.subject import Kind


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

    kind = _named(name)
    seen = sight([kind], *open_estate_at(estate))[kind.name]
    if style == "json":
        from egov_infra.report.subject_document import kind_document

        return kind_document(kind, seen)
    from egov_infra.report.subject_text import render_kind

    return "\n".join(render_kind(kind, seen))


def _named(name: str) -> Kind:
    """A kind, also by the short name of an AWS type, such as s3.Bucket. Raises InputError."""
    from egov_infra.plan.catalogue import UnknownTypeError, aws_type
    from egov_infra.policy.subject import UnknownKindError, kind_of
    from egov_infra.source.diagnostic import Diagnostic, InputError, Place

    try:
        return kind_of(name)
    except UnknownKindError as error:
        try:
            return kind_of(aws_type(name).token)
        except UnknownTypeError:
            place = Place("<arguments>")
            raise InputError([Diagnostic(place, "subject-unknown", str(error), error.suggestion)]) from None
