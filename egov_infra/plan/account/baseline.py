"""The once-per-account things: closed to the public, watched, and under a permissions boundary."""

from __future__ import annotations

from egov_infra.model.estate import Estate
from egov_infra.plan.access_policy import account, allow, policy, service, service_trust, statement
from egov_infra.plan.account.platform import archive_bucket, findings_bus_arn
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.office.place import ARCHIVE_ACTIONS, ARCHIVE_PREFIX, stream_role_arn
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Join, Ref, Value
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

TRAIL = "account"
BOUNDARY_ROLE = "boundary"
"""Role of the permissions boundary in the stack of its account."""
BOUNDARY = "egov-boundary"
ROUTER = "egov-findings-router"


@frozen
class TrailKeeping:
    """How an account reads its own trail, beside the archive: the key that encrypts it, and a log group for alarms."""

    key_arn: Value
    log_group_arn: Ref


def add_account_baseline(
    stack: StackBuilder,
    estate: Estate,
    tags: dict[str, str],
    path: Path,
    archive: tuple[str, ...] = (),
    trail: TrailKeeping | None = None,
    may: tuple[str, ...] = (),
) -> None:
    """Permissions boundary, public-access block, trail, threat detection and alarms routed to the platform.

    `archive` names what the log archive needs to take the trail, if it stands in this very stack; `may` are actions
    that the boundary permits in this account beside those that it permits in each.
    """
    add = stack.at(*path)
    boundary = _add_boundary(add, tags, may)
    logs_role = _add_trail_role(add, trail, boundary, tags) if trail else None
    add(
        "s3.AccountPublicAccessBlock",
        "public-access-block",
        account_id=stack.account,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    add(
        "cloudtrail.Trail",
        "trail",
        opts=Options(depends_on=archive),
        name=TRAIL,
        s3_bucket_name=archive_bucket(estate),
        s3_key_prefix=f"trail/{stack.account}",
        is_multi_region_trail=True,
        include_global_service_events=True,
        enable_log_file_validation=True,
        enable_logging=True,
        kms_key_id=trail.key_arn if trail else None,
        cloud_watch_logs_group_arn=Join((trail.log_group_arn, ":*")) if trail else None,
        cloud_watch_logs_role_arn=logs_role.arn if logs_role else None,
        event_selectors=(
            {
                "read_write_type": "All",
                "include_management_events": True,
                "data_resources": ({"type": "AWS::S3::Object", "values": ("arn:aws:s3",)},),
            },
        ),
        tags=tags,
    )
    detector = add(
        "guardduty.Detector",
        "detector",
        enable=True,
        finding_publishing_frequency="FIFTEEN_MINUTES",
        tags=tags,
    )
    add(
        "guardduty.DetectorFeature",
        "detector-s3",
        detector_id=detector.id,
        name="S3_DATA_EVENTS",
        status="ENABLED",
    )
    rule = add(
        "cloudwatch.EventRule",
        "findings-rule",
        opts=Options(depends_on=(detector.name,)),
        name="egov-findings",
        description="Findings of threat detection, and alarms, for the platform",
        event_pattern=Document(
            {
                "source": ("aws.cloudwatch", "aws.guardduty"),
                "detail-type": ("CloudWatch Alarm State Change", "GuardDuty Finding"),
            }
        ),
        tags=tags,
    )
    router = add(
        "iam.Role",
        "findings-router",
        name=ROUTER,
        assume_role_policy=service_trust("events", stack.account),
        permissions_boundary=boundary_arn(stack.account),
        tags=tags,
        opts=Options(depends_on=(boundary.name,)),
    )
    add(
        "iam.RolePolicy",
        "findings-router-policy",
        role=router.output("name"),
        name="put",
        policy=allow(("events:PutEvents",), (findings_bus_arn(estate),)),
    )
    add(
        "cloudwatch.EventTarget",
        "findings-target",
        rule=rule.output("name"),
        target_id="platform",
        arn=findings_bus_arn(estate),
        role_arn=router.arn,
    )


def _add_trail_role(
    add: Adder, trail: TrailKeeping, boundary: PlannedResource, tags: dict[str, str]
) -> PlannedResource:
    """What CloudTrail may do: write the log group that alarms read."""
    role = add(
        "iam.Role",
        "trail-role",
        opts=Options(depends_on=(boundary.name,)),
        name="egov-trail",
        assume_role_policy=service_trust("cloudtrail", add.account),
        permissions_boundary=boundary_arn(add.account),
        tags=tags,
    )
    add(
        "iam.RolePolicy",
        "trail-role-policy",
        role=role.output("name"),
        name="write",
        policy=allow(TRAIL_ACTIONS, (Join((trail.log_group_arn, ":log-stream:*")),)),
    )
    return role


def trail_arn(account: str, region: str) -> str:
    """The account's trail."""
    return arn("cloudtrail", account, region, f"trail/{TRAIL}")


def _add_boundary(add: Adder, tags: dict[str, str], may: tuple[str, ...]) -> PlannedResource:
    """What no role of the account may exceed: its regions, and never the trail, the boundary or the account itself."""
    actions = tuple(sorted({*BOUNDARY_ACTIONS, *may}))
    return add(
        "iam.Policy",
        BOUNDARY_ROLE,
        name=BOUNDARY,
        description="No role of this account may do more",
        policy=policy(
            statement(None, actions, sid="Services"),
            statement(None, _GUARDED, sid="Guards", effect="Deny"),
        ),
        tags=tags,
    )


_GUARDED = (
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "guardduty:DeleteDetector",
    "iam:DeleteRolePermissionsBoundary",
    "organizations:LeaveOrganization",
)
BACKUP_ACTIONS = (
    "events:DeleteRule",
    "events:DescribeRule",
    "events:DisableRule",
    "events:EnableRule",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "kms:Decrypt",
    "kms:DescribeKey",
    "s3:GetBucketAcl",
    "s3:GetBucketLocation",
    "s3:GetBucketNotification",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetInventoryConfiguration",
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketNotification",
    "s3:PutInventoryConfiguration",
)
"""What AWS Backup needs for buckets (AWS managed policy AWSBackupServiceRolePolicyForS3Backup)."""
TRAIL_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
BOUNDARY_ACTIONS = tuple(
    sorted(
        {
            *BACKUP_ACTIONS,
            *TRAIL_ACTIONS,
            "backup:Describe*",
            "backup:List*",
            "backup:StartBackupJob",
            "cloudwatch:Get*",
            "cloudwatch:List*",
            "ec2:Describe*",
            "events:PutEvents",
            "kms:GenerateDataKey",
            "logs:Describe*",
            "logs:FilterLogEvents",
            "logs:Get*",
            "s3:PutObject",
        }
    )
)


def boundary_arn(account: str) -> str:
    """The permissions boundary of an account."""
    return f"arn:aws:iam::{account}:policy/{BOUNDARY}"


def archive_statements(estate: Estate) -> tuple[dict[str, Value], ...]:
    """Who may write to the log archive: for this organization the log services, and the e-office's audit stream."""
    target = bucket_arn(archive_bucket(estate))
    condition: dict[str, Value] = {"StringEquals": {"aws:SourceOrgID": estate.organization}}
    found = []
    for sid, name in (("Trail", "cloudtrail"), ("FlowLogs", "delivery.logs")):
        found += [
            statement(service(name), "s3:GetBucketAcl", target, condition, sid=f"{sid}Check"),
            statement(service(name), "s3:PutObject", f"{target}/*", condition, sid=f"{sid}Write"),
        ]
    stream: dict[str, Value] = {"ArnEquals": {"aws:PrincipalArn": stream_role_arn(estate)}}
    offices = account(estate.accounts["e-office"].account)
    objects = (target, f"{target}/{ARCHIVE_PREFIX}*")
    return (*found, statement(offices, ARCHIVE_ACTIONS, objects, stream, sid="Offices"))
