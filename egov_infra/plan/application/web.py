"""What every application with a web site and a database has: name, balancer, containers, database, copies."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.application.backup import DATABASE_ACTIONS, TABLE_ACTIONS, add_backup
from egov_infra.plan.application.balancer import Balancer, add_balancer
from egov_infra.plan.application.containers import (
    LOG_ACTIONS,
    SECRET_ACTIONS,
    Containers,
    add_containers,
)
from egov_infra.plan.application.database import PORT, Database, add_database, secret_arn, secret_key
from egov_infra.plan.application.group import add_group
from egov_infra.plan.application.name import add_host, add_host_certificate
from egov_infra.plan.application.needs import Needs
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.sizing import KEEPING, SIZES
from egov_infra.plan.value import Value

WEB_NEEDS = Needs(
    actions=(*LOG_ACTIONS, *SECRET_ACTIONS, *DATABASE_ACTIONS, "kms:DescribeKey"),
    endpoints={"secretsmanager": ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")},
    key_users=("rds", "secretsmanager"),
    key_makers=("rds", "secretsmanager"),
)
TABLE_NEEDS = Needs(actions=TABLE_ACTIONS, key_users=("dynamodb",), key_makers=("dynamodb",))
"""And of one with tables of Amazon DynamoDB."""


def add_web(
    scope: ApplicationScope,
    settings: Mapping[str, Value] | None = None,
    may: tuple[dict[str, Value], ...] = (),
    tables: tuple[str, ...] = (),
    *,
    by_rules: bool = False,
) -> Balancer:
    """Plan it all; `settings` go into the environment, `may` into the role, `tables` (ARNs) into the backups.

    With `by_rules`, rules of other stacks say who is served, and nobody else is. Returns the balancer.
    """
    ground, application = scope.ground, scope.application
    size, keeping = SIZES[application.size], KEEPING[scope.tier]
    database_name = scope.name.replace("-", "_")
    certificate_arn = add_host_certificate(scope)
    balancer = add_balancer(
        ground, certificate_arn, application.port, application.health_path, by_rules=by_rules
    )
    add_host(scope, balancer)
    group = add_group(ground, "containers", "The containers")
    database = add_database(
        ground,
        Database(
            name=database_name,
            instance_class=size.instance_class,
            storage_gib=size.storage_gib,
            is_multi_zone=keeping.is_multi_zone,
            backup_days=keeping.backup_days,
            clients=group,
        ),
    )
    named = {variable: _secret_arn(scope, secret.name) for variable, secret in application.secrets.items()}
    containers = Containers(
        image=application.image,
        port=application.port,
        cpu=size.cpu,
        memory_mib=size.memory_mib,
        least=keeping.least,
        most=size.most,
        group=group,
        environment={
            "DATABASE_HOST": database.output("address"),
            "DATABASE_NAME": database_name,
            "DATABASE_PORT": str(PORT),
            "DATABASE_TLS": "verify-full",
            **_public(scope.host),
            **(settings or {}),
            **application.settings,
        },
        secrets={
            "DATABASE_USER": secret_key(database, "username"),
            "DATABASE_PASSWORD": secret_key(database, "password"),
            **named,
        },
        secret_arns=(secret_arn(database), *(f"{arn}-??????" for arn in named.values())),
        may=may,
    )
    add_containers(ground, containers, balancer)
    add_backup(ground, (ground.arn("rds", f"db:{ground.name}"),), tables)
    return balancer


def _public(host: str) -> dict[str, Value]:
    """Where the public reaches it, as a setting."""
    return {"PUBLIC_DOMAIN": host[2:]} if host.startswith("*.") else {"PUBLIC_URL": f"https://{host}"}


def secret_notes(scope: ApplicationScope) -> tuple[str, ...]:
    """What somebody is to keep, where; one line for each secret."""
    place = f"in account {scope.stack.account}, region {scope.stack.region}"
    return tuple(
        f"keep the value of {variable} as secret {secret.name} {place}"
        for variable, secret in scope.application.secrets.items()
    )


def _secret_arn(scope: ApplicationScope, name: str) -> str:
    """A secret that somebody keeps in the account; AWS adds a hyphen and six characters to its name."""
    return scope.ground.arn("secretsmanager", f"secret:{name}")
