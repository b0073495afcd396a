"""Where moto differs from AWS in a way that would stop a rehearsal: corrected in the process that runs moto."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def correct_moto() -> None:
    """Make moto do as AWS does."""
    _pass_over_conditions()
    _compare_backup_plans()


def _compare_backup_plans() -> None:
    """Make moto's AWS Backup refuse a plan only if an equal one is there, as AWS does.

    It refuses whatever has the name of any plan, be it deleted, so that no plan could ever be replaced.
    """
    from moto.backup import models  # noqa: PLC0415 - loads moto

    backend: Any = models.BackupBackend
    if getattr(backend.create_backup_plan, "is_corrected", False):
        return
    create = backend.create_backup_plan

    def create_backup_plan(self: Any, backup_plan: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        whole = self.plans
        self.plans = {
            key: plan
            for key, plan in whole.items()
            if plan.deletion_date is None and _is_same_plan(plan.backup_plan, backup_plan)
        }
        try:
            made = create(self, backup_plan, *args, **kwargs)
        finally:
            self.plans = whole
        whole[made.backup_plan_id] = made
        return made

    create_backup_plan.is_corrected = True  # type: ignore[attr-defined]
    backend.create_backup_plan = create_backup_plan


def _is_same_plan(kept: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether a plan document asks for what is kept; moto fills in what a rule leaves open."""
    if kept["BackupPlanName"] != asked["BackupPlanName"] or len(kept["Rules"]) != len(asked["Rules"]):
        return False
    pairs = zip(kept["Rules"], asked["Rules"], strict=True)
    return all({**whole, **rule} == whole for whole, rule in pairs)


def _pass_over_conditions() -> None:
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
