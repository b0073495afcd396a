"""A kind of subject that a user named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from egov_infra.policy.subject import Kind


def kind_named(name: str) -> Kind:
    """A kind by its name; an AWS type also by its short one, such as s3.Bucket. Raises InputError."""
    from egov_infra.plan.catalogue import UnknownTypeError, aws_type
    from egov_infra.policy.subject import UnknownKindError, kind_of
    from egov_infra.source.diagnostic import Diagnostic, InputError, Place

    try:
        return kind_of(name)
    except UnknownKindError as error:
        try:
            return kind_of(aws_type(name).token)
        except UnknownTypeError:
            wrong = Diagnostic(Place("<arguments>"), "subject-unknown", str(error), error.suggestion)
            raise InputError([wrong]) from None
