"""What a manifest names must exist: in the manifest itself, or in the estate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from egov_infra.model.domains import Domain
from egov_infra.model.estate import Estate
from egov_infra.model.gateway import Gateway
from egov_infra.model.institution import Institution
from egov_infra.source.diagnostic import Path
from egov_infra.source.spelling import closest

_WEBHOOK_SECONDS = 5  # EventBridge API destinations answer within 5 s


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a path of a document."""

    path: Path
    code: str
    message: str
    suggestion: str | None = None


def check_estate(estate: Estate, slugs: Collection[str]) -> Iterator[Fault]:
    """What is wrong with the references of an estate."""
    for index, holding in enumerate(estate.gateway.short_codes):
        at: Path = ("gateway", "short_codes", index)
        if holding.holder != "platform":
            yield from _known((*at, "holder"), "institution", holding.holder, slugs)
        for number, operator in enumerate(holding.operators):
            yield from _known((*at, "operators", number), "operator", operator, estate.gateway.operators)
    for index, root in enumerate(estate.gateway.ussd):
        if root.holder != "platform":
            yield from _known(("gateway", "ussd", index, "holder"), "institution", root.holder, slugs)
    for role in ("platform", "domains", "gmp", "e-office", "helpdesk"):
        if role not in estate.accounts:
            yield Fault(("accounts",), "account-missing", f"misses the shared account {role!r}")
    for period, dates in estate.periods.items():
        if dates.ends_on <= dates.begins_on:
            yield Fault(("periods", period, "ends_on"), "date-order", "the period ends before it begins")


def check_institution(institution: Institution, estate: Estate, slugs: Collection[str]) -> Iterator[Fault]:
    """What is wrong with the references of a manifest."""
    identity = institution.institution
    if identity.parent is not None:
        yield from _known(("institution", "parent"), "institution", identity.parent, slugs)
    yield from _tenancy(institution, estate)
    for index, domain in enumerate(institution.domains):
        yield from _domain(("domains", index), domain, estate)
    yield from _twice(("domains",), "domain", (domain.name for domain in institution.domains))
    if institution.gateway is not None:
        yield from _gateway(institution.gateway, estate)
    yield from _services(institution, estate)


def _tenancy(institution: Institution, estate: Estate) -> Iterator[Fault]:
    tenancy = institution.tenancy
    if tenancy is None:
        return
    yield from _known(("tenancy", "since"), "period", tenancy.since, estate.periods)
    yield from _known(("tenancy", "tier"), "tier", tenancy.tier, estate.tiers)
    yield from _known(("tenancy", "quota"), "quota plan", tenancy.quota, estate.quota_plans)
    for name in tenancy.environments:
        yield from _known(
            ("tenancy", "environments", name), "environment class", name, estate.network.classes
        )
    yield from _twice(("tenancy", "buckets"), "bucket", (bucket.name for bucket in tenancy.buckets), "name")


def _domain(at: Path, domain: Domain, estate: Estate) -> Iterator[Fault]:
    for index, record in enumerate(domain.records):
        alone = record.type == "CNAME" and (record.name == "@" or len(record.values) > 1)
        if alone:
            yield Fault(
                (*at, "records", index),
                "record-cname",
                "a CNAME stands alone, and never at the domain itself",
            )
    if domain.ds_published_on is not None and not domain.dnssec:
        yield Fault(
            (*at, "ds_published_on"), "dnssec-off", "a DS record is published for a zone that is not signed"
        )
    mail = domain.mail
    if mail is None:
        return
    yield from _known((*at, "mail", "since"), "period", mail.since, estate.periods)
    if mail.mx is not None:
        yield from _known((*at, "mail", "mx"), "exchange", mail.mx, estate.mail.exchanges)
    for index, sender in enumerate(mail.senders):
        yield from _known((*at, "mail", "senders", index), "sender", sender, estate.mail.senders)
    yield from _twice((*at, "mail", "dkim"), "selector", (key.selector for key in mail.dkim), "selector")
    receives = mail.stance in ("sends-and-receives", "receives")
    if receives and mail.mx is None:
        yield Fault((*at, "mail"), "mail-mx", "a domain that receives needs mx, a named exchange")
    if not receives and mail.mx is not None:
        yield Fault((*at, "mail", "mx"), "mail-mx", f"a domain with stance {mail.stance} has no exchange")
    if mail.stance in ("receives", "neither") and mail.senders:
        yield Fault(
            (*at, "mail", "senders"), "mail-senders", f"a domain with stance {mail.stance} has no senders"
        )


