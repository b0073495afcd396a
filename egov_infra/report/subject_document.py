"""What rules can read, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from egov_infra.policy.readable import Field, describe, fields_of, reference_of
from egov_infra.policy.sighting import Sightings
from egov_infra.policy.subject import Kind
from egov_infra.report.document import document


def kinds_document(kinds: Sequence[Kind], tokens: Sequence[str]) -> str:
    """The kinds of subjects in short."""
    subjects = [{"name": kind.name, "description": describe(kind)} for kind in kinds]
    return document(
        {"subjects": len(kinds), "aws_types": len(tokens)}, subjects=subjects, aws_types=list(tokens)
    )


def kind_document(kind: Kind, seen: Sightings) -> str:
    """A kind of subject with every field."""
    fields = [_field_data(field, seen) for field in fields_of(kind)]
    about = {"name": kind.name, "description": describe(kind), "reference": reference_of(kind)}
    return document({"fields": len(fields)}, subject=about, fields=fields)


def _field_data(field: Field, seen: Sightings) -> Mapping[str, object]:
    return {
        "path": field.path,
        "type": field.type_name,
        "choices": list(field.choices),
        "unit": field.unit,
        "description": field.description,
        "example": seen.example(field.path),
    }
