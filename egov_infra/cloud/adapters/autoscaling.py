"""Application Auto Scaling."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step

_BOUNDS = "min_capacity max_capacity"
_WHERE = {"ServiceNamespace": "{service_namespace}"}
TARGET = Adapter(
    type="aws:appautoscaling/target:Target",
    service="application-autoscaling",
    properties=f"service_namespace resource_id scalable_dimension {_BOUNDS} tags",
    id="{service_namespace}/{resource_id}/{scalable_dimension}",
    create=Call("register_scalable_target"),
    reads=(
        Call(
            "describe_scalable_targets",
            {**_WHERE, "ResourceIds": ["{resource_id}"], "ScalableDimension": "{scalable_dimension}"},
            at="ScalableTargets[0]",
        ),
    ),
    steps=(Step(_BOUNDS, Call("register_scalable_target")),),
    delete=Call("deregister_scalable_target"),
    outputs={"arn": "ScalableTargetARN"},
    unread={"tags": "moto lacks ListTagsForResource"},
)

_POLICY = "target_tracking_scaling_policy_configuration"
POLICY = Adapter(
    type="aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    properties=f"service_namespace resource_id scalable_dimension name policy_type {_POLICY}",
    id="{service_namespace}/{resource_id}/{scalable_dimension}/{name}",
    names={"name": "PolicyName"},
    create=Call("put_scaling_policy"),
    reads=(
        Call(
            "describe_scaling_policies",
            {
                **_WHERE,
                "ResourceId": "{resource_id}",
                "ScalableDimension": "{scalable_dimension}",
                "PolicyNames": ["{name}"],
            },
            at="ScalingPolicies[0]",
        ),
    ),
    steps=(Step(_POLICY, Call("put_scaling_policy", {"PolicyType": "{policy_type}"})),),
    delete=Call("delete_scaling_policy"),
    outputs={"arn": "PolicyARN"},
    missing=("ObjectNotFoundException",),
    members=(
        Members(
            TARGET.type,
            Call(
                "describe_scaling_policies",
                {
                    **_WHERE,
                    "ResourceId": "{resource_id}",
                    "ScalableDimension": "{scalable_dimension}",
                },
                at="ScalingPolicies[].PolicyName",
                is_paged=True,
            ),
            "{id}/{item}",
        ),
    ),
)

ADAPTERS = (TARGET, POLICY)
