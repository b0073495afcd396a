"""Where the e-office is: names that stacks compute before anything exists."""

from __future__ import annotations

import hashlib

from egov_infra.model.estate import Estate, Role
from egov_infra.model.services import LAST_PRIORITY, EOffice
from egov_infra.plan import names
from egov_infra.plan.arn import role_arn
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.value import StackRef

ACCOUNT: Role = "e-office"
"""Role of the shared account of the e-office."""
TABLE = "offices"
TASK_ROLE = "e-office-task"
"""The role of the application itself: it takes the role of an institution to act for it, and may do nothing else."""
STREAM_ROLE = "e-office-audit-stream"
"""The role that carries audit events into the log archive."""
ARCHIVE_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:PutObject",
)
"""What Firehose needs of the bucket that it fills (Amazon Data Firehose developer guide, cross-account delivery)."""
ARCHIVE_PREFIX = "audit/e-office/"


def log_bucket(estate: Estate) -> str:
    """The bucket that takes the access logs of all offices."""
    return names.bucket(estate.accounts[ACCOUNT].account, "e-office", "access-logs")


def host(slug: str, estate: Estate) -> str:
    """Where the officers of an institution work."""
    return f"{slug}.{estate.e_office.host}"


def office_role(slug: str) -> str:
    """The role by which the application acts for an institution."""
    return f"e-office-of-{slug}"


def task_role_arn(estate: Estate) -> str:
    """The application's role."""
    return role_arn(estate.accounts[ACCOUNT].account, TASK_ROLE)


def stream_role_arn(estate: Estate) -> str:
    """The role that writes audit events into the log archive."""
    return role_arn(estate.accounts[ACCOUNT].account, STREAM_ROLE)


def rule_priority(slug: str, office: EOffice) -> int:
    """The number of the institution's rule at the balancer, 1 to 49,999, which no other office may have.

    It is the manifest's, or made of the slug: so that it depends on no other office, and stays as offices come and go.
    """
    if office.priority is not None:
        return office.priority
    return int.from_bytes(hashlib.sha256(slug.encode()).digest()) % LAST_PRIORITY + 1


def shared(output: str) -> StackRef:
    """An output of the platform's stack."""
    return StackRef(f"{PLATFORM}.{ACCOUNT}", output)
