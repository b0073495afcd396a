"""Amazon ECS: clusters, task definitions, services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

_TAGS = Tags(read="", params={"resourceArn": "{arn}"})
CLUSTER = Adapter(
    type="aws:ecs/cluster:Cluster",
    service="ecs",
    properties="name settings tags",
    id="arn:aws:ecs:{region}:{account}:cluster/{name}",
    names={"name": "clusterName"},
    create=Call("create_cluster"),
    reads=(
        Call(
            "describe_clusters", {"clusters": ["{name}"], "include": ["SETTINGS", "TAGS"]}, at="clusters[0]"
        ),
    ),
    steps=(Step("settings", Call("update_cluster", {"cluster": "{name}"})),),
    tags=_TAGS,
    delete=Call("delete_cluster", {"cluster": "{name}"}),
    outputs={"arn": "{id}"},
    sets="settings",
    gone="clusters[0].status == 'INACTIVE'",
)


def _definitions(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Containers stand as JSON in a property, with the API's own names."""
    text = inputs.get("container_definitions")
    return {"definitions": json.loads(text)} if isinstance(text, str) else {}


def _without_usual(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    """What ECS adds to each container where nothing is declared is left out."""
    containers = [
        {key: item for key, item in one.items() if item not in ([], {}) and (key, item) != ("cpu", 0)}
        for one in answer.get("containerDefinitions", ())
    ]
    for one in containers:
        one["portMappings"] = [
            {key: item for key, item in port.items() if (key, item) != ("hostPort", port["containerPort"])}
            for port in one.get("portMappings", ())
        ]
    return {**answer, "containerDefinitions": containers}


TASK_DEFINITION = Adapter(
    type="aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    properties="family container_definitions cpu memory network_mode requires_compatibilities runtime_platform "
    "execution_role_arn task_role_arn volumes tags",
    id="{family}:{revision}",
    documents="container_definitions",
    create=Call("register_task_definition", {"containerDefinitions": "{definitions}"}, at="taskDefinition"),
    reads=(
        Call(
            "describe_task_definition",
            {"taskDefinition": "{family}:{revision}", "include": ["TAGS"]},
            at="merge(taskDefinition, {tags: tags})",
        ),
    ),
    derive=_definitions,
    decode=_without_usual,
    tags=_TAGS,
    delete=Call("deregister_task_definition", {"taskDefinition": "{family}:{revision}"}),
    outputs={
        "arn": "arn:aws:ecs:{region}:{account}:task-definition/{family}:{revision}",
        "arn_without_revision": "arn:aws:ecs:{region}:{account}:task-definition/{family}",
        "revision": "revision",
    },
    sets="volumes",
    gone="taskDefinition.status == 'INACTIVE'",
    missing=("ClientException",),
    listing=Call(
        "list_task_definitions", {"familyPrefix": "{family}"}, at="taskDefinitionArns", is_paged=True
    ),
)

_SERVICE = "task_definition desired_count enable_execute_command network_configuration platform_version propagate_tags"
_DEPLOYMENT = {
    # moto's CreateService forgets these: they are set by an update
    "deployment_minimum_healthy_percent": "deploymentConfiguration.minimumHealthyPercent",
    "deployment_maximum_percent": "deploymentConfiguration.maximumPercent",
    "deployment_circuit_breaker": "deploymentConfiguration.deploymentCircuitBreaker",
    "health_check_grace_period_seconds": "healthCheckGracePeriodSeconds",
}
_DEPLOY = {
    "service": "{name}",
    "deploymentConfiguration": {
        "minimumHealthyPercent": "{deployment_minimum_healthy_percent}",
        "maximumPercent": "{deployment_maximum_percent}",
        "deploymentCircuitBreaker": "{deployment_circuit_breaker}",
    },
    "healthCheckGracePeriodSeconds": "{health_check_grace_period_seconds}",
}
_PUBLIC = {True: "ENABLED", False: "DISABLED"}


def _to_word(_operation: str, params: dict[str, Any], scope: Mapping[str, Any]) -> None:
    """The API has a word for whether tasks get public addresses, and wants the task definition's name whole."""
    network = params.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    if "assignPublicIp" in network:
        network["assignPublicIp"] = _PUBLIC[network["assignPublicIp"] == "true"]
    if "taskDefinition" in params:
        where = f"arn:aws:ecs:{scope['region']}:{scope['account']}:task-definition"
        params["taskDefinition"] = f"{where}/{params['taskDefinition'].rpartition('/')[2]}"


def _from_word(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    network = dict(answer.get("networkConfiguration", {}).get("awsvpcConfiguration", {}))
    if network.get("assignPublicIp") in _PUBLIC.values():
        network["assignPublicIp"] = network["assignPublicIp"] == _PUBLIC[True]
    return {**answer, "networkConfiguration": {"awsvpcConfiguration": network}} if network else answer


SERVICE = Adapter(
    type="aws:ecs/service:Service",
    service="ecs",
    properties=f"name cluster launch_type load_balancers {_SERVICE} {' '.join(_DEPLOYMENT)} tags",
    id="arn:aws:ecs:{region}:{account}:service/{cluster}/{name}",
    names={
        "name": "serviceName",
        **dict.fromkeys(_DEPLOYMENT, "-"),
        "network_configuration": "networkConfiguration.awsvpcConfiguration",
    },
    answers={"cluster": "clusterArn", **_DEPLOYMENT},
    tails="cluster task_definition",
    create=Call("create_service"),
    reads=(Call("describe_services", {"services": ["{name}"], "include": ["TAGS"]}, at="services[0]"),),
    steps=(
        Step(_SERVICE, Call("update_service", {"service": "{name}"})),
        Step(" ".join(_DEPLOYMENT), Call("update_service", _DEPLOY)),
    ),
    encode=_to_word,
    decode=_from_word,
    tags=_TAGS,
    delete=Call("delete_service", {"service": "{name}", "force": True}),
    outputs={"arn": "{id}"},
    sets="load_balancers",
    unread={"desired_count": "scaling moves it, between bounds that are compared"},
    defaults={"enable_execute_command": False, "propagate_tags": "NONE"},
    gone="services[0].status == 'INACTIVE'",
)

ADAPTERS = (CLUSTER, TASK_DEFINITION, SERVICE)
