"""What rules look at: kinds of subjects, and how they are found in an institution and its plan.

A kind of the model is a module of `policy/subjects/` with a `KIND`; the folder is scanned. Every AWS type of the
catalogue is a kind too, named by its token.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cache
from typing import Any, TypeAlias

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.catalogue import UnknownTypeError, aws_type, tokens
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.policy import subjects
from egov_infra.policy.expression.types import (
    BOOL,
    STRING,
    RecordType,
    Type,
    aws_record,
    record_of,
    texts_of,
)
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

Stacks: TypeAlias = tuple[StackPlan, ...]
_OPTIONS = RecordType("Options", lambda: {"protect": BOOL}, texts=lambda: texts_of(Options))
RESOURCE = RecordType(
    "PlannedResource",
    lambda: {
        **dict.fromkeys(("type", "name", "owner", "stack", "account", "region"), STRING),
        "options": _OPTIONS,
    },
    texts=lambda: texts_of(PlannedResource),
)


@frozen
class InstitutionFacts:
    """What any rule may ask about the institution that a subject belongs to."""

    slug: str
    """Its short name, which is that of its file."""
    kind: str
    """What it is, such as ministry."""
    state: str
    """How far it is: planned, active, draining, closed."""
    classification: str
    """The highest class of the data that it holds."""
    tier: str
    """Tier of its tenancy; `none` without one."""


@frozen
class Planned:
    """An institution with its stacks: what subjects are found in."""

    loaded: LoadedInstitution
    stacks: tuple[StackPlan, ...]
    context: PlanContext

    def facts(self) -> InstitutionFacts:
        """The institution's facts for rules."""
        institution = self.loaded.institution
        identity = institution.institution
        tier = institution.tenancy.tier if institution.tenancy else "none"
        return InstitutionFacts(identity.slug, identity.kind, identity.state, identity.classification, tier)


@frozen
class Subject:
    """One thing to judge. `key` leads to it by natural keys; `path` is where it stands in the manifest."""

    value: Any
    key: str
    path: Path
    resource: PlannedResource | None = None


@frozen
class Kind:
    """A kind of subject: the variables of its rules with their types, and how to find subjects.

    `find` is None for kinds that are gathered over the whole estate, and for AWS types, which are found by type.
    `shared` finds subjects in what institutions share, with its stacks; their paths are those of `estate.yaml`.
    """

    name: str
    variables: Mapping[str, Type]
    find: Callable[[Planned], Iterator[Subject]] | None = None
    shared: Callable[[PlanContext, Stacks], Iterator[Subject]] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    """What those of its variables mean that are no records."""


def spans_institutions(kind: Kind) -> bool:
    """Whether subjects of a kind are gathered over the whole estate."""
    is_found = kind.find is not None or kind.shared is not None or kind.name.startswith("aws:")
    return not is_found and kind.name not in ("account", "planned_resource")


class UnknownKindError(LookupError):
    """No such kind of subject."""

    def __init__(self, name: str, suggestion: str | None) -> None:
        super().__init__(f"no subject {name!r}")
        self.suggestion = suggestion


def model_kind(
    name: str,
    record: type,
    find: Callable[[Planned], Iterator[Subject]] | None = None,
    shared: Callable[[PlanContext, Stacks], Iterator[Subject]] | None = None,
) -> Kind:
    """A kind of the model, whose subjects are frozen dataclasses."""
    variables: dict[str, Type] = {"subject": record_of(record)}
    if find is not None:
        variables["institution"] = record_of(InstitutionFacts)
    return Kind(name, variables, find, shared)


def shared_kind(name: str, record: type, shared: Callable[[PlanContext, Stacks], Iterator[Subject]]) -> Kind:
    """A kind of the estate itself, whose subjects are frozen dataclasses."""
    return Kind(name, {"subject": record_of(record)}, shared=shared)


@cache
def model_kinds() -> Mapping[str, Kind]:
    """The kinds of the model by name."""
    modules = (
        importlib.import_module(f"{subjects.__name__}.{module.name}")
        for module in pkgutil.iter_modules(subjects.__path__)
    )
    kinds: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.name: kind for kind in kinds}


@cache
def kind_of(name: str) -> Kind:
    """The kind of a name. Raises UnknownKindError."""
    kinds = model_kinds()
    if name in kinds:
        return kinds[name]
    try:
        if name.startswith("aws:"):
            token = aws_type(name).token
            variables = {
                "subject": aws_record(token),
                "resource": RESOURCE,
                "institution": record_of(InstitutionFacts),
            }
            return Kind(token, variables)
    except UnknownTypeError:
        pass
    raise UnknownKindError(name, closest(name, [*kinds, *tokens()]))
