"""Sale of tickets: a payment counts once however often it is reported, and a seat that nobody pays is free again.

The application takes a payment provider's callback, checks its signature, puts it into the queue and answers; a worker
of its own takes it out, and writes the provider's number into the idempotency table before it touches the booking.
"""

from __future__ import annotations

from egov_infra.model.applications.e_ticketing import ETicketing
from egov_infra.plan.access_policy import policy, service_trust, statement
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.table import USE, Table, add_table, table_arn, table_name
from egov_infra.plan.application.web import TABLE_NEEDS, WEB_NEEDS, add_web
from egov_infra.plan.queue_set import READ, QueueSet, add_queue_set
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Document, Value

PAYMENTS, RELEASES = "payments", "releases"
BOOKINGS, SEEN = "bookings", "seen-payments"
TRIES = 5
RETRY_SECONDS = 60
EXPIRES = "expires_at"
TIME_ZONE = "Africa/Dar_es_Salaam"
_SEND = ("sqs:SendMessage",)
_ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
NEEDS = added_up(
    (
        WEB_NEEDS,
        TABLE_NEEDS,
        Needs(
            actions=(*USE, *READ, *_SEND, *_ENCRYPT),
            endpoints={"sqs": (*READ, *_SEND)},
            key_users=("sqs",),
        ),
    )
)


def plan(scope: ApplicationScope) -> None:
    """The application, with queues, tables and the schedule that gives seats back."""
    application, ground = scope.application, scope.ground
    assert isinstance(application, ETicketing)
    payments, releases = (_add_queue(ground, role) for role in (PAYMENTS, RELEASES))
    add_table(ground, Table(BOOKINGS, "booking"))
    add_table(ground, Table(SEEN, "payment", EXPIRES))
    _add_schedule(ground, releases, application.release_minutes)
    tables = (table_arn(ground, BOOKINGS), table_arn(ground, SEEN))
    may = (
        statement(None, USE, tables),
        statement(None, (*READ, *_SEND), (payments.arn,)),
        statement(None, READ, (releases.arn,)),
        statement(None, _ENCRYPT, (ground.key_arn,)),
    )
    settings: dict[str, Value] = {
        "PAYMENTS_QUEUE": payments.output("url"),
        "RELEASES_QUEUE": releases.output("url"),
        "BOOKINGS_TABLE": table_name(ground, BOOKINGS),
        "SEEN_PAYMENTS_TABLE": table_name(ground, SEEN),
    }
    add_web(scope, settings, may, tables=(table_arn(ground, BOOKINGS),))


def _add_queue(ground: Ground, role: str) -> PlannedResource:
    wanted = QueueSet(
        prefix=ground.name,
        role=role,
        key=ground.key_arn,
        tries=TRIES,
        retry_seconds=RETRY_SECONDS,
        alarms=ground.alarms,
        tags=ground.tags,
    )
    return add_queue_set(ground.add, wanted)


def _add_schedule(ground: Ground, queue: PlannedResource, minutes: int) -> None:
    """Plan the schedule, and the role by which it reminds the application."""
    number = ground.add.account
    role = ground.add(
        "iam.Role",
        "schedule-role",
        name=ground.called("schedule"),
        description=f"Reminds {ground.name} of seats that nobody has paid",
        assume_role_policy=service_trust("scheduler", number),
        permissions_boundary=boundary_arn(number),
        tags=ground.tags,
    )
    ground.add(
        "iam.RolePolicy",
        "schedule-role-policy",
        role=role.output("name"),
        name="remind",
        policy=policy(
            statement(None, _SEND, (queue.arn,)),
            statement(None, _ENCRYPT, (ground.key_arn,)),
        ),
    )
    group = ground.add("scheduler.ScheduleGroup", "schedules", name=ground.name, tags=ground.tags)
    ground.add(
        "scheduler.Schedule",
        "release-schedule",
        group_name=group.output("name"),
        name="release-seats",
        description="Seats that nobody has paid are free again",
        schedule_expression=f"rate({minutes} minute{'s' if minutes > 1 else ''})",
        schedule_expression_timezone=TIME_ZONE,
        state="ENABLED",
        flexible_time_window={"mode": "OFF"},
        kms_key_arn=ground.key_arn,
        target={
            "arn": queue.arn,
            "role_arn": role.arn,
            "input": Document({"do": "release-seats"}),
            "retry_policy": {"maximum_event_age_in_seconds": 300, "maximum_retry_attempts": 5},
        },
    )
