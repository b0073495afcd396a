"""AWS types that no rule looks at, accepted with a reason: `policies/accepted-types.yaml`."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.plan.catalogue import tokens
from egov_infra.source.diagnostic import InputError
from egov_infra.source.document import Document, read_document
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

ACCEPTED_FILE: Final = "accepted-types.yaml"


class AcceptedType(Record):
    """An AWS type that needs no rule."""

    type: str
    """Its token, such as `aws:s3/bucket:Bucket`."""
    reason: Annotated[str, Field(min_length=20)]
    """Why nothing of it can be wrong, or what judges it instead."""


class AcceptedFile(Record):
    """What the file says."""

    types: tuple[AcceptedType, ...]
    """The types."""


@frozen
class AcceptedTypes:
    """The accepted types, and where each stands."""

    types: tuple[AcceptedType, ...] = ()
    document: Document | None = None


def load_accepted(folder: pathlib.Path) -> AcceptedTypes:
    """The accepted types of a policies folder; none without the file. Raises InputError."""
    path = folder / ACCEPTED_FILE
    if not path.is_file():
        return AcceptedTypes()
    document = read_document(path, str(path))
    found, faults = validate(document, AcceptedFile)
    if found is None:
        raise InputError(faults)
    if wrong := diagnose(document, [_faults(found)]):
        raise InputError(wrong)
    return AcceptedTypes(found.types, document)


def _faults(found: AcceptedFile) -> Iterator[Fault]:
    known, seen = tokens(), set[str]()
    for number, item in enumerate(found.types):
        path = ("types", number, "type")
        if item.type not in known:
            message = f"no AWS type {item.type!r} in the catalogue"
            yield Fault(path, "accepted-type", message, closest(item.type, known))
        if item.type in seen:
            yield Fault(path, "accepted-type", f"{item.type} stands here twice")
        seen.add(item.type)
