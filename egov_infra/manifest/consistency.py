"""What one value of a manifest says of another: parts that each are right, and together are not."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from egov_infra.manifest.fault import Fault
from egov_infra.manifest.validate import validate_data
from egov_infra.model.desk import Desk
from egov_infra.model.domains import Domain, Mail
from egov_infra.model.estate import SHARED_CLASS, Estate, Network
from egov_infra.model.gateway import Gateway
from egov_infra.model.institution import Institution
from egov_infra.model.services import GENERAL, Services
from egov_infra.model.tenancy import FRONT_PREFIX_LENGTH, NetworkSize, Tenancy
from egov_infra.source.diagnostic import Path

P = TypeVar("P", bound=BaseModel)

_WEBHOOK_SECONDS = 5  # EventBridge API destinations answer within 5 s
_HOSTED_LENGTH = 60  # what stands before the role in names of an application's resources
_WITHOUT_ADDRESS = ("queue", "helpdesk")
_ROLES = ("platform", "domains", "gmp", "e-office", "helpdesk")


def check_institution(institution: Institution) -> Iterator[Fault]:
    """What does not fit together in a manifest."""
    if institution.tenancy is not None:
        yield from _tenancy(("tenancy",), institution.tenancy)
    for index, domain in enumerate(institution.domains):
        yield from _domain(("domains", index), domain)
    yield from _twice(("domains",), "domain", (domain.name for domain in institution.domains), "name")
    if institution.gateway is not None:
        yield from _gateway(("gateway",), institution.gateway)
    yield from _services(("services",), institution.services)
    yield from _hosted(("services", "applications"), institution)
    yield from _served(institution)


def check_parts(data: object) -> Iterator[Fault]:
    """The same for the data of a manifest that is no institution: for each part that can be read."""
    if not isinstance(data, Mapping):
        return
    yield from _part(("tenancy",), data.get("tenancy"), Tenancy, _tenancy)
    domains = data.get("domains")
    if isinstance(domains, tuple):
        for index, domain in enumerate(domains):
            yield from _part(("domains", index), domain, Domain, _domain)
    yield from _part(("gateway",), data.get("gateway"), Gateway, _gateway)
    yield from _part(("services",), data.get("services"), Services, _services)


def _part(
    at: Path, data: object, model: type[P], check: Callable[[Path, P], Iterator[Fault]]
) -> Iterator[Fault]:
    part, _ = validate_data(data, model)
    if part is not None:
        yield from check(at, part)


def _tenancy(at: Path, tenancy: Tenancy) -> Iterator[Fault]:
    yield from _twice((*at, "buckets"), "bucket", (bucket.name for bucket in tenancy.buckets), "name")


def _domain(at: Path, domain: Domain) -> Iterator[Fault]:
    for index, record in enumerate(domain.records):
        if record.type == "CNAME" and (record.name == "@" or len(record.values) > 1):
            message = "a CNAME stands alone, and never at the domain itself"
            yield Fault((*at, "records", index), "record-cname", message)
    records = ((record.name, record.type) for record in domain.records)
    yield from _twice((*at, "records"), "record", records)
    if domain.ds_published_on is not None and not domain.dnssec:
        message = "a DS record is published for a zone that is not signed"
        yield Fault((*at, "ds_published_on"), "dnssec-off", message)
    if domain.mail is not None:
        yield from _mail((*at, "mail"), domain.mail)
    if domain.website is not None:
        yield from _twice((*at, "website", "hosts"), "host", domain.website.hosts)


def _mail(at: Path, mail: Mail) -> Iterator[Fault]:
    receives = mail.stance in ("sends-and-receives", "receives")
    if receives and mail.mx is None:
        yield Fault(at, "mail-mx", "a domain that receives needs mx, a named exchange")
    if not receives and mail.mx is not None:
        yield Fault((*at, "mx"), "mail-mx", f"a domain with stance {mail.stance} has no exchange")
    if mail.stance in ("receives", "neither") and mail.senders:
        message = f"a domain with stance {mail.stance} has no senders"
        yield Fault((*at, "senders"), "mail-senders", message)
    yield from _twice((*at, "senders"), "sender", mail.senders)
    yield from _twice((*at, "dkim"), "selector", (key.selector for key in mail.dkim), "selector")


def _gateway(at: Path, gateway: Gateway) -> Iterator[Fault]:
    served = {route.target for route in gateway.http}
    for name, target in gateway.targets.items():
        path = (*at, "targets", name)
        if (target.url is None) != (target.kind in _WITHOUT_ADDRESS):
            yield Fault(
                path, "target-url", "a queue and the helpdesk have no url, any other target needs one"
            )
        if target.kind == "webhook" and (target.timeout_seconds or 0) > _WEBHOOK_SECONDS:
            message = f"a webhook answers within {_WEBHOOK_SECONDS} s"
            yield Fault((*path, "timeout_seconds"), "target-timeout", message)
        if target.kind in _WITHOUT_ADDRESS and target.secret is not None:
            message = f"nothing calls a {target.kind}, so that nothing can send a secret along"
            yield Fault((*path, "secret"), "target-secret", message)
        if name in served and target.secret is not None:
            message = (
                "API Gateway keeps what it sends along in the clear: a target of HTTP routes has no secret"
            )
            yield Fault((*path, "secret"), "target-secret", message)
    yield from _http_routes(at, gateway)


def _http_routes(at: Path, gateway: Gateway) -> Iterator[Fault]:
    """One method of one path has one route, and one place in a path has one parameter (API Gateway, resources)."""
    routed: set[tuple[str, str]] = set()
    parameters: dict[str, str] = {}
    for index, route in enumerate(gateway.http):
        path = (*at, "http", index)
        for number, method in enumerate(route.methods):
            if (route.path, method) in routed:
                yield Fault((*path, "methods", number), "name-twice", f"{method} {route.path} stands twice")
            routed.add((route.path, method))
        above = ""
        for segment in route.path.split("/")[1:]:
            held = parameters.setdefault(above, segment) if segment.startswith("{") else segment
            if held != segment:
                message = f"{segment} stands where another route has {held}"
                yield Fault((*path, "path"), "path-parameter", message)
            above = f"{above}/{segment}"


def _services(at: Path, services: Services) -> Iterator[Fault]:
    names = (application.name for application in services.applications)
    yield from _twice((*at, "applications"), "application", names, "name")
    if services.e_office is not None:
        series = (GENERAL, *(item.name for item in services.e_office.series))
        for fault in _twice((*at, "e_office", "series"), "series", series, "name"):
            *before, index, key = fault.path
            yield replace(fault, path=(*before, int(index) - 1, key))  # the first one stands in no list


def _served(institution: Institution) -> Iterator[Fault]:
    """What leads to a service needs it."""
    if institution.gateway is None or institution.services.helpdesk is not None:
        return
    for name, target in institution.gateway.targets.items():
        if target.kind == "helpdesk":
            message = "leads to the helpdesk, and services has none"
            yield Fault(("gateway", "targets", name, "kind"), "target-helpdesk", message)


def _hosted(at: Path, institution: Institution) -> Iterator[Fault]:
    """An application has a name in a domain of the institution, and a network with room for its load balancer."""
    environments = institution.tenancy.environments if institution.tenancy else {}
    taken = {
        f"{name}.{domain.name}"
        for domain in institution.domains
        for name in (*(record.name for record in domain.records), *_site_hosts(domain))
    }
    for index, application in enumerate(institution.services.applications):
        host = institution.host_of(application)
        path = (*at, index, "host") if application.host else (*at, index)
        if host is None or institution.domain_of(host) is None:
            where = (
                f"{host} lies in no domain"
                if host
                else f"{application.name!r} needs a host: there is no domain"
            )
            yield Fault(path, "application-host", f"{where} of this institution")
        elif host in taken:
            yield Fault(path, "application-host", f"{host} has another use already")
        taken.add(host or "")
        parts = (institution.slug, application.name, application.environment)
        if len("-".join(parts)) > _HOSTED_LENGTH:
            message = f"{' '.join(parts)} is too long for names of AWS: {_HOSTED_LENGTH} characters at most"
            yield Fault((*at, index, "name"), "name-long", message)
        environment = environments.get(application.environment)
        if environment is not None:
            network = ("tenancy", "environments", application.environment, "network")
            yield from _front(network, environment.network, f"application {application.name!r}")


def _front(at: Path, network: NetworkSize, who: str) -> Iterator[Fault]:
    if network.prefix_length > FRONT_PREFIX_LENGTH:
        message = (
            f"{who} needs a network of /{FRONT_PREFIX_LENGTH} or larger: "
            "its load balancer takes two subnets of /27"
        )
        yield Fault((*at, "prefix_length"), "application-network", message)


def _site_hosts(domain: Domain) -> Iterator[str]:
    if domain.website is not None:
        yield from domain.website.hosts
    if domain.mail is not None and domain.mail.mta_sts is not None:
        yield "mta-sts"


def _twice(at: Path, what: str, names: Iterable[Hashable], key: str | None = None) -> Iterator[Fault]:
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            shown = " ".join(name) if isinstance(name, tuple) else name
            path = (*at, index) if key is None else (*at, index, key)
            yield Fault(path, "name-twice", f"{what} {shown!r} stands twice")
        seen.add(name)


def check_estate(estate: Estate) -> Iterator[Fault]:
    """What does not fit together in `estate.yaml`."""
    for role in _ROLES:
        if role not in estate.accounts:
            yield Fault(("accounts",), "account-missing", f"misses the shared account {role!r}")
    holders: dict[str, str] = {}
    for role, shared in estate.accounts.items():
        path: Path = ("accounts", role)
        if shared.account in holders:
            message = f"account {shared.account} is that of {holders[shared.account]!r} already"
            yield Fault((*path, "account"), "account-twice", message)
        holders.setdefault(shared.account, role)
        if shared.region not in estate.regions:
            message = f"region {shared.region} is not one of the estate's regions"
            yield Fault((*path, "region"), "region-foreign", message)
    for period, dates in estate.periods.items():
        if dates.ends_on <= dates.begins_on:
            yield Fault(("periods", period, "ends_on"), "date-order", "the period ends before it begins")
    yield from _network(("network",), estate.network)
    yield from _operators(estate)
    yield from _desk(("helpdesk",), estate.helpdesk)
    for role, application in estate.hosting.items():
        at = (role.replace("-", "_"), "application", "network")
        yield from _front(at, application.network, f"the application of {role}")


def _network(at: Path, network: Network) -> Iterator[Fault]:
    if SHARED_CLASS not in network.classes:
        message = f"misses the class {SHARED_CLASS!r} of networks of shared accounts"
        yield Fault((*at, "classes"), "class-missing", message)
    supernets = [
        ((*at, "classes", name, "supernets", index), ipaddress.ip_network(supernet))
        for name, environment in network.classes.items()
        for index, supernet in enumerate(environment.supernets)
    ]
    for (_, first), (path, second) in itertools.combinations(supernets, 2):
        if first.overlaps(second):
            yield Fault(path, "range-overlap", f"{second} overlaps {first}")
    for index, reserved in enumerate(network.reserved):
        held = ipaddress.ip_network(reserved.range)
        if not any(held.overlaps(supernet) for _, supernet in supernets):
            message = f"{held} is reserved in none of the supernets"
            yield Fault((*at, "reserved", index, "range"), "range-foreign", message)


def _desk(at: Path, desk: Desk) -> Iterator[Fault]:
    if not desk.web_host.endswith(f".{desk.mail_host}"):
        yield Fault((*at, "web_host"), "application-host", f"{desk.web_host} lies not in {desk.mail_host}")
    for name, level in desk.service_levels.items():
        if level.resolution_minutes < level.response_minutes:
            message = "a ticket is solved before anybody answers"
            yield Fault((*at, "service_levels", name, "resolution_minutes"), "service-level-order", message)
    for index, shift in enumerate(desk.rota.shifts):
        path = (*at, "rota", "shifts", index)
        yield from _twice((*path, "days"), "day", shift.days)
        yield from _twice((*path, "persons"), "person", shift.persons)
    days = (holiday.on.isoformat() for holiday in desk.rota.holidays)
    yield from _twice((*at, "rota", "holidays"), "holiday", days, "on")


def _operators(estate: Estate) -> Iterator[Fault]:
    """A number's prefix and a network code belong to one operator."""
    held: dict[tuple[str, str], str] = {}
    for name, operator in estate.gateway.operators.items():
        at: Path = ("gateway", "operators", name)
        claims = [((*at, "mobile_network_code"), ("network code", operator.mobile_network_code))]
        claims += [
            ((*at, "prefixes", index), ("prefix", item)) for index, item in enumerate(operator.prefixes)
        ]
        for path, claim in claims:
            if claim in held:
                message = f"{claim[0]} {claim[1]} is that of {held[claim]!r} already"
                yield Fault(path, "operator-claim", message)
            held.setdefault(claim, name)
    yield from _twice(
        ("gateway", "short_codes"),
        "short code",
        (holding.number for holding in estate.gateway.short_codes),
        "number",
    )
    yield from _twice(("gateway", "ussd"), "USSD code", (root.code for root in estate.gateway.ussd), "code")
