"""What every record of the model has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Frozen, strict and closed: nothing is coerced, and an unknown key is an error.

    The text under a field is its description in the JSON Schema. What validates is built when it is first needed: most
    records stand inside another, and need nothing of their own.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)
