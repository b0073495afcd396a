from __future__ import annotations

import datetime

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.policy.profile import Step
from egov_infra.policy.rulebook import entries


def test_book_has_every_rule_once_also_those_that_do_not_run(
    source: EstateSource, policies: Policies
) -> None:
    """What a profile selects and what it leaves out make up all rules."""
    found = entries(load_policies(source, None, "gov-uk-mail"), datetime.date(2020, 6, 30))
    assert [entry.rule.id for entry in found] == [rule.id for rule in policies.rules]
    selected = {entry.rule.id for entry in found if entry.state != "not-selected"}
    assert selected
    assert all(name.startswith("mail-") for name in selected)


def test_state_is_that_of_the_day(policies: Policies) -> None:
    """A severity that blocks from a day warns before it, and says so."""
    day = datetime.date(2021, 1, 1)
    states = {}
    for today in (day - datetime.timedelta(days=1), day):
        medium = [entry for entry in entries(policies, today) if entry.rule.metadata.severity == "medium"]
        states[today] = {(entry.state, entry.coming) for entry in medium}
    assert list(states.values()) == [{("warn", (Step("block", day),))}, {("block", ())}]


def test_parameters_are_those_in_force(policies: Policies) -> None:
    """What a profile sets goes before the default."""
    found = {entry.rule.id: entry.rule.parameters for entry in entries(policies, datetime.date(2020, 6, 30))}
    assert found["services-desk-overworked"] == {"max_week_hours": 45, "max_shift_hours": 12}
