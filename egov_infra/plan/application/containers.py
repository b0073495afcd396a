"""Containers that serve requests: AWS Fargate over two zones, as little allowed as can be, as many as are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from egov_infra.plan.access_policy import policy, service_trust, statement
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.alarms import Alarm, add_alarm
from egov_infra.plan.application.balancer import Balancer
from egov_infra.plan.application.ground import Ground, add_log_group
from egov_infra.plan.application.group import open_between, open_tls
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Value
from egov_infra.source.frozen import frozen

CONTAINER = "app"
USER = "10001"
"""Number of the user that runs it: nobody on the host."""
TEMPORARY = "/tmp"  # noqa: S108 - the container's own, the only place where it may write
BUSY_PERCENT = 60
"""Use of processors that scaling keeps to."""
FULL_PERCENT = 90
"""Use of processors or memory at which people are told."""
SETTLE_SECONDS = 120
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
SECRET_ACTIONS = ("kms:Decrypt", "secretsmanager:GetSecretValue")


@frozen
class Containers:
    """What to plan."""

    image: str
    """Image by digest."""
    port: int
    """Where it speaks TLS."""
    cpu: int
    """Processor of one container, in 1024ths."""
    memory_mib: int
    least: int
    """Containers that always run."""
    most: int
    """Containers when there is much to do."""
    group: PlannedResource
    """Its security group; whoever it reaches lets it in."""
    environment: Mapping[str, Value] = field(default_factory=dict)
    """Settings by environment variable: never a secret."""
    secrets: Mapping[str, Value] = field(default_factory=dict)
    """Environment variable to the ARN of a secret, or of one of its keys (ECS developer guide, secrets)."""
    secret_arns: tuple[Value, ...] = ()
    """What it needs to read them, as an access policy names it."""
    may: tuple[dict[str, Value], ...] = ()
    """Statements of what it may do in the account."""


def add_containers(ground: Ground, wanted: Containers, balancer: Balancer) -> PlannedResource:
    """Plan cluster, roles, task definition, service behind a balancer, scaling, log group and alarms; returns the service."""
    add, tags = ground.add, ground.tags
    open_between(ground, "requests", balancer.group, wanted.group, wanted.port)
    open_tls(ground, "containers-tls-out", wanted.group, "Egress")
    logs = add_log_group(ground, "logs", f"/egov/{ground.name}")
    cluster = add(
        "ecs.Cluster",
        "cluster",
        name=ground.name,
        settings=({"name": "containerInsights", "value": "enabled"},),
        tags=tags,
    )
    definition = _add_definition(ground, wanted, logs)
    service = add(
        "ecs.Service",
        "service",
        opts=Options(depends_on=(balancer.attachment.name,)),
        name=ground.name,
        cluster=cluster.arn,
        task_definition=definition.arn,
        launch_type="FARGATE",
        platform_version="1.4.0",
        desired_count=wanted.least,
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=200,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        enable_execute_command=False,
        health_check_grace_period_seconds=60,
        network_configuration={
            "subnets": ground.subnets,
            "security_groups": (wanted.group.id,),
            "assign_public_ip": False,
        },
        load_balancers=(
            {
                "target_group_arn": balancer.targets.arn,
                "container_name": CONTAINER,
                "container_port": wanted.port,
            },
        ),
        propagate_tags="SERVICE",
        tags=tags,
    )
    _add_scaling(ground, wanted, service)
    _add_alarms(ground, service)
    return service


def _add_definition(ground: Ground, wanted: Containers, logs: PlannedResource) -> PlannedResource:
    readable = (*wanted.secret_arns, ground.key_arn)
    starting = [statement(None, LOG_ACTIONS, (f"{ground.arn('logs', f'log-group:/egov/{ground.name}')}:*",))]
    if wanted.secret_arns:
        starting.append(statement(None, SECRET_ACTIONS, readable))
    execution = _add_role(ground, "execution", f"Starts the containers of {ground.name}", tuple(starting))
    task = _add_role(ground, "task", f"What {ground.name} itself may do", wanted.may)
    return ground.add(
        "ecs.TaskDefinition",
        "definition",
        family=ground.name,
        requires_compatibilities=("FARGATE",),
        network_mode="awsvpc",
        cpu=str(wanted.cpu),
        memory=str(wanted.memory_mib),
        runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
        execution_role_arn=execution.arn,
        task_role_arn=task.arn,
        volumes=({"name": "temporary"},),
        container_definitions=Document((_container(ground, wanted, logs),)),
        tags=ground.tags,
    )


def _container(ground: Ground, wanted: Containers, logs: PlannedResource) -> dict[str, Value]:
    """The container as ECS takes it: its root is read-only, it is nobody, and it has no privilege to give up."""
    return {
        "name": CONTAINER,
        "image": wanted.image,
        "essential": True,
        "user": USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ("ALL",)}, "initProcessEnabled": True},
        "portMappings": ({"containerPort": wanted.port, "protocol": "tcp"},),
        "mountPoints": ({"sourceVolume": "temporary", "containerPath": TEMPORARY, "readOnly": False},),
        "environment": tuple(
            {"name": name, "value": value} for name, value in sorted(wanted.environment.items())
        ),
        "secrets": tuple(
            {"name": name, "valueFrom": value} for name, value in sorted(wanted.secrets.items())
        ),
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs.output("name"),
                "awslogs-region": ground.add.region,
                "awslogs-stream-prefix": CONTAINER,
            },
        },
    }


def _add_role(
    ground: Ground, role: str, description: str, statements: tuple[dict[str, Value], ...]
) -> PlannedResource:
    number = ground.add.account
    made = ground.add(
        "iam.Role",
        f"{role}-role",
        opts=Options(depends_on=ground.after),
        name=ground.called(role),
        description=description,
        assume_role_policy=service_trust("ecs-tasks", number),
        permissions_boundary=boundary_arn(number),
        tags=ground.tags,
    )
    if statements:
        ground.add(
            "iam.RolePolicy",
            f"{role}-role-policy",
            role=made.output("name"),
            name=role,
            policy=policy(*statements),
        )
    return made


def _add_scaling(ground: Ground, wanted: Containers, service: PlannedResource) -> None:
    scaled = ground.add(
        "appautoscaling.Target",
        "scaling",
        opts=Options(depends_on=(service.name,)),
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=f"service/{ground.name}/{ground.name}",
        min_capacity=wanted.least,
        max_capacity=wanted.most,
        tags=ground.tags,
    )
    ground.add(
        "appautoscaling.Policy",
        "scaling-policy",
        name=ground.called("processors"),
        policy_type="TargetTrackingScaling",
        service_namespace=scaled.output("service_namespace"),
        scalable_dimension=scaled.output("scalable_dimension"),
        resource_id=scaled.output("resource_id"),
        target_tracking_scaling_policy_configuration={
            "target_value": BUSY_PERCENT,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            "scale_in_cooldown": SETTLE_SECONDS,
            "scale_out_cooldown": SETTLE_SECONDS,
        },
    )


def _add_alarms(ground: Ground, service: PlannedResource) -> None:
    where: dict[str, Value] = {"ClusterName": ground.name, "ServiceName": service.output("name")}
    for role, metric in (("processors", "CPUUtilization"), ("memory", "MemoryUtilization")):
        alarm = Alarm(
            name=ground.called("containers", role, limit=255),
            description=f"Scaling does not keep up: {metric} of {ground.name}",
            namespace="AWS/ECS",
            metric=metric,
            threshold=FULL_PERCENT,
            dimensions=where,
            statistic="Average",
            period_seconds=60,
            periods=10,
        )
        add_alarm(ground.add, f"containers-{role}-alarm", alarm, ground.alarms, ground.tags)
