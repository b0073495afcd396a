"""Who may do what in an environment, and what it may cost."""

from __future__ import annotations

from egov_infra.plan.access_policy import account, allow, trust
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.names import logical
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.data import bucket_name
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Value

READ = (
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "ec2:Describe*",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:Get*",
)
READ_DATA = ("kms:Decrypt", "s3:GetObject", "s3:ListBucket")
OPERATE = (*READ, "backup:Describe*", "backup:List*", "backup:StartBackupJob")
EMERGENCY_SECONDS = 3600
SESSION_SECONDS = 4 * 3600
BREAK_GLASS = "egov-break-glass"
_SECOND_FACTOR: dict[str, Value] = {
    "Bool": {"aws:MultiFactorAuthPresent": "true"},
    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
}
"""People of this account, with a second factor used within the hour (NIST IA-2(1))."""


def add_access(scope: TenancyScope, key: PlannedResource) -> None:
    """Roles reader, operator and break-glass, each under the boundary; the budget with its alerts."""
    _add_role(scope, "reader", READ)
    _add_role(scope, "operator", OPERATE)
    data = tuple(bucket_arn(bucket_name(scope, bucket.name)) for bucket in scope.tenancy.buckets)
    _add_role(
        scope,
        "break-glass",
        (*OPERATE, *READ_DATA),
        (key.arn, *data, *(f"{bucket}/*" for bucket in data)),
        EMERGENCY_SECONDS,
    )
    budget = scope.tenancy.budget
    share = max(1, budget.monthly_usd // len(scope.tenancy.environments))
    scope.add("budget")(
        "budgets.Budget",
        "budget",
        name=scope.dashed,
        account_id=scope.stack.account,
        budget_type="COST",
        limit_amount=str(share),
        limit_unit="USD",
        time_unit="MONTHLY",
        notifications=tuple(
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": "ACTUAL",
                "threshold": float(percent),
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": (scope.institution.institution.contacts.technical,),
            }
            for percent in budget.alert_percent
        ),
        tags=scope.tags,
    )


def _add_role(
    scope: TenancyScope,
    role: str,
    actions: tuple[str, ...],
    data: tuple[Value, ...] = (),
    session_seconds: int = SESSION_SECONDS,
) -> None:
    add = scope.add()
    number = scope.stack.account
    name = f"egov-{role}"
    added = add(
        "iam.Role",
        f"role-{role}",
        opts=Options(depends_on=(logical(scope.stack.name, "boundary"),)),
        name=name,
        description=f"{role} of {scope.stack.name}",
        assume_role_policy=trust(account(number), _SECOND_FACTOR),
        max_session_duration=session_seconds,
        permissions_boundary=boundary_arn(number),
        tags=scope.tags,
    )
    region = scope.stack.region
    resources: tuple[Value, ...] = (
        arn("backup", number, region, "*"),
        arn("cloudwatch", number, region, "*"),
        arn("ec2", number, region, "*"),
        arn("logs", number, region, "*"),
        *data,
    )
    add(
        "iam.RolePolicy",
        f"role-{role}-policy",
        role=added.output("name"),
        name=role,
        policy=allow(actions, resources),
    )
