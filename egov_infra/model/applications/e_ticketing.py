"""Sale of tickets: seats are held while they are paid, and given back when they are not."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from egov_infra.model.application import Application
from egov_infra.model.value import Keyword
from egov_infra.model.workload import Tier


class ETicketing(Application):
    """Sale of tickets."""

    usual_tier: ClassVar[Tier] = "T1"

    blueprint: Literal["e-ticketing"]
    """What kind of application it is."""
    status_keyword: Keyword | None = None
    """Keyword of the institution's SMS routes that tells how a ticket stands; any of them if absent."""
    release_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """How often seats that nobody has paid are given back, in minutes."""


APPLICATION = ETicketing
