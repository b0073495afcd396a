"""What rules look at in a real estate, and what nothing looks at: rules without subjects, AWS types, fields.

A type is looked at by the rules that apply to it, by those that ask what is related to their subject, by those about any
resource that name it, and by those whose subjects are made of it. The last is found by trying: where the resources of a
type are left out, something that the rule reads must change. Rules about any resource that name no type count for none.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.catalogue import tokens
from egov_infra.plan.context import PlanContext
from egov_infra.policy.accepted import AcceptedTypes, load_accepted
from egov_infra.policy.expression.types import ListType, MapType, RecordType, Type
from egov_infra.policy.judge import judge_estate, shared_variables
from egov_infra.policy.policies import Policies
from egov_infra.policy.reading import EACH, Steps, fields_of, related_token, related_types, words_of
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import Kind, Planned, Stacks, Subject
from egov_infra.policy.subjects.account import find_account
from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.frozen import frozen

MOST_ACCEPTED: Final = 0.15
"""Greatest share of the planned types that may be accepted without a rule."""
_TRIES = 5
"""Owners whose stacks are tried for what subjects are made of."""
_ANY = "planned_resource"


@frozen
class RuleUse:
    """A rule, and how many subjects it decided on."""

    rule: str
    subjects: int
    may_be_idle: str | None
    """Why it may decide on none."""


@frozen
class TypeUse:
    """A planned AWS type."""

    type: str
    resources: int
    rules: tuple[str, ...]
    """Those that look at it."""
    accepted: str | None
    """Why it needs no rule."""


@frozen
class FieldUse:
    """The fields of a kind of subject; of an AWS type, those inputs that are planned."""

    kind: str
    read: tuple[str, ...]
    unread: tuple[str, ...]


@frozen
class RuleCoverage:
    """Rules by subjects of an estate."""

    rules: tuple[RuleUse, ...]
    types: tuple[TypeUse, ...]
    fields: tuple[FieldUse, ...]
    faults: tuple[Diagnostic, ...]
    """Rules that decided on nothing, types that nothing looks at, and what is wrong with the accepted ones."""

    @property
    def accepted(self) -> tuple[TypeUse, ...]:
        """Planned types that no rule looks at, with a reason."""
        return tuple(use for use in self.types if use.accepted is not None)


_Seen: TypeAlias = tuple[Subject, Sequence[Any]]
"""A subject, and the variables of its kind."""


class _Owner:
    """An institution, or the platform, with its stacks; what is found in them is found once."""

    def __init__(self, loaded: LoadedInstitution | None, stacks: Stacks) -> None:
        self.size = sum(len(stack.resources) for stack in stacks)
        self._loaded = loaded
        self._stacks = stacks
        self._whole: dict[str, Sequence[_Seen]] = {}
        self._is_planned: dict[str, bool] = {}

    def changed_without(self, token: str, rules: Sequence[Rule], context: PlanContext) -> Iterator[str]:
        """The rules of one kind of the model that read something else where no resource of a type is planned."""
        kind = rules[0].kind
        if kind.name not in self._whole:
            self._whole[kind.name] = tuple(_subjects(kind, self._loaded, self._stacks, context))
            self._is_planned[kind.name] = any(self._changed(rules, lambda _type: False, context))
        if self._is_planned[kind.name]:
            yield from self._changed(rules, lambda found: found != token, context)

    def _changed(
        self, rules: Sequence[Rule], keeps: Callable[[str], bool], context: PlanContext
    ) -> Iterator[str]:
        bare = tuple(
            replace(stack, resources=tuple(item for item in stack.resources if keeps(item.type)))
            for stack in self._stacks
        )
        whole, without = self._whole[rules[0].kind.name], None
        with contextlib.suppress(Exception):  # a subject that cannot be made without it is made of it
            without = tuple(_subjects(rules[0].kind, self._loaded, bare, context))
        for rule in rules:
            if without is None or _values(rule, whole) != _values(rule, without):
                yield rule.id


class _Collected:
    """What is kept of an estate while it passes by."""

    def __init__(self) -> None:
        self.resources: Counter[str] = Counter()
        self.inputs: dict[str, set[str]] = {}
        self.owners: dict[str, list[_Owner]] = {}

    def keep(self, loaded: LoadedInstitution | None, stacks: Stacks) -> None:
        """Count the resources of an owner, and keep the fullest owners of each type."""
        found = set[str]()
        for stack in stacks:
            for resource in stack.resources:
                self.resources[resource.type] += 1
                self.inputs.setdefault(resource.type, set()).update(resource.inputs)
                found.add(resource.type)
        owner = _Owner(loaded, stacks)
        for token in found:
            owners = [*self.owners.get(token, ()), owner]
            self.owners[token] = sorted(owners, key=lambda item: -item.size)[:_TRIES]


def cover(source: EstateSource, policies: Policies, context: PlanContext) -> RuleCoverage:
    """The coverage of a whole estate. Raises InputError as `judge_estate` and `load_accepted`."""
    accepted = load_accepted(policies.folder)
    collected = _Collected()
    judgement = judge_estate(source, policies, context, keep=collected.keep)
    rules = tuple(
        RuleUse(rule.id, judgement.evaluated.get(rule.id, 0), rule.metadata.may_be_idle)
        for rule in policies.rules
    )
    types = tuple(_types(policies.rules, collected, accepted, context))
    fields = tuple(_fields(policies.rules, collected.inputs))
    idle = [
        Diagnostic(Place(rule.file), "rule-idle", f"{rule.id} met no subject in the estate")
        for rule in policies.rules
        if rule.id in judgement.idle
    ]
    place = Place(str(policies.folder))
    return RuleCoverage(rules, types, fields, (*idle, *_type_faults(types, accepted, place)))


def _type_faults(types: Sequence[TypeUse], accepted: AcceptedTypes, folder: Place) -> Iterator[Diagnostic]:
    for use in types:
        if not use.rules and use.accepted is None:
            message = (
                f"no rule looks at {use.type}: write one, or accept it with a reason in accepted-types.yaml"
            )
            yield Diagnostic(folder, "type-unjudged", message)
    found = {use.type: use for use in types}
    for number, item in enumerate(accepted.types):
        assert accepted.document is not None
        place = accepted.document.place(("types", number, "type"))
        if item.type not in found:
            yield Diagnostic(place, "accepted-needless", f"nothing plans {item.type}")
        elif found[item.type].rules:
            looks = ", ".join(found[item.type].rules)
            yield Diagnostic(place, "accepted-needless", f"{item.type} is looked at by {looks}")
    count = sum(use.accepted is not None for use in types)
    if count > MOST_ACCEPTED * len(types):
        message = f"{count} of {len(types)} planned types are accepted without a rule: at most {MOST_ACCEPTED:.0%} may be"
        yield Diagnostic(folder, "accepted-many", message)


def _types(
    rules: Sequence[Rule], collected: _Collected, accepted: AcceptedTypes, context: PlanContext
) -> Iterator[TypeUse]:
    reasons = {item.type: item.reason for item in accepted.types}
    kinds: dict[str, list[Rule]] = {}
    for rule in rules:
        if not rule.kind.name.startswith("aws:") and rule.kind.name != _ANY:
            kinds.setdefault(rule.kind.name, []).append(rule)
    for token, count in sorted(collected.resources.items()):
        looking = {rule.id for rule in rules if token in _named(rule)}
        for owner in collected.owners[token]:
            for members in kinds.values():
                looking.update(owner.changed_without(token, members, context))
            if looking:
                break
        yield TypeUse(token, count, tuple(sorted(looking)), None if looking else reasons.get(token))


def _named(rule: Rule) -> frozenset[str]:
    """The types that a rule looks at by name."""
    named = frozenset(words_of(rule)) & frozenset(tokens()) if rule.kind.name == _ANY else frozenset[str]()
    return named | related_types(rule) | {rule.kind.name}


def _subjects(
    kind: Kind, loaded: LoadedInstitution | None, stacks: Stacks, context: PlanContext
) -> Iterator[_Seen]:
    if kind.name == "account":
        for stack in stacks:
            subject = find_account(stack, context.estate)
            if subject is not None:
                yield subject, (subject.value,)
    elif loaded is None and kind.shared is not None:
        for subject in kind.shared(context, stacks):
            yield subject, shared_variables(kind, subject)
    elif loaded is not None and kind.find is not None:
        planned = Planned(loaded, stacks, context)
        for subject in kind.find(planned):
            yield subject, (subject.value, planned.facts())


def _values(rule: Rule, seen: Sequence[_Seen]) -> list[tuple[str, tuple[Any, ...]]]:
    """What a rule reads of subjects."""
    roots = tuple(rule.kind.variables)
    paths = sorted(fields_of(rule))
    return [
        (subject.key, tuple(_at(variables[roots.index(root)], steps) for root, *steps in paths))
        for subject, variables in seen
    ]


def _at(value: Any, steps: Sequence[str]) -> Any:
    """What stands at a path; of what has fields only that it is there."""
    if not steps or value is None:
        if isinstance(value, tuple):
            return tuple(_at(item, ()) for item in value)
        return dataclasses.is_dataclass(value) or value
    step, *rest = steps
    if step == EACH:
        return tuple(_at(item, rest) for item in (value.values() if isinstance(value, Mapping) else value))
    return _at(value.get(step) if isinstance(value, Mapping) else getattr(value, step), rest)


def _fields(rules: Sequence[Rule], inputs: Mapping[str, set[str]]) -> Iterator[FieldUse]:
    """The fields of each kind that has rules."""
    read: dict[str, set[Steps]] = {}
    kinds: dict[str, Kind] = {}
    for rule in rules:
        kinds[rule.kind.name] = rule.kind
        for root, *steps in fields_of(rule):
            token = related_token(root)
            if token is not None:
                read.setdefault(token, set()).add(tuple(steps[1:]))
            elif root == "subject":
                read.setdefault(rule.kind.name, set()).add(tuple(steps))
    for name, kind in sorted(kinds.items()):
        known = (
            [(field,) for field in sorted(inputs.get(name, ()))]
            if name.startswith("aws:")
            else list(_leaves(kind.variables["subject"]))
        )
        used = [path for path in known if any(_begins(one, path) for one in read.get(name, ()))]
        unused = [path for path in known if path not in used]
        yield FieldUse(name, tuple(map(_shown, used)), tuple(map(_shown, unused)))


def _begins(read: Steps, field: Steps) -> bool:
    """Whether what is read is a field, or is inside of it."""
    return read[: len(field)] == field


def _leaves(kind: Type) -> Iterator[Steps]:
    """The fields of a record that hold no record themselves."""
    if isinstance(kind, RecordType):
        for name, inner in kind.fields().items():
            yield from ((name, *rest) for rest in _leaves(inner))
    elif isinstance(kind, ListType) and isinstance(kind.item, RecordType):
        yield from ((EACH, *rest) for rest in _leaves(kind.item))
    elif isinstance(kind, MapType) and isinstance(kind.value, RecordType):
        yield from ((EACH, *rest) for rest in _leaves(kind.value))
    else:
        yield ()


def _shown(path: Steps) -> str:
    return ".".join(path).replace(f".{EACH}", "[]")
