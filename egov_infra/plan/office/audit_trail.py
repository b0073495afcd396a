"""What officers do: written once by the application, sent at once into the platform's locked archive.

The role by which the application acts may add events and do nothing else to them.
"""

from __future__ import annotations

from egov_infra.plan.access_policy import policy, service_trust, statement, trust
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.account.platform import archive_bucket
from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.log_retention import LOG_DAYS
from egov_infra.plan.office.place import (
    ARCHIVE_ACTIONS,
    ARCHIVE_PREFIX,
    STREAM_ROLE,
    office_role,
    shared,
    task_role_arn,
)
from egov_infra.plan.office.records import incoming_arn, record_buckets, scan_arn
from egov_infra.plan.office.scope import OfficeScope
from egov_infra.plan.queue_set import READ
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value

STREAM = "e-office-audit"
WRITER_ROLE = "e-office-audit-writer"
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
FILE_ACTIONS = ("s3:GetObject", "s3:PutObject")
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
STREAM_ACTIONS = ("firehose:PutRecord", "firehose:PutRecordBatch")


def add_audit_stream(account: SharedAccount, key: PlannedResource) -> tuple[PlannedResource, PlannedResource]:
    """Plan the stream from all offices into the archive; returns it, and the role that puts events into it."""
    add, number, tags = account.add, account.stack.account, account.tags
    archive = bucket_arn(archive_bucket(account.estate))
    carrier = add(
        "iam.Role",
        "audit-stream-role",
        name=STREAM_ROLE,
        description="Carries what officers do into the log archive",
        assume_role_policy=service_trust("firehose", number),
        permissions_boundary=boundary_arn(number),
        tags=tags,
    )
    allowed = add(
        "iam.RolePolicy",
        "audit-stream-role-policy",
        role=carrier.output("name"),
        name="archive",
        policy=policy(
            statement(None, ARCHIVE_ACTIONS, (archive, f"{archive}/{ARCHIVE_PREFIX}*")),
            statement(None, KEY_ACTIONS, (key.arn,)),
        ),
    )
    stream = add(
        "kinesis.FirehoseDeliveryStream",
        "audit-stream",
        opts=Options(depends_on=(allowed.name,)),
        name=STREAM,
        destination="extended_s3",
        extended_s3_configuration={
            "role_arn": carrier.arn,
            "bucket_arn": archive,
            "prefix": ARCHIVE_PREFIX,
            "error_output_prefix": f"{ARCHIVE_PREFIX}failed/",
            "buffering_interval": 60,
            "buffering_size": 5,
            "compression_format": "UNCOMPRESSED",  # CloudWatch Logs sends it compressed
        },
        server_side_encryption={"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": key.arn},
        tags=tags,
    )
    writer = add(
        "iam.Role",
        "audit-writer-role",
        name=WRITER_ROLE,
        description="Puts what officers do into the stream",
        assume_role_policy=service_trust("logs", number),
        permissions_boundary=boundary_arn(number),
        tags=tags,
    )
    add(
        "iam.RolePolicy",
        "audit-writer-role-policy",
        role=writer.output("name"),
        name="put",
        policy=policy(statement(None, STREAM_ACTIONS, (stream.arn,))),
    )
    return stream, writer


def add_audit_trail(scope: OfficeScope) -> PlannedResource:
    """Plan the log group of what officers do, and what sends it on; returns the group."""
    add = scope.add()
    group = add(
        "cloudwatch.LogGroup",
        "audit-logs",
        opts=Options(protect=True),
        name=scope.audit_group,
        retention_in_days=LOG_DAYS[scope.tags["classification"]],
        kms_key_id=scope.key.arn,
        tags=scope.tags,
    )
    add(
        "cloudwatch.LogSubscriptionFilter",
        "audit-archive",
        name="archive",
        log_group=group.output("name"),
        filter_pattern="",
        destination_arn=shared("audit_stream_arn"),
        role_arn=shared("audit_writer_arn"),
    )
    return group


def add_office_role(scope: OfficeScope) -> PlannedResource:
    """Plan the role by which the application acts for the institution: it files and reads, and deletes nothing filed."""
    add, number = scope.add(), scope.stack.account
    role = add(
        "iam.Role",
        "role",
        name=office_role(scope.slug),
        description=f"The e-office acts for {scope.slug}",
        assume_role_policy=trust(
            {"AWS": task_role_arn(scope.estate)},
            {"StringEquals": {"aws:PrincipalAccount": number}},
        ),
        permissions_boundary=boundary_arn(number),
        tags=scope.tags,
    )
    records = tuple(map(bucket_arn, record_buckets(scope).values()))
    incoming = incoming_arn(scope)
    files: tuple[Value, ...] = tuple(f"{bucket}/*" for bucket in (*records, incoming))
    add(
        "iam.RolePolicy",
        "role-policy",
        role=role.output("name"),
        name="act",
        policy=policy(
            statement(None, "s3:ListBucket", (*records, incoming)),
            statement(None, FILE_ACTIONS, files),
            statement(None, "s3:DeleteObject", (f"{incoming}/*",)),
            statement(None, READ, (scan_arn(scope),)),
            statement(None, KEY_ACTIONS, (scope.key.arn,)),
            statement(None, LOG_ACTIONS, (f"{scope.arn('logs', f'log-group:{scope.audit_group}')}:*",)),
        ),
    )
    return role
