"""Where secrets are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.record import Record


class SecretReference(Record):
    """Where a secret is; the secret itself never stands in a manifest."""

    store: Literal["secretsmanager"]
    """The store."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}$")]
    """The secret's name there."""
