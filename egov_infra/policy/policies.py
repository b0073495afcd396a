"""Everything that a policies folder says: the rules, the profile in force, the waivers, and what was withdrawn."""

from __future__ import annotations

import datetime
import os
import pathlib
from collections.abc import Mapping
from dataclasses import field

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.demand import Demand, Seal, demand_of, sealed
from egov_infra.policy.load import load_rules
from egov_infra.policy.locate import find_policies
from egov_infra.policy.profile import Profile, load_profile
from egov_infra.policy.rule import Rule
from egov_infra.policy.waiver import Register, load_waivers
from egov_infra.policy.waiver_fault import Terms
from egov_infra.policy.withdrawn import Withdrawn, load_withdrawn
from egov_infra.source.diagnostic import Diagnostic, InputError, tried
from egov_infra.source.frozen import frozen


@frozen
class Policies:
    """Everything that a policies folder says."""

    folder: pathlib.Path
    rules: tuple[Rule, ...]
    """The rules that the profile selects, with its parameters."""
    profile: Profile
    waivers: Register
    unselected: tuple[Rule, ...] = ()
    """The rules that do not run."""
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)
    """Id to the rule that had it and is no more."""
    seal: Seal | None = None
    """What was verified of the files, where it was demanded."""

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all rules that there are, also of those that do not run."""
        return frozenset(rule.id for rule in (*self.rules, *self.unselected))

    def terms(self, source: EstateSource, today: datetime.date) -> Terms:
        """By what waivers are judged in an estate on a day."""
        return Terms(
            rules={rule.id: rule for rule in self.rules},
            waiting=frozenset(rule.id for rule in self.unselected),
            withdrawn=self.withdrawn,
            limits=self.profile.settings.waivers,
            estate=source.estate,
            slugs=source.slugs,
            today=today,
        )


def load_policies(
    source: EstateSource,
    named: pathlib.Path | None = None,
    profile_name: str | None = None,
    *,
    is_past: bool = False,
    waivers: Register | None = None,
    demand: Demand | None = None,
) -> Policies:
    """The rules, the profile in force and the waivers of an estate; by default the profile is its own.

    `is_past`: they are those of an earlier revision, as `load_rules` takes it, and nothing is demanded of them: they were
    accepted then. `waivers` stand in for those of the folder. `demand` is what must hold of the files, by default what the
    environment demands. Raises InputError with everything that is not as demanded, or wrong in rules, or in all the rest.
    """
    folder = find_policies(source.folder, named)
    seal = None if is_past else sealed(folder, demand if demand is not None else demand_of(os.environ))
    rules = load_rules(folder, is_past=is_past)
    withdrawn = load_withdrawn(folder, [rule.id for rule in rules])
    faults: list[Diagnostic] = []
    profile = tried(
        lambda: load_profile(folder, profile_name or source.estate.profile, rules, withdrawn), faults
    )
    register = waivers or tried(lambda: load_waivers(folder), faults)
    if profile is None or register is None:
        raise InputError(faults)
    unselected = tuple(rule for rule in rules if not profile.selects(rule.id))
    return Policies(folder, profile.apply(rules), profile, register, unselected, withdrawn, seal)
