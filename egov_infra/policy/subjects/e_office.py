"""`e_office`: an institution's e-office, its issuer, and what is planned for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from egov_infra.model.services import EOffice as Office
from egov_infra.plan.office import place
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document
from egov_infra.policy.expression.function import statements_of
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

_GIB = 1024**3
_ERASING = (
    "firehose:Delete",
    "firehose:Update",
    "logs:Delete",
    "logs:PutRetentionPolicy",
    "logs:PutSubscriptionFilter",
    "s3:Bypass",
    "s3:DeleteBucket",
    "s3:DeleteObjectVersion",
    "s3:PutBucket",
    "s3:PutLifecycle",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
)
"""Beginnings of actions with which records or audit events go, or are kept for less time."""


@frozen
class OfficePlan:
    """What is planned for an e-office."""

    unlocked_series: tuple[str, ...]
    """Series of files without a bucket that is locked for as long as they are to be kept."""
    unwatched_series: tuple[str, ...]
    """Series without an alarm at what the officers are granted."""
    demands_second_factor: bool
    """Whether the pool of officers demands a second factor, and has one to demand."""
    trusted: tuple[str, ...]
    """Issuers by which officers are known."""
    guarded_hosts: tuple[str, ...]
    """Hosts that the load balancer serves to whoever logged in by the pool of officers."""
    open_rules: tuple[str, ...]
    """Its rules at the load balancer that serve anybody else, or under another name than its host."""
    is_scanned: bool
    """Whether a queue hears of each incoming document."""
    erasing: tuple[str, ...]
    """What the application's role may do to make records or audit events go."""
    is_audit_sent: bool
    """Whether all audit events go into the platform's archive."""


@frozen
class EOffice:
    """An institution's e-office."""

    users: int
    """Officers who use it."""
    max_users: int
    """Most officers of one institution."""
    granted_gib: int
    """What its officers' records may take, in GiB."""
    host: str
    """Where its officers work."""
    issuer: str
    """Name of who says who its officers are."""
    issuer_url: str
    """Address of that issuer, as tokens carry it."""
    issuer_has_second_factor: bool
    """Whether everybody proves a second factor there."""
    shortest_series: str
    """The series of files that is kept for the shortest time."""
    shortest_years: int
    """That time."""
    required_years: int
    """Fewest years that the records act asks for."""
    plan: OfficePlan | None
    """Absent where its stack is not judged."""


def find(planned: Planned) -> Iterator[Subject]:
    """The institution's e-office, if it has one."""
    institution, estate = planned.loaded.institution, planned.context.estate
    office = institution.services.e_office
    name = (office.issuer if office else None) or estate.e_office.issuer
    if office is None or name is None:
        return
    shortest = min(office.all_series, key=lambda series: series.retention_years)
    issuer = estate.e_office.issuers[name]
    host = place.host(institution.slug, estate)
    granted_gib = office.users * estate.e_office.storage_gib_per_user
    stack = next((item for item in planned.stacks if item.name == f"{institution.slug}.e-office"), None)
    facts = EOffice(
        users=office.users,
        max_users=estate.e_office.max_users,
        granted_gib=granted_gib,
        host=host,
        issuer=name,
        issuer_url=issuer.url,
        issuer_has_second_factor=issuer.has_second_factor,
        shortest_series=shortest.name,
        shortest_years=shortest.retention_years,
        required_years=estate.e_office.records_years_at_least,
        plan=_plan(stack, office, granted_gib, host) if stack else None,
    )
    yield Subject(facts, "services/e_office", ("services", "e_office"))


