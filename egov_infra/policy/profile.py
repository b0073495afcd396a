"""Profiles: which rules run, with which parameters, and what their findings do from when."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.model.value import Begin, Date
from egov_infra.policy.finding import Severity
from egov_infra.policy.parameter import given_faults
from egov_infra.policy.rule import Rule
from egov_infra.policy.withdrawn import Withdrawn
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import read_document
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

Action = Literal["block", "warn", "draft"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class _Enforced(Record):
    """What findings do, in one of two ways: an action, with the day from which it holds, or stages that follow each other."""

    action: Action | None = None
    """block stops a change, warn shows, draft only counts."""
    from_: Annotated[Date | None, Field(alias="from")] = None
    """Day from which the action holds; before it they warn."""
    draft: Begin | None = None
    """When they begin to be counted only: `now`."""
    warn: Begin | None = None
    """When they begin to warn: `now`, or a day."""
    block: Begin | None = None
    """When they begin to block: `now`, or a day."""

    @property
    def stages(self) -> tuple[tuple[Action, Begin], ...]:
        """Each action with its beginning, the mildest first; empty if they are not given by stages."""
        given: tuple[tuple[Action, Begin | None], ...] = (
            ("draft", self.draft),
            ("warn", self.warn),
            ("block", self.block),
        )
        return tuple((action, begin) for action, begin in given if begin is not None)


class Enforcement(_Enforced):
    """What the findings of a severity do: `{action: block}`, or `{draft: now, warn: 2021-01-01, block: 2021-03-01}`."""


class RuleSetting(_Enforced):
    """What a profile says of a single rule. Without an action or stages its findings do what those of its severity do."""

    parameters: Mapping[str, object] = {}
    """Values of its parameters; the others keep their defaults."""


class WaiverLimits(Record):
    """How much may be waived at a time, and how early an end is announced."""

    ceiling: Mapping[Severity, Annotated[int, Field(ge=0)]] = {}
    """Severity to the most waivers of such rules in force; without one there may be any number."""
    warn_days: Annotated[int, Field(ge=0, le=365)] = 30
    """A waiver that ends in so many days warns."""


class ProfileFile(Record):
    """What a profile's file says."""

    title: str
    """What the profile is for."""
    reference: tuple[str, ...] = ()
    """Documents that it follows, each with what says so."""
    select: Annotated[tuple[str, ...], Field(min_length=1)] = ("*",)
    """Ids of rules, or globs such as `mail-*`: no other rule runs."""
    severities: Mapping[Severity, Enforcement]
    """Enforcement by severity."""
    rules: Mapping[str, RuleSetting] = {}
    """Single rules: their parameters, and their enforcement over that of their severity."""
    idle: Literal["block", "count"] = "count"
    """Whether a selected rule that met no subject in the whole estate blocks."""
    waivers: WaiverLimits = WaiverLimits()
    """Limits of waivers."""


@frozen
class Step:
    """What findings begin to do, and on which day: None for what they have always done."""

    action: Action
    begins: datetime.date | None


