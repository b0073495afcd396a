"""What rules can read, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from egov_infra.policy.readable import Field, describe, fields_of, reference_of
from egov_infra.policy.sighting import Sightings
from egov_infra.policy.subject import Kind


def render_kinds(kinds: Sequence[Kind], tokens: Sequence[str]) -> Iterator[str]:
    """A line for each kind of subject; AWS types stand by name."""
    width = max(len(kind.name) for kind in kinds)
    for kind in kinds:
        yield f"{kind.name:{width}}  {describe(kind)}"
    yield f"and each of {len(tokens)} AWS types, with its inputs:"
    yield from (f"  {token}" for token in tokens)


def render_kind(kind: Kind, seen: Sightings) -> Iterator[str]:
    """A kind of subject with every field: type, unit, what it means, and what stands there in the estate."""
    yield f"{kind.name}: {describe(kind)}"
    reference = reference_of(kind)
    if reference is not None:
        yield f"The provider describes each input: {reference}"
    for field in fields_of(kind):
        yield ""
        yield f"{field.path}  ({_type(field)})"
        if field.description:
            yield f"  {field.description}"
        if not field.holds_fields:
            yield f"  {example_of(field, seen)}"


def example_of(field: Field, seen: Sightings) -> str:
    """What stands there in the estate, or why there is nothing."""
    found = seen.example(field.path)
    return (
        f"example: {found}" if found is not None else "no example: absent wherever the estate was looked at"
    )


def _type(field: Field) -> str:
    words = [field.type_name]
    if field.choices:
        words.append(f"one of {' | '.join(field.choices)}")
    if field.unit:
        words.append(field.unit)
    return ", ".join(words)
