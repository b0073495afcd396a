"""Platform stack `platform.platform`: the log archive, the bus for findings, the hub, and the account's own baseline."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.plan.access_policy import policy, statement
from egov_infra.plan.account.baseline import add_account_baseline, archive_statements
from egov_infra.plan.account.hub import add_hub
from egov_infra.plan.account.platform import archive_bucket, findings_bus_arn
from egov_infra.plan.account.shared import shared_account
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import Value

ARCHIVE_DAYS = 2557  # seven years (NIST 800-53 AU-11; the records act asks for no more)


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the platform's own account."""
    estate = context.estate
    shared = shared_account(estate, "platform")
    stack, add, tags = shared.stack, shared.add, shared.tags
    archive = add_bucket_set(
        add,
        BucketSet(
            "archive",
            archive_bucket(estate),
            tags,
            locked_days=ARCHIVE_DAYS,
            expire_days=ARCHIVE_DAYS,
            statements=archive_statements(estate),
        ),
    )
    members: dict[str, Value] = {"StringEquals": {"aws:PrincipalOrgID": estate.organization}}
    bus = add("cloudwatch.EventBus", "findings", name="findings", tags=tags)
    add(
        "cloudwatch.EventBusPolicy",
        "findings-policy",
        event_bus_name=bus.output("name"),
        policy=policy(
            statement("*", "events:PutEvents", findings_bus_arn(estate), members, sid="Organization")
        ),
    )
    add_account_baseline(stack, estate, tags, add.path, archive=("platform-platform-archive-policy",))
    hub = add_hub(stack, estate, tags)
    yield stack.build({"log_archive_bucket": archive.id, "findings_bus_arn": bus.arn, **hub})
