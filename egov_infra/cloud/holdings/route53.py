"""Amazon Route 53."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding

HOLDINGS = (
    Holding(
        "hosted zone",
        "route53",
        Call("list_hosted_zones", at="HostedZones[].{id: Id, name: Name}", is_paged=True),
        "may answer for a domain of the government",
        types=("aws:route53/zone:Zone",),
        id="{tail}",
        is_global=True,
    ),
)
