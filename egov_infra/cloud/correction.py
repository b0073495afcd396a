"""Where moto differs from AWS in a way that would stop a rehearsal: corrected in the process that runs moto."""

from __future__ import annotations

import json
from typing import Any


def correct_moto() -> None:
    """Make moto's S3 pass over policy statements with a condition, which it takes as if the condition held.

    A statement that denies requests without TLS would else deny every request.
    """
    from moto.s3 import models  # noqa: PLC0415 - loads moto

    bucket: Any = models.FakeBucket
    if getattr(bucket.get_permission, "is_corrected", False):
        return
    judge = bucket.get_permission

    def get_permission(self: Any, action: str, resource: str) -> Any:
        written = self.policy
        if written is None:
            return judge(self, action, resource)
        document = json.loads(written)
        statements = document.get("Statement", [])
        statements = statements if isinstance(statements, list) else [statements]
        document["Statement"] = [item for item in statements if not item.get("Condition")]
        try:
            self.policy = json.dumps(document).encode() if document["Statement"] else None
            return judge(self, action, resource)
        finally:
            self.policy = written

    get_permission.is_corrected = True  # type: ignore[attr-defined]
    bucket.get_permission = get_permission
