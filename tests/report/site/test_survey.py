from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.report.site.survey import survey
from egov_infra.source.diagnostic import InputError


def test_survey_judges_as_check_does(source: EstateSource, policies: Policies, context: PlanContext) -> None:
    """Counting each institution apart changes no verdict of the sample estate, and loses nobody."""
    found = survey(source, policies, context)
    judged = judge_estate(source, policies, context)
    assert found.judgement.counts == judged.counts
    assert found.judgement.evaluated == judged.evaluated
    assert found.decision == decide(judged)
    assert tuple(found.institutions) == source.slugs
    everyone = (found.platform, *found.institutions.values())
    assert sum(item.resources for item in everyone) == judged.resources
    assert sum(len(item.stacks) for item in everyone) == judged.stacks


def test_lock_that_misses_a_range_is_an_error(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """As with `check`: pages never show a plan that cannot be."""
    kept = {key: given for key, given in context.addresses.items() if key != "erb/prod"}
    with pytest.raises(InputError, match="range-missing erb/prod has no range"):
        survey(source, policies, replace(context, addresses=kept))


def test_estate_before_its_first_period_is_an_error(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """There is nothing to count yet."""
    with pytest.raises(InputError, match="period-missing no period of the estate has begun by 2001-01-01"):
        survey(source, policies, replace(context, today=datetime.date(2001, 1, 1)))
