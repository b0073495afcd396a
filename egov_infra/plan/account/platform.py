"""Names of what institutions share, computed by whoever needs them before anything exists."""

from __future__ import annotations

from egov_infra.model.estate import Estate
from egov_infra.plan import names
from egov_infra.plan.arn import arn


def archive_bucket(estate: Estate) -> str:
    """The bucket that keeps the logs of every account."""
    return names.bucket(estate.accounts["platform"].account, "log-archive")


def findings_bus_arn(estate: Estate) -> str:
    """The event bus that hears the findings of every account."""
    account = estate.accounts["platform"]
    return arn("events", account.account, account.region, "event-bus/findings")
