"""Amazon RDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags
from egov_infra.cloud.handle import Handle

_TAGS = Tags(
    "add_tags_to_resource",
    "remove_tags_from_resource",
    "list_tags_for_resource",
    {"ResourceName": "{arn}"},
)


# moto lacks ResetDBParameterGroup, which takes back what is no longer declared: any change replaces the group
PARAMETER_GROUP = Adapter(
    type="aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    properties="name family description parameters tags",
    id="{name}",
    names={
        "name": "DBParameterGroupName",
        "family": "DBParameterGroupFamily",
        "parameters.name": "ParameterName",
        "parameters.value": "ParameterValue",
    },
    create=Call("create_db_parameter_group"),
    reads=(
        Call("describe_db_parameter_groups", at="DBParameterGroups[0]"),
        # without this AWS gives everything that the engine has
        Call("describe_db_parameters", {"Source": "user"}, at="{Parameters: Parameters}", is_paged=True),
    ),
    steps=(Step("parameters", Call("modify_db_parameter_group")),),
    replaces="parameters",
    tags=_TAGS,
    delete=Call("delete_db_parameter_group"),
    outputs={"arn": "arn:aws:rds:{region}:{account}:pg:{name}"},
    sets="parameters",
)

# moto's ModifyDBSubnetGroup makes the group vanish: any change replaces it
SUBNET_GROUP = Adapter(
    type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    properties="name description subnet_ids tags",
    id="{name}",
    names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    answers={"subnet_ids": "Subnets[].SubnetIdentifier"},
    create=Call("create_db_subnet_group"),
    reads=(Call("describe_db_subnet_groups", at="DBSubnetGroups[0]"),),
    tags=_TAGS,
    delete=Call("delete_db_subnet_group"),
    outputs={"arn": "arn:aws:rds:{region}:{account}:subgrp:{name}", "vpc_id": "VpcId"},
)


def _export_logs(handle: Handle, scope: Mapping[str, Any]) -> None:
    """Begin and end exports of logs: the API takes changes, not what should be."""
    identifier = scope["identifier"]
    live = handle.read(identifier, {}, identifier) or {}
    wanted = set(scope.get(_EXPORTS) or ())
    there = set(live.get(_EXPORTS) or ())
    change = {"EnableLogTypes": sorted(wanted - there), "DisableLogTypes": sorted(there - wanted)}
    if any(change.values()):
        handle.call(
            "modify_db_instance",
            {"DBInstanceIdentifier": identifier, "CloudwatchLogsExportConfiguration": change},
            identifier,
        )


_EXPORTS = "enabled_cloudwatch_logs_exports"
_INSTANCE = (
    "allocated_storage auto_minor_version_upgrade backup_retention_period ca_cert_identifier "
    "copy_tags_to_snapshot deletion_protection engine_version instance_class max_allocated_storage multi_az "
    "parameter_group_name publicly_accessible storage_type vpc_security_group_ids"
)
_INSIGHTS = "performance_insights_enabled performance_insights_kms_key_id"
_NO_INSIGHTS = "moto keeps nothing of performance insights"
INSTANCE = Adapter(
    type="aws:rds/instance:Instance",
    service="rds",
    properties="identifier engine db_name port username manage_master_user_password master_user_secret_kms_key_id "
    f"storage_encrypted kms_key_id db_subnet_group_name {_INSTANCE} {_EXPORTS} {_INSIGHTS} tags",
    local="apply_immediately skip_final_snapshot final_snapshot_identifier delete_automated_backups",
    id="{identifier}",
    names={
        "identifier": "DBInstanceIdentifier",
        "instance_class": "DBInstanceClass",
        "username": "MasterUsername",
        "ca_cert_identifier": "CACertificateIdentifier",
        "parameter_group_name": "DBParameterGroupName",
        "performance_insights_enabled": "EnablePerformanceInsights",
    },
    answers={
        "db_subnet_group_name": "DBSubnetGroup.DBSubnetGroupName",
        "manage_master_user_password": "MasterUserSecret && `true`",
        "master_user_secret_kms_key_id": "MasterUserSecret.KmsKeyId",
        "parameter_group_name": "DBParameterGroups[0].DBParameterGroupName",
        "port": "Endpoint.Port",
        "vpc_security_group_ids": "VpcSecurityGroups[].VpcSecurityGroupId",
    },
    create=Call("create_db_instance", at="DBInstance"),
    reads=(Call("describe_db_instances", at="DBInstances[0]"),),
    steps=(
        Step(_INSTANCE, Call("modify_db_instance", {"ApplyImmediately": True})),
        Step(_EXPORTS, by=_export_logs),
        Step(_INSIGHTS, Call("modify_db_instance")),
    ),
    tags=Tags("add_tags_to_resource", "remove_tags_from_resource", "", {"ResourceName": "{arn}"}),
    delete=Call(
        "delete_db_instance",
        {
            "SkipFinalSnapshot": "{skip_final_snapshot}",
            "FinalDBSnapshotIdentifier": "{final_snapshot_identifier}",
            "DeleteAutomatedBackups": "{delete_automated_backups}",
        },
    ),
    waiter="db_instance_available",
    outputs={
        "arn": "DBInstanceArn",
        "address": "Endpoint.Address",
        "endpoint": "join(':', [Endpoint.Address, to_string(Endpoint.Port)])",
        "resource_id": "DbiResourceId",
        "master_user_secrets": "MasterUserSecret && [MasterUserSecret.{SecretArn: SecretArn, KmsKeyId: KmsKeyId}]",
    },
    unread=dict.fromkeys(_INSIGHTS.split(), _NO_INSIGHTS),
    defaults={
        "auto_minor_version_upgrade": True,
        "backup_retention_period": 1,
        "copy_tags_to_snapshot": False,
        "deletion_protection": False,
        "manage_master_user_password": False,
        "multi_az": False,
        "publicly_accessible": False,
        "storage_encrypted": False,
    },
)

ADAPTERS = (PARAMETER_GROUP, SUBNET_GROUP, INSTANCE)
