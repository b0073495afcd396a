"""Helpdesk stacks: `platform.helpdesk` is the one desk, `<slug>.helpdesk` is what an institution has there."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.access_policy import account, statement
from egov_infra.plan.account.hosting import add_log_bucket, open_application
from egov_infra.plan.account.shared import (
    add_alarms,
    add_key,
    alarms_topic_arn,
    open_shared_account,
)
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.web import TABLE_NEEDS, WEB_NEEDS, add_web, secret_notes
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.helpdesk.desk_table import add_institution_row, add_rota_rows
from egov_infra.plan.helpdesk.mail_in import ROLE, add_mail_in, add_mail_zone, log_bucket, mail_bucket
from egov_infra.plan.helpdesk.place import ACCOUNT, KEY_ALIAS, TABLE, TICKETS, address, tickets_arn
from egov_infra.plan.key import used_by
from egov_infra.plan.queue_set import READ, QueueSet, add_queue_set
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.route_table import READ_TABLE, add_route_table
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.value import Join, Value

RETRY_SECONDS = 900
TRIES = 5
SEND = "sqs:SendMessage"
NEEDS = added_up(
    (
        WEB_NEEDS,
        TABLE_NEEDS,
        Needs(
            actions=(*READ, SEND, *READ_TABLE, "s3:GetObject", "kms:GenerateDataKey"),
            endpoints={"sqs": (*READ, SEND)},
        ),
    )
)


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """One stack in the shared `helpdesk` account: the institution's queue, and its row in the desk's table."""
    wanted = institution.services.helpdesk
    if wanted is None:
        return
    estate, slug = context.estate, institution.slug
    own = estate.accounts[ACCOUNT]
    stack = StackBuilder(f"{slug}.helpdesk", slug, own.account, own.region)
    add, tags = stack.at("services", "helpdesk"), institution_tags(institution)
    add_queue_set(
        add,
        QueueSet(
            prefix=slug,
            role=TICKETS,
            key=KEY_ALIAS,
            tries=TRIES,
            retry_seconds=RETRY_SECONDS,
            alarms=(alarms_topic_arn(estate, ACCOUNT),),
            tags=tags,
            statements=_gateway_may_ask(institution, context),
            waiting_seconds=60 * estate.helpdesk.service_levels[wanted.sla].response_minutes,
        ),
    )
    add_institution_row(add, institution, estate, wanted.sla)
    yield stack.build({"address": address(estate, slug)})


def _gateway_may_ask(institution: Institution, context: PlanContext) -> tuple[dict[str, Value], ...]:
    """The gateway sends what subscribers ask about their tickets, where one of its keywords leads here."""
    targets = institution.gateway.targets.values() if institution.gateway else ()
    if not any(target.kind == "helpdesk" for target in targets):
        return ()
    gateway = account(context.estate.accounts["gmp"].account)
    queue = tickets_arn(context.estate, institution.slug)
    return (statement(gateway, SEND, queue, sid="Gateway"),)


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the desk itself: what takes mail, who is served, who is there when."""
    estate = context.estate
    shared = open_shared_account(estate, ACCOUNT, may=NEEDS.actions)
    number, region = shared.stack.account, shared.stack.region
    through_queues: dict[str, Value] = {"StringEquals": {"kms:ViaService": f"sqs.{region}.amazonaws.com"}}
    gateway = statement(
        account(estate.accounts["gmp"].account),
        ("kms:Decrypt", "kms:GenerateDataKey*"),
        condition=through_queues,
        sid="Gateway",
    )
    key = add_key(shared, used_by("s3", number, "Buckets"), used_by("ses", number, "Mail"), gateway)
    add_alarms(shared, key)
    table = add_route_table(shared.add, "desk-table", TABLE, key, shared.tags)
    add_rota_rows(shared, table)
    zone = add_mail_zone(shared)
    logs = add_log_bucket(shared, log_bucket(number))
    queue = add_mail_in(shared, key, logs)
    scope = open_application(shared, key, zone, logs, NEEDS, context)
    host = estate.helpdesk.mail_host
    notes: tuple[str, ...] = (f"have the parent zone delegate {host} to the name servers of {zone.name}",)
    if scope is not None:
        _add_application(scope, estate, table, queue)
        notes += secret_notes(scope)
    outputs = {"key_arn": key.arn, "table": table.output("name"), "mail_queue_arn": queue.arn}
    yield shared.stack.build(outputs, notes)


def _add_application(
    scope: ApplicationScope, estate: Estate, table: PlannedResource, mail_queue: PlannedResource
) -> None:
    """Plan the application of the desk: it reads mail, the rota and who is served, and works on everybody's tickets."""
    ground, mail = scope.ground, mail_bucket(scope.stack.account)
    may = (
        statement(None, READ, (mail_queue.arn,)),
        statement(None, (*READ, SEND), (tickets_arn(estate, "*"),)),
        statement(None, "s3:GetObject", (f"{bucket_arn(mail)}/{ROLE}/*",)),
        statement(None, READ_TABLE, (table.arn, Join((table.arn, "/index/*")))),
        statement(None, ("kms:Decrypt", "kms:GenerateDataKey"), (ground.key_arn,)),
    )
    settings: dict[str, Value] = {
        "DESK_TABLE": TABLE,
        "MAIL_BUCKET": mail,
        "MAIL_QUEUE": mail_queue.output("url"),
    }
    add_web(scope, settings, may, tables=(ground.arn("dynamodb", f"table/{TABLE}"),))
