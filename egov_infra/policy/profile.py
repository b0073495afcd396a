"""Profiles: which rules run, with which parameters, and what their findings do from when."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.model.value import Date
from egov_infra.policy.finding import Severity
from egov_infra.policy.parameter import given_faults
from egov_infra.policy.rule import Rule
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import read_document
from egov_infra.source.spelling import closest

Action = Literal["block", "warn", "draft"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class Enforcement(Record):
    """What a severity does."""

    action: Action
    """block stops a change, warn shows, draft only counts."""
    from_: Annotated[Date | None, Field(alias="from")] = None
    """Day from which the action holds; before it the severity warns."""


class RuleSetting(Record):
    """What a profile says of a single rule."""

    action: Action | None = None
    """What its findings do; default: what the action of its severity is."""
    from_: Annotated[Date | None, Field(alias="from")] = None
    """Day from which the action holds; before it the rule warns."""
    parameters: Mapping[str, object] = {}
    """Values of its parameters; the others keep their defaults."""


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


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile in force."""

    name: str
    digest: str
    """SHA-256 of its file, in hexadecimal."""
    settings: ProfileFile

    def enforcement(self, rule: str, severity: Severity) -> Enforcement:
        """What a rule does, and from when."""
        own, general = self.settings.rules.get(rule), self.settings.severities[severity]
        if own is None or (own.action is None and own.from_ is None):
            return general
        return Enforcement.model_validate({"action": own.action or general.action, "from": own.from_})

    def action(self, rule: str, severity: Severity, today: datetime.date) -> Action:
        """What a finding of a rule does on a day."""
        enforcement = self.enforcement(rule, severity)
        if enforcement.from_ is not None and today < enforcement.from_:
            return "warn"
        return enforcement.action

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


def load_profile(folder: pathlib.Path, name: str, rules: Sequence[Rule]) -> Profile:
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
    if wrong := diagnose(document, [_faults(profile, rules)]):
        raise InputError(wrong)
    return profile


def _faults(profile: Profile, rules: Sequence[Rule]) -> Iterator[Fault]:
    settings, known = profile.settings, {rule.id: rule for rule in rules}
    missing = [severity for severity in SEVERITIES if severity not in settings.severities]
    if missing:
        yield Fault(("severities",), "profile-incomplete", f"misses {', '.join(missing)}")
    for number, pattern in enumerate(settings.select):
        if not any(fnmatchcase(rule, pattern) for rule in known):
            message = f"selects no rule: {pattern!r}"
            yield Fault(("select", number), "profile-select", message, closest(pattern, known))
    for name, setting in settings.rules.items():
        path = ("rules", name)
        if name not in known:
            yield Fault(path, "profile-rule", f"no rule {name!r}", closest(name, known), is_key=True)
            continue
        if not profile.selects(name):
            yield Fault(
                path, "profile-rule", f"{name} is not selected, so that nothing here holds", is_key=True
            )
        declared = known[name].metadata.parameters
        yield from given_faults(declared, setting.parameters, (*path, "parameters"))
