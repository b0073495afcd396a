"""What runs in containers, beside a database: what it says, whoever it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.model.secret import SecretReference
from egov_infra.model.value import HttpPath, ImageReference

Tier: TypeAlias = Literal["T0", "T1", "T2", "T3"]
Variable: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
"""Name of an environment variable."""


class Workload(Record):
    """Containers with their database."""

    usual_tier: ClassVar[Tier] = "T2"
    """The tier where the manifest names none."""

    image: ImageReference
    """Container image by digest."""
    tier: Tier | None = None
    """Tier of the estate: it decides zones, backup and how many containers always run; the blueprint's own if absent."""
    size: Literal["small", "medium", "large"] = "small"
    """Size of containers and database."""
    port: Annotated[int, Field(ge=1024, le=65535)] = 8443
    """Port at which its containers speak TLS."""
    health_path: HttpPath = "/health"
    """Path that answers 200 while a container can serve."""
    settings: Mapping[Variable, str] = {}
    """Environment variables: never a secret."""
    secrets: Mapping[Variable, SecretReference] = {}
    """Environment variable to a secret of the account in which it runs."""

    @property
    def in_tier(self) -> Tier:
        """Its tier."""
        return self.tier or self.usual_tier
