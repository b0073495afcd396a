"""Examples of what rules read, seen in an estate: what stands in each field of the subjects that are there."""

from __future__ import annotations

import datetime
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.evaluation import RuleGroup
from egov_infra.policy.expression.operation import known
from egov_infra.policy.expression.tree import Literal, unparse
from egov_infra.policy.expression.unknown import UnknownValueError
from egov_infra.policy.judge import Judge
from egov_infra.policy.policies import Policies
from egov_infra.policy.profile import Profile, ProfileFile
from egov_infra.policy.readable import Field, fields_of
from egov_infra.policy.subject import Kind
from egov_infra.policy.waiver import Register

UNKNOWN = "known only after creation"
_MOST_INSTITUTIONS = 12
_LONGEST = 60
_FAINT = ("[]", "''", "{}", UNKNOWN)
"""What says little; another subject may show more."""
_NO_RULES = Policies(
    pathlib.Path(), (), Profile("", "", ProfileFile(title="no rules", severities={})), Register((), None)
)


class Sightings:
    """What was seen in the fields of a kind."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._children: defaultdict[str, list[tuple[str, Field]]] = defaultdict(list)
        for one in fields:
            parent, _, name = one.path.rpartition(".")
            self._children[parent].append((name, one))
        self._missing = {one.path for one in fields if not one.holds_fields}
        self._found: dict[str, str] = {}

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be seen."""
        return not self._missing

    def example(self, path: str) -> str | None:
        """A value as an expression would write it; None if the field was absent wherever this looked."""
        return self._found.get(path)

    def look(self, names: Sequence[str], values: Sequence[Any]) -> None:
        """Take in the variables of one subject."""
        if self._missing:
            own = dict(zip(names, values, strict=True))
            for name, one in self._children[""]:
                self._see(one, own[name])
            for name, value in own.items():
                self._inside(name, value)

    def _inside(self, path: str, value: Any) -> None:
        for name, one in self._children.get(path, ()):
            self._see(one, value.get(name) if isinstance(value, Mapping) else getattr(value, name))

    def _see(self, one: Field, value: Any) -> None:
        if value is None:
            return
        if one.holds_fields:
            for item in value if isinstance(value, tuple) else (value,):
                self._inside(f"{one.path}[]" if isinstance(value, tuple) else one.path, item)
        elif one.path in self._missing:
            text = write(value)
            if text in _FAINT:
                self._found.setdefault(one.path, text)
            else:
                self._found[one.path] = text
                self._missing.discard(one.path)


def sight(kinds: Iterable[Kind], source: EstateSource, context: PlanContext) -> Mapping[str, Sightings]:
    """Look at the platform, and at the institutions with the longest manifests, until every field has a value.

    Raises InputError for a manifest that cannot be read.
    """
    seen: dict[str, Sightings] = {}
    watched: dict[str, RuleGroup] = {}
    for kind in kinds:
        found = seen[kind.name] = Sightings(fields_of(kind))
        watched[kind.name] = RuleGroup.watching(kind, partial(found.look, tuple(kind.variables)))
    judge = Judge(source, _NO_RULES, context, watched=watched)
    judge.platform()
    folder = source.folder / "institutions"
    by_length = sorted(source.slugs, key=lambda slug: (-(folder / f"{slug}.yaml").stat().st_size, slug))
    for slug in by_length[:_MOST_INSTITUTIONS]:
        if all(found.is_complete for found in seen.values()):
            break
        judge.institution(source.read(slug))
    judge.finish(is_whole=False)
    return seen


def write(value: Any) -> str:
    """A value as an expression would write it, cut where it is long."""
    try:
        text = _written(value)
    except UnknownValueError:
        return UNKNOWN
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _written(value: Any) -> str:
    value = known(value, "it")
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_or_dots(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_or_dots, value))}]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return unparse(Literal(value, 0)) if isinstance(value, bool | int | float | str) else str(value)


def _or_dots(value: Any) -> str:
    """A part of a value, which may itself be known only later."""
    try:
        return _written(value)
    except UnknownValueError:
        return "…"
