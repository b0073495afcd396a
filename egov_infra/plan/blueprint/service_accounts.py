"""The shared accounts of services, `platform.e-office` and `platform.helpdesk`: baseline, key and alarms."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.estate import Role
from egov_infra.plan.account.shared import add_alarms, add_key, open_shared_account
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan

ROLES: tuple[Role, ...] = ("e-office", "helpdesk")


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """A stack for each account."""
    for role in ROLES:
        shared = open_shared_account(context.estate, role)
        key = add_key(shared)
        add_alarms(shared, key)
        yield shared.stack.build({"key_arn": key.arn})
