from __future__ import annotations

import os
from dataclasses import replace

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy import judge
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.policy.shares import MIN_SHARE, split, work


def test_shares_hold_every_item_once_and_in_order() -> None:
    """Whatever the number of processors, the shares together are the items."""
    items = range(3 * MIN_SHARE + 1)
    assert [item for share in split(items) for item in share] == list(items)
    assert split(range(MIN_SHARE - 1)) == [range(MIN_SHARE - 1)]


def test_results_stand_in_the_order_of_their_shares() -> None:
    """Each share but the first is done in a process of its own, and none is done twice."""
    made = work([(1, 2), (3,), (4, 5)], lambda share: (os.getpid(), sum(share)))
    assert [total for _, total in made] == [3, 3, 9]
    assert made[0][0] == os.getpid()
    assert len({process for process, _ in made}) == 3


def test_failure_in_a_process_is_raised_as_without_one() -> None:
    """A share whose process fails is done again here, where its exception can be seen."""

    def do(share: int) -> float:
        return 1 / share

    with pytest.raises(ZeroDivisionError):
        work([1, 0], do)


def test_verdicts_are_the_same_in_shares_and_in_one_process(
    source: EstateSource, policies: Policies, context: PlanContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings with their places, counts, claims, digests and evaluations depend on no process."""
    fail = {"mail-dmarc-not-enforced", "mail-domain-claimed-twice", "tenancy-region-forbidden"}
    never = parse("false")
    rules = tuple(rule.deciding(None, never) if rule.id in fail else rule for rule in policies.rules)
    failing = replace(policies, rules=rules)
    monkeypatch.setattr(judge, "split", lambda slugs: [slugs[:100], slugs[100:101], slugs[101:]])
    shared = judge_estate(source, failing, context, named=True)
    assert {finding.rule for finding in shared.findings} == fail
    assert sum(len(item.verdicts) for item in shared.evaluations) == sum(shared.counts.values())
    assert shared == judge_estate(source, failing, context, keep=lambda *_: None, named=True)
