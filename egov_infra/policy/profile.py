"""Profiles: what each severity does, and from when."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.model.value import Date
from egov_infra.policy.finding import Severity
from egov_infra.policy.rule import Rule
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import read_document
from egov_infra.source.spelling import closest

Action = Literal["block", "warn", "draft"]


class Enforcement(Record):
    """What a severity does."""

    action: Action
    """block stops a change, warn shows, draft only counts."""
    from_: Annotated[Date | None, Field(alias="from")] = None
    """Day from which the action holds; before it the severity warns."""


class Profile(Record):
    """What findings do."""

    title: str
    """What the profile is for."""
    severities: Mapping[Severity, Enforcement]
    """Enforcement by severity."""
    rules: Mapping[str, Enforcement] = {}
    """Enforcement of single rules, over that of their severity."""
    idle: Literal["block", "count"] = "count"
    """Whether a rule that met no subject in the whole estate blocks."""

    def action(self, rule: str, severity: Severity, today: datetime.date) -> Action:
        """What a finding of a rule does on a day."""
        enforcement = self.rules.get(rule) or self.severities[severity]
        if enforcement.from_ is not None and today < enforcement.from_:
            return "warn"
        return enforcement.action


def load_profile(folder: pathlib.Path, name: str, rules: Sequence[Rule]) -> Profile:
    """The profile of a name in a policies folder. Raises InputError."""
    path = folder / "profiles" / f"{name}.yaml"
    if not path.is_file():
        stems = sorted(found.stem for found in path.parent.glob("*.yaml"))
        message = f"no profile {name!r}; there are {', '.join(stems) or 'none'}"
        raise InputError([Diagnostic(Place(str(path.parent)), "profile-unknown", message)])
    document = read_document(path, str(path))
    profile, faults = validate(document, Profile)
    if profile is None:
        raise InputError(faults)
    missing = {"critical", "high", "medium", "low"} - profile.severities.keys()
    if missing:
        message = f"misses {', '.join(sorted(missing))}"
        raise InputError([Diagnostic(document.place(("severities",)), "profile-incomplete", message)])
    known = sorted(rule.id for rule in rules)
    unknown = [
        Diagnostic(
            document.place(("rules", rule), key=True),
            "profile-rule",
            f"no rule {rule!r}",
            closest(rule, known),
        )
        for rule in profile.rules
        if rule not in known
    ]
    if unknown:
        raise InputError(unknown)
    return profile
