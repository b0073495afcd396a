"""Nobody uses break-glass unseen: the account's trail is read as it is written, and an alarm tells people."""

from __future__ import annotations

from egov_infra.plan.alarms import Alarm, add_alarm, add_alarms_topic
from egov_infra.plan.arn import role_arn
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.tenancy.access import BREAK_GLASS
from egov_infra.plan.tenancy.scope import TenancyScope

NAMESPACE = "egov"
_METRIC = "BreakGlassUsed"


def add_break_glass_alarm(scope: TenancyScope, key: PlannedResource, trail_logs: PlannedResource) -> None:
    """Plan the metric of break-glass sessions in the trail, its alarm, and the topic that tells the security contact."""
    add, tags = scope.add(), scope.tags
    mailbox = scope.institution.institution.contacts.security
    topic = add_alarms_topic(add, key, "security", mailbox, tags)
    role = role_arn(scope.stack.account, BREAK_GLASS)
    add(
        "cloudwatch.LogMetricFilter",
        "break-glass-filter",
        name="break-glass",
        log_group_name=trail_logs.output("name"),
        pattern=f'{{ ($.eventName = "AssumeRole") && ($.requestParameters.roleArn = "{role}") }}',
        metric_transformation={"name": _METRIC, "namespace": NAMESPACE, "value": "1", "default_value": "0"},
    )
    alarm = Alarm(
        name="egov-break-glass",
        description=f"Somebody became {BREAK_GLASS} in {scope.stack.name}",
        namespace=NAMESPACE,
        metric=_METRIC,
        threshold=1,
        statistic="Sum",
        period_seconds=60,
    )
    add_alarm(add, "break-glass-alarm", alarm, (topic.arn,), tags)
