"""Rows of the dispatch table: which message belongs to whom (docs/concepts/dispatch-table.md).

The dispatcher reads the index on `route`; the partition key is the institution, so that a role can be limited to its
rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.model.gateway import SenderId, SmsRoute, Target, UssdRoute
from egov_infra.plan.builder import Adder
from egov_infra.plan.gateway.queue import queue_arn
from egov_infra.plan.gateway.scope import GatewayScope, shared
from egov_infra.plan.helpdesk.place import tickets_arn
from egov_infra.plan.names import role_of
from egov_infra.plan.route_table import add_row

SCHEMA = 1
"""Version of the rows; a dispatcher leaves rows of a later version alone."""


def add_dispatch_rows(scope: GatewayScope) -> None:
    """Plan a row for each keyword, menu place and sender ID."""
    gateway = scope.gateway
    for index, sms in enumerate(gateway.sms):
        role = f"row-sms-{sms.short_code}-{sms.keyword}".lower()
        _add_row(scope, scope.add("sms", index), role, sms_route(sms), _sms(scope, sms))
    for index, ussd in enumerate(gateway.ussd):
        digits = "-".join(map(str, ussd.path))
        role = f"row-ussd-{role_of(ussd.code.strip('*#'))}-{digits}"
        _add_row(scope, scope.add("ussd", index), role, ussd_route(ussd), _ussd(scope, ussd))
    for index, sender in enumerate(gateway.sender_ids):
        role = f"row-sender-{role_of(sender.text)}"
        _add_row(scope, scope.add("sender_ids", index), role, sender_route(sender), _sender(sender))


def sms_route(route: SmsRoute) -> str:
    """`sms#15200#ERB`."""
    return f"sms#{route.short_code}#{route.keyword}"


def ussd_route(route: UssdRoute) -> str:
    """`ussd#*152*00#/4/2`."""
    return f"ussd#{route.code}/{'/'.join(map(str, route.path))}"


def sender_route(sender: SenderId) -> str:
    """`sender#ERB`."""
    return f"sender#{sender.text}"


def _sms(scope: GatewayScope, route: SmsRoute) -> dict[str, object]:
    is_ours = scope.gateway.targets[route.target].kind == "helpdesk"
    queue = tickets_arn(scope.estate, scope.institution.slug) if is_ours else queue_arn(scope, route.target)
    return {"match": route.match, "queue_arn": queue}


def _ussd(scope: GatewayScope, route: UssdRoute) -> dict[str, object]:
    target = scope.gateway.targets[route.target]
    return {"label": {"sw": route.label.sw, "en": route.label.en}, **_https(target)}


def _https(target: Target) -> dict[str, object]:
    assert target.url is not None
    found: dict[str, object] = {"url": target.url}
    if target.timeout_seconds is not None:
        found["timeout_seconds"] = target.timeout_seconds
    if target.secret is not None:
        found["secret"] = target.secret.name
    return found


def _sender(sender: SenderId) -> dict[str, object]:
    approved = {operator: day.isoformat() for operator, day in sender.approved.items()}
    return {"class": sender.class_, "approved": approved}


def _add_row(scope: GatewayScope, add: Adder, role: str, route: str, facts: Mapping[str, object]) -> None:
    row = {"institution": scope.institution.slug, "route": route, "schema": SCHEMA, **facts}
    add_row(add, role, shared("dispatch_table"), row)