def _plan(stack: StackPlan, office: Office, granted_gib: int, host: str) -> OfficePlan:
    by_name = {item.name.removeprefix(f"{stack.owner}-e-office-"): item for item in stack.resources}
    by_type = stack.by_type()

    def of(token: str) -> list[PlannedResource]:
        return by_type.get(token, [])

    series = office.all_series
    pools = of("aws:cognito/userPool:UserPool")
    providers = of("aws:cognito/identityProvider:IdentityProvider")
    rules = of("aws:lb/listenerRule:ListenerRule")
    guarded = [item for item in rules if _is_guarded(item, host, by_name)]
    return OfficePlan(
        unlocked_series=tuple(
            item.name for item in series if _locked_days(by_name, item.name) < item.retention_years * 365
        ),
        unwatched_series=tuple(
            item.name for item in series if not _is_watched(by_name, item.name, granted_gib * _GIB)
        ),
        demands_second_factor=bool(pools) and all(map(_demands, pools)),
        trusted=tuple(str(_inner(item, "provider_details", "oidc_issuer")) for item in providers),
        guarded_hosts=tuple(host for _ in guarded),
        open_rules=tuple(item.name for item in rules if item not in guarded),
        is_scanned=any(
            item.inputs.get("queues") for item in of("aws:s3/bucketNotification:BucketNotification")
        ),
        erasing=tuple(sorted(set(_erasing(of("aws:iam/rolePolicy:RolePolicy"))))),
        is_audit_sent=any(map(_sends_all, of("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"))),
    )


def _inner(item: PlannedResource | None, *steps: str) -> Any:
    """A nested input; None if it is not there."""
    found: Any = item.inputs if item is not None else None
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _locked_days(by_name: Mapping[str, PlannedResource], series: str) -> int:
    """Days for which the bucket of a series holds what is put there; 0 without a bucket or a lock."""
    if f"records-{series}-bucket" not in by_name:
        return 0
    return int(_inner(by_name.get(f"records-{series}-lock"), "rule", "default_retention", "days") or 0)


def _is_watched(by_name: Mapping[str, PlannedResource], series: str, granted_bytes: int) -> bool:
    alarm = by_name.get(f"records-{series}-full-alarm")
    threshold = _inner(alarm, "threshold")
    return (
        isinstance(threshold, int | float)
        and threshold <= granted_bytes
        and bool(_inner(alarm, "alarm_actions"))
    )


def _demands(pool: PlannedResource) -> bool:
    return (
        _inner(pool, "mfa_configuration") == "ON"
        and _inner(pool, "software_token_mfa_configuration", "enabled") is True
    )


def _is_guarded(rule: PlannedResource, host: str, by_name: Mapping[str, PlannedResource]) -> bool:
    """Whether a rule serves one host only, as it was asked for, and only whoever logged in by the pool of officers.

    A rule serves last: whatever asks for a login comes before (ELB user guide, action types).
    """
    pool, client, domain = (by_name.get(role) for role in ("officers", "client", "login"))
    if pool is None or client is None or domain is None or rule.inputs.get("transforms"):
        return False
    own = {
        "user_pool_arn": pool.arn,
        "user_pool_client_id": client.id,
        "user_pool_domain": domain.output("domain"),
        "on_unauthenticated_request": "authenticate",
    }
    conditions, actions = _items(rule, "conditions"), _items(rule, "actions")
    logins = (action.get("authenticate_cognito") or {} for action in actions)
    return any(item.get("host_header") == {"values": (host,)} for item in conditions) and any(
        own.items() <= login.items() for login in logins
    )


def _items(resource: PlannedResource, name: str) -> tuple[Mapping[str, Any], ...]:
    """An input that is a list of objects."""
    found: Any = resource.inputs.get(name) or ()
    return tuple(item for item in found if isinstance(item, Mapping))


def _erasing(policies: list[PlannedResource]) -> Iterator[str]:
    for item in policies:
        document = item.inputs.get("policy")
        body = document.body if isinstance(document, Document) else document
        for statement in statements_of(body):
            if statement["Effect"] == "Allow":
                yield from (action for action in statement["Action"] if _is_erasing(action))


def _is_erasing(action: str) -> bool:
    """Whether an action, which may end with a wildcard, is or covers one of those."""
    stem = action.removesuffix("*")
    return any(action.startswith(bad) or (stem != action and bad.startswith(stem)) for bad in _ERASING)


def _sends_all(subscription: PlannedResource) -> bool:
    inputs = subscription.inputs
    return inputs.get("destination_arn") == place.shared("audit_stream_arn") and not inputs.get(
        "filter_pattern"
    )


KIND: Kind = model_kind("e_office", EOffice, find)
