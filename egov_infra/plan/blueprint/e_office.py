"""E-office stacks: `platform.e-office` is what all offices share, `<slug>.e-office` is an institution's own."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.institution import Institution
from egov_infra.plan.access_policy import policy, statement
from egov_infra.plan.account.hosting import add_log_bucket, open_application
from egov_infra.plan.account.shared import (
    KEY_DELETION_DAYS,
    SharedAccount,
    add_alarms,
    add_key,
    open_shared_account,
)
from egov_infra.plan.application.balancer import Balancer
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.web import TABLE_NEEDS, WEB_NEEDS, add_web, secret_notes
from egov_infra.plan.arn import role_arn
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.domain.certificate_authority import add_certificate_authorities
from egov_infra.plan.domain.mail import add_closed_domain
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.domain.scope import DomainScope
from egov_infra.plan.domain.zone import add_zone
from egov_infra.plan.key import add_symmetric_key, kept_by, used_by, used_by_logs
from egov_infra.plan.names import role_of
from egov_infra.plan.office.audit_trail import (
    FILE_ACTIONS,
    STREAM_ACTIONS,
    add_audit_stream,
    add_audit_trail,
    add_office_role,
)
from egov_infra.plan.office.login import add_login, issuer_of, secret_name
from egov_infra.plan.office.place import (
    ACCOUNT,
    ARCHIVE_ACTIONS,
    TABLE,
    TASK_ROLE,
    log_bucket,
    office_role,
    shared,
)
from egov_infra.plan.office.records import add_incoming, add_records, record_buckets
from egov_infra.plan.office.scope import OfficeScope
from egov_infra.plan.queue_set import READ
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.route_table import READ_TABLE, add_route_table, add_row
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.value import Join, Value

SCHEMA = 1
"""Version of the rows of the table of offices; the application leaves rows of a later version alone."""
ACTIONS = (
    *ARCHIVE_ACTIONS,
    *FILE_ACTIONS,
    *READ,
    *READ_TABLE,
    *STREAM_ACTIONS,
    "s3:DeleteObject",
    "sts:AssumeRole",
)
"""What offices need, beside what every application needs, of the account."""
NEEDS = added_up((WEB_NEEDS, TABLE_NEEDS, Needs(ACTIONS, {"sqs": READ})))


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """One stack in the shared `e-office` account: records, login, audit trail, and the role that reaches them."""
    office = institution.services.e_office
    if office is None:
        return
    estate, slug = context.estate, institution.slug
    own = estate.accounts[ACCOUNT]
    stack = StackBuilder(f"{slug}.e-office", slug, own.account, own.region)
    tags = institution_tags(institution)
    key = add_symmetric_key(
        stack.at("services", "e_office"),
        "key",
        f"The e-office of {slug}",
        KEY_DELETION_DAYS,
        policy(
            kept_by(own.account), used_by_logs(own.account, own.region), used_by("s3", own.account, "Buckets")
        ),
        tags,
    )
    scope = OfficeScope(stack, institution, office, estate, tags, key)
    add_records(scope)
    queue = add_incoming(scope)
    add_audit_trail(scope)
    role = add_office_role(scope)
    pool = add_login(scope)
    _add_row(scope, queue, role, pool)
    note = f"keep what the issuer gave as secret {secret_name(slug)} in account {own.account}, region {own.region}"
    yield stack.build({"host": scope.host, "user_pool_id": pool.id}, (note,))


def _add_row(
    scope: OfficeScope, queue: PlannedResource, role: PlannedResource, pool: PlannedResource
) -> None:
    """Plan the row by which the application knows an office: by its host."""
    name = scope.institution.institution.name
    row = {
        "institution": scope.slug,
        "route": f"host#{scope.host}",
        "schema": SCHEMA,
        "name": {"sw": name.sw, "en": name.en},
        "users": scope.office.users,
        "records": record_buckets(scope),
        "scan_queue_arn": queue.arn,
        "audit_log_group": scope.audit_group,
        "role_arn": role.arn,
        "user_pool_id": pool.id,
        "issuer": issuer_of(scope)[1].url,
    }
    add_row(scope.add(), "row", shared("table"), row)


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the e-office's own account, with the application itself."""
    estate = context.estate
    account = open_shared_account(estate, ACCOUNT, may=NEEDS.actions)
    key = add_key(account)
    add_alarms(account, key)
    logs = add_log_bucket(account, log_bucket(estate))
    table = add_route_table(account.add, "offices-table", TABLE, key, account.tags)
    stream, writer = add_audit_stream(account, key)
    zone = _add_zone(account)
    scope = open_application(account, key, zone, logs, NEEDS, context)
    notes: tuple[str, ...] = (
        f"have the parent zone delegate {estate.e_office.host} to the name servers of {zone.name}",
    )
    outputs: dict[str, Value] = {
        "key_arn": key.arn,
        "table": table.output("name"),
        "audit_stream_arn": stream.arn,
        "audit_writer_arn": writer.arn,
    }
    if scope is not None:
        balancer = _add_application(scope, table)
        outputs |= {"listener_arn": balancer.listener.arn, "target_group_arn": balancer.targets.arn}
        notes += secret_notes(scope)
    yield account.stack.build(outputs, notes)


def _add_application(scope: ApplicationScope, table: PlannedResource) -> Balancer:
    """Plan the application: it knows the offices, takes the role of one at a time, and serves who came by its login."""
    ground, number = scope.ground, scope.stack.account
    assert ground.called("task") == TASK_ROLE  # whom the roles of offices trust
    may = (
        statement(None, "sts:AssumeRole", (role_arn(number, office_role("*")),)),
        statement(None, READ_TABLE, (table.arn, Join((table.arn, "/index/*")))),
        statement(None, "kms:Decrypt", (ground.key_arn,)),
    )
    tables = (ground.arn("dynamodb", f"table/{TABLE}"),)
    return add_web(scope, {"OFFICES_TABLE": TABLE}, may, tables, by_rules=True)


def _add_zone(account: SharedAccount) -> PlannedResource:
    """The zone of the offices' hosts; no mail comes from there or goes there."""
    host, path = account.estate.e_office.host, ("e_office", "host")
    zone = add_zone(account.stack.at(*path), f"zone-{role_of(host)}", host, f"E-office: {host}", account.tags)
    records = RecordSets(account.stack, zone, host)
    scope = DomainScope(host, account.stack, zone, records, account.estate, account.tags, path)
    add_certificate_authorities(scope)
    add_closed_domain(scope)
    records.flush()
    return zone
