"""What blueprints may look at besides the institution itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import field

from egov_infra.model.estate import Estate
from egov_infra.source.frozen import frozen


@frozen
class PlanContext:
    """The estate, the day that counts as today, and the address ranges given to environments."""

    estate: Estate
    today: datetime.date
    addresses: Mapping[str, str] = field(default_factory=dict)
    """`<slug>/<environment>`, or `platform/<account>`, to its range, such as `10.40.3.0/24`."""
