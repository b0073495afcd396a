"""Gateway stacks: `platform.gmp` is what all routes share, `<slug>.gateway` is what an institution has there."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.institution import Institution
from egov_infra.plan.account.operator_link import add_operator_links
from egov_infra.plan.account.shared import add_alarms, add_key, open_shared_account
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.gateway.api_stage import add_stage
from egov_infra.plan.gateway.caller import add_callers
from egov_infra.plan.gateway.dispatch import add_dispatch_rows
from egov_infra.plan.gateway.dispatch_table import add_dispatch_table, add_user_pool
from egov_infra.plan.gateway.host import API_LOG_ACTIONS, add_account_settings, add_host
from egov_infra.plan.gateway.queue import add_queue
from egov_infra.plan.gateway.rest_api import add_api, add_methods
from egov_infra.plan.gateway.scope import ACCOUNT, GatewayScope
from egov_infra.plan.gateway.webhook import PIPE_ACTIONS, add_webhook
from egov_infra.plan.gateway.writer import TABLE_ACTIONS, add_writer
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.web_acl import add_web_acl


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """One stack in the shared `gmp` account; none without routes or sender IDs."""
    gateway = institution.gateway
    if gateway is None:
        return
    account = context.estate.accounts[ACCOUNT]
    stack = StackBuilder(f"{institution.slug}.gateway", institution.slug, account.account, account.region)
    scope = GatewayScope(stack, institution, gateway, context.estate, institution_tags(institution))
    for name, target in gateway.targets.items():
        if target.kind in ("webhook", "queue"):
            queue = add_queue(scope, name)
            if target.kind == "webhook":
                add_webhook(scope, name, queue)
    add_dispatch_rows(scope)
    add_writer(scope)
    if gateway.http:
        _add_routes(scope)
    yield stack.build(notes=tuple(_secret_notes(scope)))


def _secret_notes(scope: GatewayScope) -> Iterator[str]:
    """Secrets are put in by hand: nothing here ever holds their values."""
    for name, target in scope.gateway.targets.items():
        if target.secret is not None:
            yield (
                f"keep the key of {name} as secret {target.secret.name} "
                f"in account {scope.stack.account}, region {scope.stack.region}"
            )


def _add_routes(scope: GatewayScope) -> None:
    api = add_api(scope)
    needs_token = any(route.auth == "jwt" for route in scope.gateway.http)
    authorizer = add_callers(scope, api) if needs_token else None
    add_stage(scope, add_methods(scope, api, authorizer))


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the mobile platform's own account."""
    shared = open_shared_account(
        context.estate, ACCOUNT, may=(*API_LOG_ACTIONS, *PIPE_ACTIONS, *TABLE_ACTIONS)
    )
    key = add_key(shared)
    add_alarms(shared, key)
    add_account_settings(shared)
    domain = add_host(shared)
    acl = add_web_acl(
        shared.add, "gmp", "In front of all routes of the mobile platform", key.arn, shared.tags
    )
    add_operator_links(shared.stack, context.estate, shared.tags)
    table = add_dispatch_table(shared, key)
    pool = add_user_pool(shared)
    outputs = {
        "dispatch_table": table.output("name"),
        "host": domain.output("domain_name"),
        "key_arn": key.arn,
        "user_pool_arn": pool.arn,
        "user_pool_id": pool.id,
        "web_acl_arn": acl.arn,
    }
    note = f"have the parent zone delegate {context.estate.gateway.host} to the name servers of its zone"
    yield shared.stack.build(outputs, (note,))
