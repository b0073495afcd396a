"""Where the helpdesk is: names that gateways and institutions need before anything exists."""

from __future__ import annotations

from egov_infra.model.estate import Estate, Role
from egov_infra.plan.account.shared import key_alias
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.queue_set import queue_arn
from egov_infra.plan.value import StackRef

ACCOUNT: Role = "helpdesk"
"""Role of the shared account of the helpdesk."""
TABLE = "desk"
"""The table of those who are served, and of the rotation."""
KEY_ALIAS = key_alias(ACCOUNT)
TICKETS = "tickets"
"""Role of an institution's queue."""


def address(estate: Estate, slug: str) -> str:
    """Where an institution's people write to."""
    return f"{slug}@{estate.helpdesk.mail_host}"


def tickets_arn(estate: Estate, slug: str) -> str:
    """The queue of an institution's tickets, and of questions how they stand."""
    own = estate.accounts[ACCOUNT]
    return queue_arn(own.account, own.region, slug, TICKETS)


def shared(output: str) -> StackRef:
    """An output of the platform's stack."""
    return StackRef(f"{PLATFORM}.{ACCOUNT}", output)
