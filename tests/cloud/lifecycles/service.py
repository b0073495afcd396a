"""What a hosted service needs: load balancer, containers, scaling, database, schedules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, given

OTHER = {"owner": "other"}
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/erb"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
SERVICE = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/erb/erb"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"


def _network(world: World) -> str:
    return world.make("aws:ec2/vpc:Vpc", cidr_block="10.40.0.0/24")


def _subnets(world: World, vpc: str, *letters: str) -> tuple[str, ...]:
    return tuple(
        world.make(
            "aws:ec2/subnet:Subnet",
            vpc_id=vpc,
            cidr_block=f"10.40.0.{64 * 'abcd'.index(letter)}/26",
            availability_zone=f"{REGION}{'abca'['abcd'.index(letter)]}",
        )
        for letter in letters
    )


def _group(world: World, vpc: str, name: str = "one") -> str:
    return world.make("aws:ec2/securityGroup:SecurityGroup", name=name, description=name, vpc_id=vpc)


def _vpc(world: World) -> str:
    """The network that is there already."""
    found = world.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.40.0.0/24"]}])
    return str(found["Vpcs"][0]["VpcId"])


def _balancer(world: World) -> Mapping[str, Any]:
    vpc = _network(world)
    return {
        "name": "erb",
        "internal": False,
        "load_balancer_type": "application",
        "security_groups": (_group(world, vpc),),
        "subnets": _subnets(world, vpc, "a", "b"),
        "access_logs": {"bucket": "logs", "prefix": "erb", "enabled": True},
        "desync_mitigation_mode": "strictest",
        "drop_invalid_header_fields": True,
        "enable_deletion_protection": True,
        "idle_timeout": 30,
        "tags": TAGS,
    }


def _other_balancer(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    return {
        "security_groups": (_group(world, vpc, "two"),),
        "subnets": _subnets(world, vpc, "c", "d"),
        "access_logs": {"bucket": "others", "prefix": "erb", "enabled": False},
        "desync_mitigation_mode": "monitor",
        "drop_invalid_header_fields": False,
        "enable_deletion_protection": False,
        "idle_timeout": 60,
        "tags": OTHER,
    }


def _targets(world: World) -> Mapping[str, Any]:
    return {
        "name": "erb",
        "port": 8443,
        "protocol": "HTTPS",
        "target_type": "ip",
        "vpc_id": _network(world),
        "health_check": {
            "enabled": True,
            "path": "/health",
            "protocol": "HTTPS",
            "matcher": "200",
            "interval": 15,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        "deregistration_delay": 30,
        "tags": TAGS,
    }


def _target_group(world: World, name: str) -> str:
    return world.make(
        "aws:lb/targetGroup:TargetGroup",
        name=name,
        port=8443,
        protocol="HTTPS",
        target_type="ip",
        vpc_id=_vpc(world),
    )


def _certificate(world: World, host: str) -> str:
    return world.make("aws:acm/certificate:Certificate", domain_name=host, validation_method="DNS")


def _listener(world: World) -> Mapping[str, Any]:
    vpc = _network(world)
    balancer = world.make(
        "aws:lb/loadBalancer:LoadBalancer",
        name="erb",
        security_groups=(_group(world, vpc),),
        subnets=_subnets(world, vpc, "a", "b"),
    )
    return {
        "load_balancer_arn": balancer,
        "port": 443,
        "protocol": "HTTPS",
        "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "certificate_arn": _certificate(world, "register.erb.go.tz"),
        "default_actions": ({"type": "forward", "target_group_arn": _target_group(world, "erb")},),
        "routing_http_response_strict_transport_security_header_value": "max-age=31536000",
        "routing_http_response_x_content_type_options_header_value": "nosniff",
        "routing_http_response_server_enabled": False,
        "tags": TAGS,
    }


def _other_listener(world: World) -> Mapping[str, Any]:
    return {
        "port": 8443,
        "ssl_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "certificate_arn": _certificate(world, "tickets.erb.go.tz"),
        "default_actions": (
            {
                "type": "fixed-response",
                "fixed_response": {"content_type": "text/plain", "status_code": "403"},
            },
        ),
        "routing_http_response_strict_transport_security_header_value": "max-age=60",
        "routing_http_response_x_content_type_options_header_value": "",
        "routing_http_response_server_enabled": True,
        "tags": OTHER,
    }


_REWRITTEN = {"host_header_rewrite_config": {"rewrite": {"regex": "^erb[.]", "replace": "trc."}}}
_REFUSED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}


def _login(world: World, name: str) -> dict[str, Any]:
    pool = world.make("aws:cognito/userPool:UserPool", name=name)
    client = world.make("aws:cognito/userPoolClient:UserPoolClient", user_pool_id=pool, name=name)
    return {
        "type": "authenticate-cognito",
        "order": 1,
        "authenticate_cognito": {
            "user_pool_arn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool}",
            "user_pool_client_id": client,
            "user_pool_domain": name,
            "on_unauthenticated_request": "authenticate",
            "scope": "email openid",
            "session_cookie_name": name,
            "session_timeout": 3600,
        },
    }


def _forward(world: World, name: str) -> dict[str, Any]:
    return {"type": "forward", "order": 2, "target_group_arn": _target_group(world, name)}


def _listener_rule(world: World) -> Mapping[str, Any]:
    return {
        "listener_arn": world.make("aws:lb/listener:Listener", **_listener(world)),
        "priority": 7,
        "actions": (_login(world, "one"), _forward(world, "three")),
        "conditions": (
            {"host_header": {"values": ("erb.ofisi.go.tz", "*.erb.ofisi.go.tz")}},
            {"path_pattern": {"values": ("/files/*",)}},
            {"source_ip": {"values": ("10.0.0.0/8",)}},
            {"http_request_method": {"values": ("GET",)}},
            {"http_header": {"http_header_name": "X-Egov", "values": ("yes",)}},
            {"query_strings": ({"key": "version", "value": "1"}, {"value": "new"})},
        ),
        "tags": TAGS,
    }


def _other_listener_rule(world: World) -> Mapping[str, Any]:
    weighted = (
        {"arn": _target_group(world, "four"), "weight": 3},
        {"arn": _target_group(world, "five"), "weight": 7},
    )
    return {
        "priority": 8,
        "actions": (
            _login(world, "two"),
            {
                "type": "forward",
                "order": 2,
                "forward": {"target_groups": weighted, "stickiness": {"enabled": True, "duration": 60}},
            },
        ),
        "conditions": ({"host_header": {"values": ("trc.ofisi.go.tz",)}},),
        "transforms": ({"type": "host-header-rewrite", **_REWRITTEN},),
        "tags": OTHER,
    }


def _containers(image: str) -> str:
    container = {
        "name": "app",
        "image": image,
        "essential": True,
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": 8443, "protocol": "tcp"}],
        "secrets": [{"name": "PASSWORD", "valueFrom": "arn:aws:secretsmanager:x"}],
    }
    return json.dumps([container])


DEFINITION = {
    "family": "erb",
    "container_definitions": _containers("registry/erb@sha256:1"),
    "cpu": "512",
    "memory": "1024",
    "network_mode": "awsvpc",
    "requires_compatibilities": ("FARGATE",),
    "runtime_platform": {"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
    "execution_role_arn": f"{ROLE}execution",
    "task_role_arn": f"{ROLE}task",
    "volumes": ({"name": "temporary"},),
    "tags": TAGS,
}


def _definition(world: World) -> str:
    return world.make("aws:ecs/taskDefinition:TaskDefinition", **DEFINITION)


def _service(world: World) -> Mapping[str, Any]:
    vpc = _network(world)
    world.make("aws:ecs/cluster:Cluster", name="erb")
    definition = _definition(world)
    return {
        "name": "erb",
        "cluster": CLUSTER,
        "task_definition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{definition}",
        "launch_type": "FARGATE",
        "platform_version": "1.4.0",
        "desired_count": 2,
        "deployment_minimum_healthy_percent": 100,
        "deployment_maximum_percent": 200,
        "deployment_circuit_breaker": {"enable": True, "rollback": True},
        "enable_execute_command": False,
        "health_check_grace_period_seconds": 60,
        "network_configuration": {
            "subnets": _subnets(world, vpc, "a", "b"),
            "security_groups": (_group(world, vpc),),
            "assign_public_ip": False,
        },
        "load_balancers": (
            {
                "target_group_arn": _target_group(world, "erb"),
                "container_name": "app",
                "container_port": 8443,
            },
        ),
        "propagate_tags": "SERVICE",
        "tags": TAGS,
    }


def _other_service(world: World) -> Mapping[str, Any]:
    vpc = _vpc(world)
    return {
        "task_definition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{_definition(world)}",
        "platform_version": "LATEST",
        "desired_count": 3,
        "deployment_minimum_healthy_percent": 50,
        "deployment_maximum_percent": 150,
        "deployment_circuit_breaker": {"enable": True, "rollback": False},
        "enable_execute_command": True,
        "health_check_grace_period_seconds": 90,
        "network_configuration": {
            "subnets": _subnets(world, vpc, "c"),
            "security_groups": (_group(world, vpc, "two"),),
            "assign_public_ip": True,
        },
        "propagate_tags": "NONE",
        "tags": OTHER,
    }


TARGET = {
    "service_namespace": "ecs",
    "resource_id": "service/erb/erb",
    "scalable_dimension": "ecs:service:DesiredCount",
}


def _scaled(world: World) -> Mapping[str, Any]:
    world.handle("aws:ecs/service:Service").create(_service(world), "needed")
    return {**TARGET, "min_capacity": 2, "max_capacity": 8, "tags": TAGS}


def _tracking(percent: int, metric: str) -> Mapping[str, Any]:
    return {
        "target_value": percent,
        "predefined_metric_specification": {"predefined_metric_type": metric},
        "scale_in_cooldown": 120,
        "scale_out_cooldown": 60,
    }


def _scaling(world: World) -> Mapping[str, Any]:
    _scaled(world)
    world.make("aws:appautoscaling/target:Target", **TARGET, min_capacity=2, max_capacity=8)
    return {
        **TARGET,
        "name": "processors",
        "policy_type": "TargetTrackingScaling",
        "target_tracking_scaling_policy_configuration": _tracking(60, "ECSServiceAverageCPUUtilization"),
    }


def _parameters(**values: str) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {"name": name.replace("__", "."), "value": value, "apply_method": "immediate"}
        for name, value in values.items()
    )


def _database_subnets(world: World) -> Mapping[str, Any]:
    vpc = _network(world)
    return {
        "name": "erb",
        "description": "d",
        "subnet_ids": _subnets(world, vpc, "a", "b"),
        "tags": TAGS,
    }


def _database(world: World) -> Mapping[str, Any]:
    subnets = world.make("aws:rds/subnetGroup:SubnetGroup", **_database_subnets(world))
    for name in ("one", "two"):
        world.make("aws:rds/parameterGroup:ParameterGroup", name=name, family="postgres16", description="d")
    key = str(world.handle("aws:kms/key:Key").create({"description": "d"}, "needed").outputs["arn"])
    return {
        "identifier": "erb",
        "engine": "postgres",
        "engine_version": "16",
        "auto_minor_version_upgrade": True,
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
        "instance_class": "db.t4g.medium",
        "db_name": "register",
        "port": 5432,
        "username": "owner",
        "manage_master_user_password": True,
        "master_user_secret_kms_key_id": key,
        "allocated_storage": 20,
        "max_allocated_storage": 80,
        "storage_type": "gp3",
        "storage_encrypted": True,
        "kms_key_id": key,
        "multi_az": True,
        "publicly_accessible": False,
        "db_subnet_group_name": subnets,
        "vpc_security_group_ids": (_group(world, _vpc(world)),),
        "parameter_group_name": "one",
        "backup_retention_period": 35,
        "copy_tags_to_snapshot": True,
        "delete_automated_backups": True,
        "deletion_protection": False,
        "skip_final_snapshot": True,
        "enabled_cloudwatch_logs_exports": ("postgresql", "upgrade"),
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": key,
        "tags": TAGS,
    }


def _other_database(world: World) -> Mapping[str, Any]:
    return {
        "engine_version": "17",
        "auto_minor_version_upgrade": False,
        "ca_cert_identifier": "rds-ca-rsa4096-g1",
        "instance_class": "db.t4g.large",
        "allocated_storage": 40,
        "max_allocated_storage": 160,
        "storage_type": "io1",
        "multi_az": False,
        "publicly_accessible": True,
        "vpc_security_group_ids": (_group(world, _vpc(world), "two"),),
        "parameter_group_name": "two",
        "backup_retention_period": 7,
        "copy_tags_to_snapshot": False,
        "deletion_protection": True,
        "enabled_cloudwatch_logs_exports": ("postgresql",),
        "performance_insights_enabled": False,
        "performance_insights_kms_key_id": None,
        "tags": OTHER,
    }


def _sent(queue: str, text: str) -> Mapping[str, Any]:
    return {
        "arn": f"{QUEUE}{queue}",
        "role_arn": f"{ROLE}schedule",
        "input": json.dumps({"do": text}),
        "retry_policy": {"maximum_event_age_in_seconds": 60, "maximum_retry_attempts": 3},
        "dead_letter_config": {"arn": f"{QUEUE}dead"},
    }


def _schedule(world: World) -> Mapping[str, Any]:
    return {
        "group_name": world.make("aws:scheduler/scheduleGroup:ScheduleGroup", name="erb"),
        "name": "release",
        "description": "d",
        "schedule_expression": "rate(1 minutes)",
        "schedule_expression_timezone": "Africa/Dar_es_Salaam",
        "state": "ENABLED",
        "flexible_time_window": {"mode": "OFF"},
        "target": _sent("one", "release"),
        "kms_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a",
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:lb/loadBalancer:LoadBalancer",
        _balancer,
        _other_balancer,
        call(
            "elbv2",
            "modify_load_balancer_attributes",
            LoadBalancerArn="{id}",
            Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "false"}],
        ),
        "drop_invalid_header_fields",
    ),
    LifeCycle(
        "aws:lb/targetGroup:TargetGroup",
        _targets,
        {
            "health_check": {
                "enabled": True,
                "path": "/",
                "protocol": "HTTP",
                "matcher": "200-299",
                "interval": 30,
                "timeout": 6,
                "healthy_threshold": 5,
                "unhealthy_threshold": 2,
            },
            "deregistration_delay": 60,
            "tags": OTHER,
        },
        call("elbv2", "modify_target_group", TargetGroupArn="{id}", HealthCheckPath="/login"),
        "health_check.path",
    ),
    LifeCycle(
        "aws:lb/listener:Listener",
        _listener,
        _other_listener,
        call("elbv2", "modify_listener", ListenerArn="{id}", SslPolicy="ELBSecurityPolicy-2016-08"),
        "ssl_policy",
    ),
    LifeCycle(
        "aws:lb/listenerRule:ListenerRule",
        _listener_rule,
        _other_listener_rule,
        call("elbv2", "set_rule_priorities", RulePriorities=[{"RuleArn": "{id}", "Priority": 9}]),
        "priority",
    ),
    LifeCycle(
        "aws:lb/listenerRule:ListenerRule",
        _listener_rule,
        None,
        call("elbv2", "modify_rule", RuleArn="{id}", Actions=[_REFUSED]),
        "actions",
        case="without login",
    ),
    LifeCycle(
        "aws:ecs/cluster:Cluster",
        given(name="erb", settings=({"name": "containerInsights", "value": "enabled"},), tags=TAGS),
        {"settings": ({"name": "containerInsights", "value": "disabled"},), "tags": OTHER},
        call(
            "ecs",
            "update_cluster",
            cluster="erb",
            settings=[{"name": "containerInsights", "value": "disabled"}],
        ),
        "settings",
    ),
    LifeCycle(
        "aws:ecs/taskDefinition:TaskDefinition",
        given(**DEFINITION),
        {"container_definitions": _containers("registry/erb@sha256:2"), "tags": OTHER},
        call("ecs", "deregister_task_definition", taskDefinition="{id}"),
        "",
    ),
    LifeCycle(
        "aws:ecs/service:Service",
        _service,
        _other_service,
        call("ecs", "update_service", cluster="erb", service="erb", enableExecuteCommand=True),
        "enable_execute_command",
    ),
    LifeCycle(
        "aws:appautoscaling/target:Target",
        _scaled,
        {"min_capacity": 1, "max_capacity": 4},
        call(
            "application-autoscaling",
            "register_scalable_target",
            ServiceNamespace="ecs",
            ResourceId="service/erb/erb",
            ScalableDimension="ecs:service:DesiredCount",
            MaxCapacity=80,
        ),
        "max_capacity",
    ),
    LifeCycle(
        "aws:appautoscaling/policy:Policy",
        _scaling,
        {"target_tracking_scaling_policy_configuration": _tracking(80, "ECSServiceAverageMemoryUtilization")},
        call(
            "application-autoscaling",
            "delete_scaling_policy",
            ServiceNamespace="ecs",
            ResourceId="service/erb/erb",
            ScalableDimension="ecs:service:DesiredCount",
            PolicyName="processors",
        ),
        "",
    ),
    LifeCycle(
        "aws:rds/parameterGroup:ParameterGroup",
        given(
            name="erb",
            family="postgres16",
            description="d",
            parameters=_parameters(rds__force_ssl="1", log_connections="1"),
            tags=TAGS,
        ),
        {"parameters": _parameters(rds__force_ssl="0", log_connections="1"), "tags": OTHER},
        call(
            "rds",
            "modify_db_parameter_group",
            DBParameterGroupName="erb",
            Parameters=[
                {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
            ],
        ),
        "parameters",
    ),
    LifeCycle(
        "aws:rds/subnetGroup:SubnetGroup",
        _database_subnets,
        lambda world: {
            "description": "e",
            "subnet_ids": _subnets(world, _vpc(world), "c"),
            "tags": OTHER,
        },
        call("rds", "delete_db_subnet_group", DBSubnetGroupName="erb"),
        "",
    ),
    LifeCycle(
        "aws:rds/instance:Instance",
        _database,
        _other_database,
        call("rds", "modify_db_instance", DBInstanceIdentifier="erb", PubliclyAccessible=True),
        "publicly_accessible",
    ),
    LifeCycle(
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        given(name="erb", tags=TAGS),
        {"tags": OTHER},
        call("scheduler", "delete_schedule_group", Name="erb"),
        "",
    ),
    LifeCycle(
        "aws:scheduler/schedule:Schedule",
        _schedule,
        {
            "description": "e",
            "schedule_expression": "rate(5 minutes)",
            "schedule_expression_timezone": "UTC",
            "state": "DISABLED",
            "flexible_time_window": {"mode": "FLEXIBLE", "maximum_window_in_minutes": 5},
            "target": _sent("two", "other"),
            "kms_key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/b",
        },
        call("scheduler", "delete_schedule", GroupName="erb", Name="release"),
        "",
    ),
)
