"""The dispatch table, and the user pool of those who call routes: what all institutions' gateways share."""

from __future__ import annotations

from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.gateway.scope import TABLE
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.route_table import add_route_table


def add_dispatch_table(shared: SharedAccount, key: PlannedResource) -> PlannedResource:
    """Plan the table; an institution's rows are one partition, and the dispatcher reads the index on `route`."""
    return add_route_table(shared.add, "dispatch-table", TABLE, key, shared.tags)


def add_user_pool(shared: SharedAccount) -> PlannedResource:
    """Plan the user pool: its clients are systems, so nobody signs up."""
    return shared.add(
        "cognito.UserPool",
        "callers",
        opts=Options(protect=True),
        name="gmp-callers",
        admin_create_user_config={"allow_admin_create_user_only": True},
        password_policy={
            "minimum_length": 16,
            "require_lowercase": True,
            "require_numbers": True,
            "require_symbols": True,
            "require_uppercase": True,
            "temporary_password_validity_days": 1,
        },
        deletion_protection="ACTIVE",
        tags=shared.tags,
    )
