"""Amazon CloudWatch Logs."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

GROUP = Adapter(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    properties="name kms_key_id log_group_class retention_in_days tags",
    local="skip_destroy",
    id="{name}",
    names={"name": "logGroupName"},
    create=Call("create_log_group"),
    reads=(
        Call(
            "describe_log_groups",
            {"logGroupNamePrefix": "{name}"},
            at="logGroups[?logGroupName=='{name}'] | [0]",
            is_paged=True,
        ),
    ),
    # moto has no AssociateKmsKey, so that another key replaces it
    steps=(Step("retention_in_days", Call("put_retention_policy"), off=Call("delete_retention_policy")),),
    tags=Tags(params={"resourceArn": "{arn}"}),
    delete=Call("delete_log_group"),
    outputs={"arn": "arn:aws:logs:{region}:{account}:log-group:{name}"},
    unread={"log_group_class": "moto keeps no class"},
)

METRIC_FILTER = Adapter(
    type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
    service="logs",
    properties="log_group_name name pattern metric_transformation",
    id="{log_group_name}:{name}",
    names={
        "name": "filterName",
        "pattern": "filterPattern",
        "metric_transformation": "metricTransformations",
        "metric_transformation.name": "metricName",
        "metric_transformation.namespace": "metricNamespace",
        "metric_transformation.value": "metricValue",
    },
    create=Call("put_metric_filter"),
    reads=(
        Call(
            "describe_metric_filters",
            {"filterNamePrefix": "{name}"},
            at="metricFilters[?filterName=='{name}'] | [0]",
            is_paged=True,
        ),
    ),
    # moto keeps the old filter beside a changed one, so that every change replaces it
    delete=Call("delete_metric_filter"),
)

_SENT = "destination_arn distribution filter_pattern role_arn"
SUBSCRIPTION_FILTER = Adapter(
    type="aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    service="logs",
    properties=f"log_group name {_SENT}",
    id="{log_group}|{name}",
    names={"log_group": "logGroupName", "name": "filterName"},
    create=Call("put_subscription_filter"),
    reads=(
        Call(
            "describe_subscription_filters",
            {"filterNamePrefix": "{name}"},
            at="subscriptionFilters[?filterName=='{name}'] | [0]",
            is_paged=True,
        ),
    ),
    steps=(Step(_SENT, Call("put_subscription_filter")),),
    unread={"distribution": "moto always answers ByLogStream"},
    delete=Call("delete_subscription_filter"),
    defaults={"distribution": "ByLogStream", "filter_pattern": ""},
    members=(
        Members(
            GROUP.type,
            Call(
                "describe_subscription_filters",
                {"logGroupName": "{name}"},
                at="subscriptionFilters[].filterName",
                is_paged=True,
            ),
            "{name}|{item}",
        ),
    ),
)

RESOURCE_POLICY = Adapter(
    type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    service="logs",
    properties="policy_name policy_document",
    id="{policy_name}",
    documents="policy_document",
    create=Call("put_resource_policy"),
    reads=(
        Call(
            "describe_resource_policies",
            at="resourcePolicies[?policyName=='{policy_name}'] | [0]",
            is_paged=True,
        ),
    ),
    steps=(Step("policy_document", Call("put_resource_policy")),),
    delete=Call("delete_resource_policy"),
)

ADAPTERS = (GROUP, METRIC_FILTER, SUBSCRIPTION_FILTER, RESOURCE_POLICY)
