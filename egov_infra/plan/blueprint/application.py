"""Application stacks `<slug>.app-<name>.<environment>`: what runs in an environment of an institution's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from egov_infra.model.application import Application
from egov_infra.model.institution import Institution
from egov_infra.plan import names
from egov_infra.plan.alarms import TOPIC
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.scope import ApplicationScope, blueprint_of
from egov_infra.plan.application.web import secret_notes
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import role_of
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.tenancy.data import access_log_bucket
from egov_infra.plan.tenancy.hosting import FRONT_SUBNETS, SUBNETS, tenancy_output
from egov_infra.plan.value import StackRef

_NAME_LENGTH = 32
"""What a load balancer's name may have; other names begin with it."""


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """A stack for each application whose environment the address lock gives a range."""
    for index, application in enumerate(institution.services.applications):
        scope = _scope(institution, application, index, context)
        if scope is None:
            continue  # named by the checks of manifest and lock
        blueprint_of(application.blueprint).plan(scope)
        stack = scope.stack
        yield stack.build({"url": f"https://{scope.host}"}, secret_notes(scope))


def _scope(
    institution: Institution, application: Application, index: int, context: PlanContext
) -> ApplicationScope | None:
    """What an application's stack begins with; None where there is nothing that it could stand on."""
    slug, environment = institution.slug, application.environment
    host = institution.host_of(application)
    domain = institution.domain_of(host) if host is not None else None
    if institution.tenancy is None or host is None or domain is None:
        return None
    if f"{slug}/{environment}" not in context.addresses:
        return None
    account = institution.tenancy.environments[environment].account
    region = context.estate.accounts["platform"].region
    stack = StackBuilder(f"{slug}.app-{application.name}.{environment}", slug, account, region)
    path = ("services", "applications", index)
    of_tenancy = partial(tenancy_output, slug, environment)
    ground = Ground(
        add=stack.at(*path),
        name=_name(slug, application.name),
        tags=institution_tags(institution, environment),
        vpc_id=of_tenancy("vpc_id"),
        subnets=tuple(map(of_tenancy, SUBNETS)),
        front_subnets=tuple(map(of_tenancy, FRONT_SUBNETS)),
        key_arn=of_tenancy("key_arn"),
        alarms=(arn("sns", account, region, TOPIC),),
        log_bucket=access_log_bucket(account, slug, environment),
        backup_plan_id=of_tenancy("backup_plan_id"),
        is_draining=institution.institution.is_leaving,
        is_closing=institution.institution.state == "closed",
    )
    zones = context.estate.accounts["domains"]
    return ApplicationScope(
        stack,
        application,
        application.name,
        path,
        host,
        StackRef(f"{slug}.domain", f"zone_id_{role_of(domain.name)}"),
        stack.at(*path, account=zones.account, region=zones.region),
        ground,
    )


def _name(slug: str, application: str) -> str:
    """Begins the names in the account; a database's has no two hyphens in a row (RDS user guide, naming constraints)."""
    name = names.shortened(f"{slug}-{application}", _NAME_LENGTH)
    return "-".join(filter(None, name.split("-")))
