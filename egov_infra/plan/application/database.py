"""A database: in two zones where the tier asks for it, reached by TLS only, restorable to any minute, and guarded."""

from __future__ import annotations

from egov_infra.plan.alarms import AT_MOST, Alarm, add_alarm
from egov_infra.plan.application.ground import Ground, add_log_group
from egov_infra.plan.application.group import add_group, open_between
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Join, Value
from egov_infra.source.frozen import frozen

ENGINE, VERSION, FAMILY = "postgres", "16", "postgres16"
"""Minor versions come by themselves."""
PORT = 5432
OWNER = "owner"
"""The user whose password RDS makes, keeps and rotates."""
LOGS = ("postgresql", "upgrade")
AUTHORITY = "rds-ca-rsa2048-g1"
"""Who signed its certificate: clients are to check it."""
FULL_GIB = 5
"""Free storage at which people are told."""
_GIB = 1024**3
BUSY_PERCENT = 85


@frozen
class Database:
    """What to plan."""

    name: str
    """Name of the database inside the instance."""
    instance_class: str
    storage_gib: int
    """Storage at first; it grows to four times that."""
    is_multi_zone: bool
    """Whether a second one in another zone takes over."""
    backup_days: int
    """How far back it can be restored to any minute; logs are kept every 5 minutes (RDS user guide, PITR)."""
    clients: PlannedResource
    """Security group of those who reach it."""


def add_database(ground: Ground, wanted: Database) -> PlannedResource:
    """Plan the instance with its group, parameters, subnets, log groups and alarms; returns the instance."""
    add, tags = ground.add, ground.tags
    group = add_group(ground, "database", "The database")
    open_between(ground, "database", wanted.clients, group, PORT)
    subnets = add(
        "rds.SubnetGroup",
        "database-subnets",
        name=ground.name,
        description=f"Subnets of {ground.name}",
        subnet_ids=ground.subnets,
        tags=tags,
    )
    parameters = add(
        "rds.ParameterGroup",
        "database-parameters",
        name=f"{ground.name}-{FAMILY}",
        family=FAMILY,
        description=f"Parameters of {ground.name}",
        parameters=(
            {"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"},
            {"name": "log_connections", "value": "1", "apply_method": "immediate"},
            {"name": "log_disconnections", "value": "1", "apply_method": "immediate"},
        ),
        tags=tags,
    )
    groups = tuple(
        add_log_group(ground, f"database-logs-{log}", f"/aws/rds/instance/{ground.name}/{log}").name
        for log in LOGS
    )
    instance = add(
        "rds.Instance",
        "database",
        opts=Options(protect=True, depends_on=groups),
        identifier=ground.name,
        engine=ENGINE,
        engine_version=VERSION,
        auto_minor_version_upgrade=True,
        ca_cert_identifier=AUTHORITY,
        instance_class=wanted.instance_class,
        db_name=wanted.name,
        port=PORT,
        username=OWNER,
        manage_master_user_password=True,
        master_user_secret_kms_key_id=ground.key_arn,
        allocated_storage=wanted.storage_gib,
        max_allocated_storage=4 * wanted.storage_gib,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=ground.key_arn,
        multi_az=wanted.is_multi_zone,
        publicly_accessible=False,
        db_subnet_group_name=subnets.output("name"),
        vpc_security_group_ids=(group.id,),
        parameter_group_name=parameters.output("name"),
        backup_retention_period=wanted.backup_days,
        copy_tags_to_snapshot=True,
        delete_automated_backups=False,
        deletion_protection=not ground.is_closing,
        skip_final_snapshot=False,
        final_snapshot_identifier=ground.called("final", limit=255),
        enabled_cloudwatch_logs_exports=LOGS,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=ground.key_arn,
        tags=tags,
    )
    _add_alarms(ground, instance)
    return instance


def secret_arn(instance: PlannedResource) -> Value:
    """The secret in which RDS keeps user and password."""
    return instance.output("master_user_secrets[0].secret_arn")


def secret_key(instance: PlannedResource, key: str) -> Value:
    """One key of that secret, as ECS names it."""
    return Join((instance.output("master_user_secrets[0].secret_arn"), f":{key}::"))


def _add_alarms(ground: Ground, instance: PlannedResource) -> None:
    where: dict[str, Value] = {"DBInstanceIdentifier": instance.output("identifier")}
    full = Alarm(
        name=ground.called("database", "full", limit=255),
        description=f"The database is nearly full: {ground.name}",
        namespace="AWS/RDS",
        metric="FreeStorageSpace",
        threshold=FULL_GIB * _GIB,
        dimensions=where,
        statistic="Minimum",
        comparison=AT_MOST,
    )
    busy = Alarm(
        name=ground.called("database", "busy", limit=255),
        description=f"The database is too busy: {ground.name}",
        namespace="AWS/RDS",
        metric="CPUUtilization",
        threshold=BUSY_PERCENT,
        dimensions=where,
        statistic="Average",
        periods=3,
    )
    for role, alarm in (("full", full), ("busy", busy)):
        add_alarm(ground.add, f"database-{role}-alarm", alarm, ground.alarms, ground.tags)