def _gateway(gateway: Gateway, estate: Estate) -> Iterator[Fault]:
    at: Path = ("gateway",)
    platform = estate.gateway
    yield from _known((*at, "since"), "period", gateway.since, estate.periods)
    for index, sender in enumerate(gateway.sender_ids):
        for operator in sender.approved:
            path = (*at, "sender_ids", index, "approved", operator)
            yield from _known(path, "operator", operator, platform.operators)
    codes = {holding.number for holding in platform.short_codes}
    for index, sms in enumerate(gateway.sms):
        yield from _known((*at, "sms", index, "short_code"), "short code", sms.short_code, codes)
        yield from _leads_to((*at, "sms", index, "target"), sms.target, gateway, ("webhook", "queue"))
    roots = {root.code for root in platform.ussd}
    for index, ussd in enumerate(gateway.ussd):
        yield from _known((*at, "ussd", index, "code"), "USSD code", ussd.code, roots)
        yield from _leads_to((*at, "ussd", index, "target"), ussd.target, gateway, ("https",))
    for index, http in enumerate(gateway.http):
        yield from _leads_to((*at, "http", index, "target"), http.target, gateway, ("https",))
    for name, target in gateway.targets.items():
        path = (*at, "targets", name)
        if (target.url is None) != (target.kind == "queue"):
            yield Fault(path, "target-url", "a queue has no url, any other target needs one")
        if target.kind == "webhook" and (target.timeout_seconds or 0) > _WEBHOOK_SECONDS:
            yield Fault(
                (*path, "timeout_seconds"), "target-timeout", f"a webhook answers within {_WEBHOOK_SECONDS} s"
            )


def _leads_to(path: Path, name: str, gateway: Gateway, kinds: tuple[str, ...]) -> Iterator[Fault]:
    if name not in gateway.targets:
        yield from _known(path, "target", name, gateway.targets)
    elif gateway.targets[name].kind not in kinds:
        kind = gateway.targets[name].kind
        yield Fault(
            path, "target-kind", f"target {name!r} is of kind {kind}; here it must be {' or '.join(kinds)}"
        )


def _services(institution: Institution, estate: Estate) -> Iterator[Fault]:
    services, support = institution.services, institution.support
    for key, service in (("helpdesk", services.helpdesk), ("e_office", services.e_office)):
        if service is not None:
            yield from _known(("services", key, "since"), "period", service.since, estate.periods)
    environments = institution.tenancy.environments if institution.tenancy else {}
    for index, application in enumerate(services.applications):
        at: Path = ("services", "applications", index)
        yield from _known((*at, "environment"), "environment", application.environment, environments)
        if application.since is not None:
            yield from _known((*at, "since"), "period", application.since, estate.periods)
    for index, training in enumerate(support.training):
        yield from _known(("support", "training", index, "period"), "period", training.period, estate.periods)
    for index, advice in enumerate(support.advice):
        yield from _known(("support", "advice", index, "period"), "period", advice.period, estate.periods)


def _known(path: Path, what: str, name: str, known: Collection[str]) -> Iterator[Fault]:
    if name not in known:
        yield Fault(path, "reference-unknown", f"no {what} {name!r}", closest(name, known))


def _twice(path: Path, what: str, names: Iterable[str], key: str = "name") -> Iterator[Fault]:
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Fault((*path, index, key), "name-twice", f"{what} {name!r} stands twice")
        seen.add(name)
