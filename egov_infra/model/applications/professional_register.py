"""A register of professionals, who upload their certificates."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from egov_infra.model.application import Application
from egov_infra.model.workload import Tier


class ProfessionalRegister(Application):
    """A register of professionals."""

    usual_tier: ClassVar[Tier] = "T2"

    blueprint: Literal["professional-register"]
    """What kind of application it is."""
    certificate_years: Annotated[int, Field(ge=1, le=100)] = 10
    """Years for which nobody can delete an uploaded certificate."""


APPLICATION = ProfessionalRegister
