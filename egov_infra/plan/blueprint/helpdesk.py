"""The helpdesk's shared account, `platform.helpdesk`: its baseline, key and alarms."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.plan.account.shared import add_alarms_topic, add_key, open_shared_account
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the helpdesk's own account."""
    shared = open_shared_account(context.estate, "helpdesk")
    key = add_key(shared)
    add_alarms_topic(shared, key)
    yield shared.stack.build({"key_arn": key.arn})
