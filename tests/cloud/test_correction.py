from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from egov_infra.cloud.session import in_process
from tests.cloud.lifecycle import World


def _plan(hour: int) -> dict[str, Any]:
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": "vault",
        "ScheduleExpression": f"cron(0 {hour} ? * * *)",
    }
    return {"BackupPlanName": "erb", "Rules": [rule]}


def test_backup_plans_clash_only_where_they_say_the_same() -> None:
    """As in AWS: another plan may have the name, an equal one may not, and a deleted one stands in nobody's way."""
    with in_process() as cloud:
        backup = World(cloud).client("backup")
        first = backup.create_backup_plan(BackupPlan=_plan(1))["BackupPlanId"]
        second = backup.create_backup_plan(BackupPlan=_plan(2))["BackupPlanId"]
        with pytest.raises(ClientError, match="AlreadyExists"):
            backup.create_backup_plan(BackupPlan=_plan(1))
        backup.delete_backup_plan(BackupPlanId=first)
        third = backup.create_backup_plan(BackupPlan=_plan(1))["BackupPlanId"]
        listed = {item["BackupPlanId"] for item in backup.list_backup_plans()["BackupPlansList"]}
    assert listed == {second, third}
