"""Whole plans, to be read: what a change of blueprints changes stands in the difference of these files.

`make golden` writes them anew. Whoever commits them has read what changed.
"""

from __future__ import annotations

import pytest
import yaml
from inline_snapshot import external_file

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.canonical import describe_stack
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.stacks import plan_institution, plan_platform

STACKS = (
    "erb.app-register.prod",
    "erb.domain",
    "erb.e-office",
    "erb.gateway",
    "erb.helpdesk",
    "erb.tenancy.test",
    "mscl.app-tickets.prod",
    "platform.e-office",
    "platform.helpdesk",
    "psptb.app-register.prod",
    "trc.app-tickets.prod",
)


@pytest.mark.parametrize("name", STACKS)
def test_plan_is_the_one_that_was_read(name: str, source: EstateSource, context: PlanContext) -> None:
    """Each service, and the four applications, to the last input."""
    slug = name.partition(".")[0]
    plans = (
        plan_platform(context)
        if slug == PLATFORM
        else plan_institution(source.read(slug).institution, context)
    )
    described = describe_stack(next(plan for plan in plans if plan.name == name))
    text = yaml.safe_dump(described, sort_keys=False, default_flow_style=None, allow_unicode=True, width=140)
    assert text == external_file(f"golden/{name}.yaml", format=".txt")
