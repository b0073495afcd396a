"""What an institution is entitled to, in words: one part a system, each a few rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from egov_infra.model.domains import Domain
from egov_infra.model.gateway import Gateway
from egov_infra.model.institution import Institution
from egov_infra.model.services import Services, Support
from egov_infra.model.tenancy import Tenancy
from egov_infra.report.words import Words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the entitlements. `since`: reporting period of enrolment, where there is one."""

    title: str
    since: str | None
    rows: tuple[tuple[str, str], ...]
    """Label and value."""


def describe_entitlements(institution: Institution, words: Words) -> Iterator[Part]:
    """Every part of an institution, in the order of its manifest."""
    if institution.tenancy is not None:
        yield _tenancy(institution.tenancy, words)
    for domain in institution.domains:
        yield _domain(domain, words)
    if institution.gateway is not None:
        yield _gateway(institution.gateway, words)
    yield from _services(institution.services, words)
    yield from _support(institution.support, words)


def _tenancy(tenancy: Tenancy, words: Words) -> Part:
    environments = [
        f"{name} ({environment.account}, {words.or_plain('size', environment.size)})"
        for name, environment in tenancy.environments.items()
    ]
    buckets = [
        words("locked_bucket" if bucket.locked else "bucket", name=bucket.name, days=bucket.retention_days)
        for bucket in tenancy.buckets
    ]
    backup = words(
        "backup_every", minutes=tenancy.backup.interval_minutes, days=tenancy.backup.retention_days
    )
    rows = [
        (words("tier"), tenancy.tier),
        (words("environments"), "; ".join(environments)),
        (words("buckets"), "; ".join(buckets)),
        (words("backup"), backup),
        (words("budget"), words("dollars", amount=tenancy.budget.monthly_usd)),
    ]
    return _part(words("system_data_centre"), tenancy.since, rows)


def _domain(domain: Domain, words: Words) -> Part:
    rows = []
    mail = domain.mail
    if mail is not None:
        rows = [
            (words("mail"), words.or_plain("stance", mail.stance)),
            (words("senders"), ", ".join(mail.senders)),
            ("DMARC", f"p={mail.dmarc.policy} sp={mail.dmarc.subdomains} np={mail.dmarc.nonexistent}"),
            ("MTA-STS", mail.mta_sts.mode if mail.mta_sts else ""),
        ]
    else:
        rows = [(words("mail"), words("stance_neither"))]
    if domain.website is not None:
        rows.append((words("website"), ", ".join(domain.website.hosts)))
    rows.append(("DNSSEC", words("yes" if domain.dnssec else "no")))
    return _part(domain.name, mail.since if mail else None, rows)


def _gateway(gateway: Gateway, words: Words) -> Part:
    rows = [
        (words("sender_ids"), ", ".join(sender.text for sender in gateway.sender_ids)),
        (words("keywords"), ", ".join(f"{route.keyword} → {route.short_code}" for route in gateway.sms)),
        (
            words("menus"),
            ", ".join(
                f"{getattr(route.label, words.language)} ({route.code} {' › '.join(map(str, route.path))})"
                for route in gateway.ussd
            ),
        ),
        (words("http"), ", ".join(f"{' '.join(route.methods)} {route.path}" for route in gateway.http)),
    ]
    return _part(words("system_gmp"), gateway.since, rows)


def _services(services: Services, words: Words) -> Iterator[Part]:
    if services.helpdesk is not None:
        rows = [(words("sla"), services.helpdesk.sla)]
        yield _part(words("system_helpdesk"), services.helpdesk.since, rows)
    if services.e_office is not None:
        years = services.e_office.records_retention_years
        rows = [
            (words("users"), words.shown(services.e_office.users)),
            (words("records"), words("years", years=years)),
        ]
        yield _part(words("system_e_office"), services.e_office.since, rows)
    for application in services.applications:
        rows = [
            (words("blueprint"), words.or_plain("blueprint", application.blueprint)),
            (words("environment"), application.environment),
        ]
        yield _part(f"{words('application')} {application.name}", application.since, rows)


def _support(support: Support, words: Words) -> Iterator[Part]:
    if support.training:
        rows = [
            (item.period, ", ".join(words.or_plain("audience", name) for name in item.audience))
            for item in support.training
        ]
        yield _part(words("training"), None, rows)
    if support.advice:
        yield _part(words("advice"), None, [(item.period, item.subject) for item in support.advice])


def _part(title: str, since: str | None, rows: Iterable[tuple[str, str]]) -> Part:
    """A part without the rows that say nothing."""
    return Part(title, since, tuple((label, value) for label, value in rows if value))
