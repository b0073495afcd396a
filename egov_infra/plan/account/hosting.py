"""What a shared account has for the application of its service: a network of its own, and backups."""

from __future__ import annotations

from typing import Literal

from egov_infra.model.estate import SHARED_CLASS
from egov_infra.plan.account.baseline import BOUNDARY_ROLE
from egov_infra.plan.account.shared import SharedAccount, alarms_topic_arn, application_host, application_path
from egov_infra.plan.addresses import platform_key
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.needs import Needs
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.backup_set import BackupSet, add_backup_set
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set, balancer_delivery, log_delivery, policy_of
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import logical
from egov_infra.plan.network.endpoints import add_endpoints
from egov_infra.plan.network.front import LETTERS, add_front
from egov_infra.plan.network.hub_link import add_hub_link
from egov_infra.plan.network.private import add_network
from egov_infra.plan.network.scope import NetworkScope
from egov_infra.plan.resource import PlannedResource

ACCESS_LOG_DAYS = 400
SIZE: Literal["small"] = "small"
"""Size of the network: two zones, and of endpoints what each role needs; the application's needs come on top."""


def add_log_bucket(shared: SharedAccount, name: str) -> PlannedResource:
    """Plan the bucket that takes the access logs of buckets and load balancer."""
    account = shared.stack.account
    deliveries = (log_delivery(name, account), balancer_delivery(name, account))
    return add_bucket_set(
        shared.add,
        BucketSet("access-logs", name, shared.tags, expire_days=ACCESS_LOG_DAYS, statements=deliveries),
    )


def open_application(
    shared: SharedAccount,
    key: PlannedResource,
    zone: PlannedResource,
    log_bucket: PlannedResource,
    needs: Needs,
    context: PlanContext,
) -> ApplicationScope | None:
    """Plan network and backups of a shared account, by the code that plans those of an institution's environment.

    Returns what its application is planned in: by the code, again, that plans one of an institution. `zone` is that
    of its host.

    None where the address lock gives no range: the check of the lock says so.
    """
    given = context.addresses.get(platform_key(shared.role))
    if given is None:
        return None
    application = shared.estate.hosting[shared.role]
    stack, estate, tags = shared.stack, shared.estate, shared.tags
    path = application_path(shared.role)
    scope = NetworkScope(stack, path, SHARED_CLASS, given, SIZE, estate, tags, needs)
    network = add_network(scope)
    add_endpoints(scope, network)
    add_hub_link(scope, network)
    front = add_front(scope, network)
    backups = BackupSet(
        stack=stack,
        path=(*path, "backup"),
        name=stack.name.replace(".", "-"),
        tier=application.in_tier,
        interval_minutes=application.backup.interval_minutes,
        retention_days=application.backup.retention_days,
        key_deletion_days=estate.network.classes[SHARED_CLASS].key_deletion_days,
        estate=estate,
        tags=tags,
    )
    ground = Ground(
        add=stack.at(*path),
        name=shared.role,
        tags=tags,
        vpc_id=network.vpc.id,
        subnets=tuple(subnet.id for subnet, _ in zip(network.subnets, LETTERS, strict=True)),
        front_subnets=tuple(subnet.id for subnet in front.subnets),
        key_arn=key.arn,
        alarms=(alarms_topic_arn(estate, shared.role),),
        log_bucket=str(log_bucket.inputs["bucket"]),
        backup_plan_id=add_backup_set(backups, key).id,
        after=(logical(stack.name, BOUNDARY_ROLE), front.route.name, policy_of(log_bucket)),
    )
    host = application_host(estate, shared.role)
    return ApplicationScope(stack, application, shared.role, path, host, zone.id, ground.add, ground)
