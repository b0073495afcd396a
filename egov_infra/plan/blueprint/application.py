"""Application stacks `<slug>.app-<name>.<environment>`: what runs in an environment of an institution's own."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.institution import Institution
from egov_infra.plan import names
from egov_infra.plan.alarms import TOPIC
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.scope import ApplicationScope, blueprint_of
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.tenancy.data import access_log_bucket
from egov_infra.plan.tenancy.hosting import FRONT_SUBNETS, SUBNETS, tenancy_output
from egov_infra.plan.value import StackRef

_NAME_LENGTH = 32
"""What a load balancer's name may have; other names begin with it."""


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """A stack for each application whose environment the address lock gives a range."""
    tenancy = institution.tenancy
    for index, application in enumerate(institution.services.applications):
        environment = application.environment
        host = institution.host_of(application)
        if tenancy is None or host is None or f"{institution.slug}/{environment}" not in context.addresses:
            continue  # named by the checks of manifest and lock
        account = tenancy.environments[environment].account
        region = context.estate.accounts["platform"].region
        name = f"{institution.slug}.app-{application.name}.{environment}"
        stack = StackBuilder(name, institution.slug, account, region)
        path = ("services", "applications", index)

        def of_tenancy(output: str, environment: str = environment) -> StackRef:
            return tenancy_output(institution.slug, environment, output)

        ground = Ground(
            add=stack.at(*path),
            name=names.shortened(f"{institution.slug}-{application.name}", _NAME_LENGTH),
            tags=institution_tags(institution, environment),
            vpc_id=of_tenancy("vpc_id"),
            subnets=tuple(map(of_tenancy, SUBNETS)),
            front_subnets=tuple(map(of_tenancy, FRONT_SUBNETS)),
            key_arn=of_tenancy("key_arn"),
            alarms=(arn("sns", account, region, TOPIC),),
            log_bucket=access_log_bucket(account, institution.slug, environment),
            is_closing=institution.institution.state == "closed",
        )
        scope = ApplicationScope(stack, institution, application, context.estate, path, host, ground)
        blueprint_of(application.blueprint).plan(scope)
        notes = (
            f"keep the value of {variable} as secret {secret.name} in account {account}, region {region}"
            for variable, secret in application.secrets.items()
        )
        yield stack.build({"url": f"https://{host}"}, tuple(notes))
