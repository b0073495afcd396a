"""Tenancy stacks `<slug>.tenancy.<environment>`: an account of an institution's own."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.institution import Institution
from egov_infra.plan.account.baseline import TrailKeeping, add_account_baseline
from egov_infra.plan.application.scope import hosted_in, needs_of
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.network.endpoints import add_endpoints
from egov_infra.plan.network.front import add_front
from egov_infra.plan.network.hub_link import add_hub_link
from egov_infra.plan.network.private import add_network
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.tenancy.access import add_access
from egov_infra.plan.tenancy.backup import add_backup
from egov_infra.plan.tenancy.data import add_data, add_log_group
from egov_infra.plan.tenancy.hosting import hosting_outputs
from egov_infra.plan.tenancy.keys import add_key
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.tenancy.watch import add_break_glass_alarm


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """A stack for each environment that the address lock gives a range."""
    tenancy = institution.tenancy
    if tenancy is None:
        return
    region = context.estate.accounts["platform"].region
    for name, environment in tenancy.environments.items():
        given = context.addresses.get(f"{institution.slug}/{name}")
        if given is None:
            continue  # named by the check of the lock
        stack = StackBuilder(
            f"{institution.slug}.tenancy.{name}", institution.slug, environment.account, region
        )
        tags = institution_tags(institution, name)
        hosted = hosted_in(institution, name)
        needs = needs_of(hosted)
        scope = TenancyScope(
            stack, institution, tenancy, name, environment, given, context.estate, tags, needs
        )
        key = add_key(scope)
        trail_logs = add_log_group(scope, key, "trail-logs", "/egov/trail")
        add_account_baseline(
            stack,
            context.estate,
            tags,
            scope.path,
            trail=TrailKeeping(key.arn, trail_logs.arn),
            may=needs.actions,
        )
        network = add_network(scope.network)
        add_endpoints(scope.network, network)
        add_hub_link(scope.network, network)
        add_data(scope, key)
        backup_plan = add_backup(scope, key)
        add_access(scope, key)
        add_break_glass_alarm(scope, key, trail_logs)
        if hosted:
            front = add_front(scope.network, network)
            yield stack.build(hosting_outputs(network, front, key, backup_plan))
        else:
            yield stack.build()
