"""The rules as a book: all of them, also those that do not run, with what the profile in force makes of each today."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

from egov_infra.policy.policies import Policies
from egov_infra.policy.profile import Step
from egov_infra.policy.rule import Rule
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

State: TypeAlias = Literal["block", "warn", "draft", "not-selected"]
STATES: tuple[State, ...] = get_args(State)


@frozen
class Entry:
    """A rule, with the parameters in force, and what its findings do."""

    rule: Rule
    state: State
    """Today."""
    coming: tuple[Step, ...]
    """What its findings begin to do later."""


def entries(policies: Policies, today: datetime.date) -> tuple[Entry, ...]:
    """Every rule of the policies, sorted by id."""
    every = [
        *(_selected(policies, today)),
        *(Entry(rule, "not-selected", ()) for rule in policies.unselected),
    ]
    return tuple(sorted(every, key=lambda entry: entry.rule.id))


def entry_of(policies: Policies, rule_id: str, today: datetime.date) -> Entry:
    """The rule of an id. Raises InputError for one that there is not, with what became of it, or was probably meant."""
    every = {entry.rule.id: entry for entry in entries(policies, today)}
    if rule_id not in every:
        place, gone = Place("<arguments>"), policies.withdrawn.get(rule_id)
        if gone is not None:
            raise InputError([Diagnostic(place, "rule-withdrawn", str(gone))])
        message = f"no rule {rule_id!r}"
        raise InputError([Diagnostic(place, "rule-unknown", message, closest(rule_id, every))])
    return every[rule_id]


def _selected(policies: Policies, today: datetime.date) -> Iterator[Entry]:
    for rule in policies.rules:
        severity = rule.metadata.severity
        profile = policies.profile
        action = profile.action(rule.id, severity, today)
        yield Entry(rule, action, profile.coming(rule.id, severity, today))
