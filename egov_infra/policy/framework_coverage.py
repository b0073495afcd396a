"""What rules look at of each framework, in the profile in force: automated, partly, or left to people.

No figure says that a requirement is met. It says who looks: rules, rules and people, or people alone.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias, get_args

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.policy.framework import Framework, Shelf
from egov_infra.policy.framework_file import Automated, Partly
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule
from egov_infra.policy.rulebook import Entry, State, entries
from egov_infra.source.diagnostic import Diagnostic
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

Sight: TypeAlias = Literal["automated", "partly", "manual"]
SIGHTS: tuple[Sight, ...] = get_args(Sight)
_AT_WORK: Final[tuple[State, ...]] = ("block", "warn")
_UNSAID: Final = "the framework's file does not say what these rules do not see"


@frozen
class Requirement:
    """A requirement, and the rules that look at it."""

    id: str
    title: str
    group: str | None
    """Id of its group."""
    declared: Sight
    """What the framework's file says, with every rule at work."""
    unseen: str | None
    """What rules do not see of it."""
    rules: tuple[Entry, ...]
    """Those that look at it, also where they are drafted or not selected."""

    @property
    def asleep(self) -> tuple[Entry, ...]:
        """Its rules that are drafted or not selected: they look at nothing here."""
        return tuple(entry for entry in self.rules if entry.state not in _AT_WORK)

    @property
    def sight(self) -> Sight:
        """What there is in the profile in force: with a rule asleep it is no longer seen whole, with all asleep not at all."""
        if len(self.asleep) == len(self.rules):
            return "manual"
        return "automated" if self.declared == "automated" and not self.asleep else "partly"


@frozen
class FrameworkCoverage:
    """A framework with its requirements, sorted by id."""

    framework: Framework
    requirements: tuple[Requirement, ...]

    @property
    def counts(self) -> Mapping[Sight, int]:
        """How many requirements are seen whole, in part, and by people alone."""
        found = Counter(requirement.sight for requirement in self.requirements)
        return {sight: found[sight] for sight in SIGHTS}

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every rule that looks at one of them, also where it is asleep, by id."""
        return {entry.rule.id: entry for requirement in self.requirements for entry in requirement.rules}

    @property
    def rules(self) -> tuple[str, ...]:
        """Those at work, sorted."""
        return tuple(sorted(name for name, entry in self.entries.items() if entry.state in _AT_WORK))


def cover_frameworks(policies: Policies, today: datetime.date) -> tuple[FrameworkCoverage, ...]:
    """Every framework, sorted by name, whether or not it fits the rules. Raises InputError with everything wrong in any file."""
    every = entries(policies, today)
    frameworks = Shelf(policies.folder).every()
    return tuple(_cover(framework, _looking(framework, every)) for framework in frameworks)


def framework_faults(covered: Sequence[FrameworkCoverage], policies: Policies) -> tuple[Diagnostic, ...]:
    """Where frameworks do not fit the rules, each at its place."""
    rules = sorted((*policies.rules, *policies.unselected), key=lambda rule: rule.id)
    return tuple(
        fault
        for coverage in covered
        for fault in diagnose(coverage.framework.document, [_faults(coverage, rules)])
    )


def requirements_of(rule: str, covered: Sequence[FrameworkCoverage]) -> Mapping[str, tuple[Requirement, ...]]:
    """Framework to the requirements that a rule looks at."""
    found = {
        coverage.framework.name: tuple(
            requirement
            for requirement in coverage.requirements
            if any(entry.rule.id == rule for entry in requirement.rules)
        )
        for coverage in covered
    }
    return {name: requirements for name, requirements in found.items() if requirements}


_Looking: TypeAlias = Mapping[str, Sequence[Entry]]
"""Requirement to the rules that look at it, sorted by id; some may stand in it twice."""


def _looking(framework: Framework, every: Sequence[Entry]) -> _Looking:
    """From the `controls` of rules and from the framework's own `rules`."""
    found: dict[str, list[Entry]] = {}
    for entry in every:
        for cited in entry.rule.metadata.controls.get(framework.name, ()):
            found.setdefault(cited, []).append(entry)
    for requirement, seen in _seen(framework).items():
        for pattern in seen.rules:
            matching = [entry for entry in every if fnmatchcase(entry.rule.id, pattern)]
            found.setdefault(requirement, []).extend(matching)
    return {
        requirement: sorted(rules, key=lambda entry: entry.rule.id) for requirement, rules in found.items()
    }


def _seen(framework: Framework) -> Mapping[str, Automated]:
    return {**framework.file.automated, **framework.file.partly}


def _cover(framework: Framework, looking: _Looking) -> FrameworkCoverage:
    seen = _seen(framework)
    requirements = []
    for key, title in framework.titles.items():
        rules = {entry.rule.id: entry for entry in looking.get(key, ())}
        one = seen.get(key)
        unseen = one.unseen if isinstance(one, Partly) else _UNSAID if one is None and rules else None
        declared: Sight = "manual" if one is None else "partly" if isinstance(one, Partly) else "automated"
        group = framework.group_of(key)
        requirements.append(Requirement(key, title, group, declared, unseen, tuple(rules.values())))
    return FrameworkCoverage(framework, tuple(requirements))


def _faults(coverage: FrameworkCoverage, rules: Sequence[Rule]) -> Iterator[Fault]:
    """Where a framework's file fits neither itself nor the rules; one from elsewhere need not fit the rules."""
    framework, file = coverage.framework, coverage.framework.file
    groups = ", ".join(file.groups)
    for requirement in coverage.requirements:
        path = (requirement.declared, requirement.id)
        if file.groups and requirement.group is None:
            message = f"no group holds {requirement.id}; there are {groups}"
            yield Fault(path, "requirement-group", message, is_key=True)
        if not framework.is_own:
            continue
        if requirement.declared == "manual" and requirement.rules:
            named = ", ".join(entry.rule.id for entry in requirement.rules)
            message = (
                f"{requirement.id} is not manual: {named} names it; say under partly what that does not see"
            )
            yield Fault(path, "requirement-seen", message, is_key=True)
        if requirement.declared != "manual" and not requirement.rules:
            message = f"no rule looks at {requirement.id}: it is manual"
            yield Fault(path, "requirement-unseen", message, is_key=True)
    for requirement_id, seen in _seen(framework).items() if framework.is_own else ():
        section = "automated" if requirement_id in file.automated else "partly"
        yield from _wrong_rules(framework.name, (section, requirement_id), seen, rules)


def _wrong_rules(
    framework: str, path: tuple[str, str], seen: Automated, rules: Sequence[Rule]
) -> Iterator[Fault]:
    met: set[str] = set()
    for number, pattern in enumerate(seen.rules):
        place = (*path, "rules", number)
        matching = [rule for rule in rules if fnmatchcase(rule.id, pattern)]
        if not matching:
            hint = closest(pattern, [rule.id for rule in rules])
            yield Fault(place, "requirement-rule", f"no rule {pattern!r}", hint)
        for rule in matching:
            if path[1] in rule.metadata.controls.get(framework, ()):
                yield Fault(
                    place, "requirement-rule-twice", f"{rule.id} names {path[1]} itself: once is enough"
                )
            elif rule.id in met:
                yield Fault(place, "requirement-rule-twice", f"{rule.id} stands here twice")
        met |= {rule.id for rule in matching}