@frozen
class Profile:
    """A profile in force."""

    name: str
    digest: str
    """SHA-256 of its file, in hexadecimal."""
    settings: ProfileFile

    def steps(self, rule: str, severity: Severity) -> tuple[Step, ...]:
        """What findings of a rule do, one step after another."""
        own, general = self.settings.rules.get(rule), _steps(self.settings.severities[severity], "warn")
        return (_steps(own, general[-1].action) if own is not None else ()) or general

    def action(self, rule: str, severity: Severity, today: datetime.date) -> Action:
        """What a finding of a rule does on a day."""
        begun = [step for step in self.steps(rule, severity) if step.begins is None or step.begins <= today]
        return begun[-1].action

    def coming(self, rule: str, severity: Severity, today: datetime.date) -> tuple[Step, ...]:
        """The steps of a rule that are yet to come."""
        return tuple(
            step for step in self.steps(rule, severity) if step.begins is not None and step.begins > today
        )

    def selects(self, rule: str) -> bool:
        """Whether a rule runs."""
        return any(fnmatchcase(rule, pattern) for pattern in self.settings.select)

    def apply(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules that run, each with its parameters."""
        single = self.settings.rules
        return tuple(
            rule.bind(single[rule.id].parameters if rule.id in single else {})
            for rule in rules
            if self.selects(rule.id)
        )


def _steps(enforced: _Enforced, usual: Action) -> tuple[Step, ...]:
    """The steps that are given; none if neither action nor day nor stages are. `usual` is what a day alone begins."""
    if enforced.stages:
        return tuple(Step(action, None if begin == "now" else begin) for action, begin in enforced.stages)
    if enforced.action is None and enforced.from_ is None:
        return ()
    last = Step(enforced.action or usual, enforced.from_)
    return (last,) if last.begins is None else (Step("warn", None), last)


def load_profile(
    folder: pathlib.Path, name: str, rules: Sequence[Rule], withdrawn: Mapping[str, Withdrawn] | None = None
) -> Profile:
    """The profile of a name in a policies folder. Raises InputError with everything wrong in it."""
    path = folder / "profiles" / f"{name}.yaml"
    stems = sorted(found.stem for found in path.parent.glob("*.yaml"))
    if name not in stems:
        message = f"no profile {name!r}; there are {', '.join(stems) or 'none'}"
        place = Place(str(path.parent))
        raise InputError([Diagnostic(place, "profile-unknown", message, closest(name, stems))])
    document = read_document(path, str(path))
    settings, faults = validate(document, ProfileFile)
    if settings is None:
        raise InputError(faults)
    profile = Profile(name, document.digest, settings)
    if wrong := diagnose(document, [_faults(profile, rules, withdrawn or {})]):
        raise InputError(wrong)
    return profile


def _faults(profile: Profile, rules: Sequence[Rule], withdrawn: Mapping[str, Withdrawn]) -> Iterator[Fault]:
    settings, known = profile.settings, {rule.id: rule for rule in rules}
    missing = [severity for severity in SEVERITIES if severity not in settings.severities]
    if missing:
        yield Fault(("severities",), "profile-incomplete", f"misses {', '.join(missing)}")
    for severity, enforcement in settings.severities.items():
        if enforcement.action is None and not enforcement.stages:
            yield Fault(("severities", severity), "profile-rollout", "says neither action nor stages")
        yield from _rollout_faults(("severities", severity), enforcement)
    for number, pattern in enumerate(settings.select):
        if not any(fnmatchcase(rule, pattern) for rule in known):
            if pattern in withdrawn:
                yield Fault(("select", number), "profile-withdrawn", str(withdrawn[pattern]))
                continue
            message = f"selects no rule: {pattern!r}"
            yield Fault(("select", number), "profile-select", message, closest(pattern, known))
    for name, setting in settings.rules.items():
        path = ("rules", name)
        if name in withdrawn and name not in known:
            yield Fault(path, "profile-withdrawn", str(withdrawn[name]), is_key=True)
            continue
        if name not in known:
            yield Fault(path, "profile-rule", f"no rule {name!r}", closest(name, known), is_key=True)
            continue
        if not profile.selects(name):
            yield Fault(
                path, "profile-rule", f"{name} is not selected, so that nothing here holds", is_key=True
            )
        yield from _rollout_faults(path, setting)
        declared = known[name].metadata.parameters
        yield from given_faults(declared, setting.parameters, (*path, "parameters"))


def _rollout_faults(path: Path, enforced: _Enforced) -> Iterator[Fault]:
    """Stages say what holds now, and each stricter one begins later."""
    stages = enforced.stages
    if not stages:
        return
    if enforced.action is not None or enforced.from_ is not None:
        key = "action" if enforced.action is not None else "from"
        message = f"{key} beside stages: say one or the other"
        yield Fault((*path, key), "profile-rollout", message, is_key=True)
    first, begin = stages[0]
    if begin != "now":
        milder = "draft or warn" if first == "block" else "draft" if first == "warn" else first
        yield Fault((*path, first), "profile-rollout", f"what before {begin}? give {milder}: now")
    for (earlier, before), (later, begins) in pairwise(stages):
        if begins == "now" or (before != "now" and begins <= before):
            when = "now" if begins == "now" else f"on {begins}"
            said = "now" if before == "now" else f"on {before}"
            message = f"{later} begins {when}, not after {earlier}, which begins {said}"
            yield Fault((*path, later), "profile-rollout", message)
