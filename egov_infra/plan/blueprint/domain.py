"""Domain stacks: `<slug>.domain` has zones, records, mail and websites; `platform.domains` is what all share."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from egov_infra.model.domains import Domain
from egov_infra.model.institution import Institution
from egov_infra.plan.account.shared import open_shared_account
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.domain.certificate_authority import add_certificate_authorities
from egov_infra.plan.domain.collector import add_collector, add_ses_account
from egov_infra.plan.domain.dnssec import add_dnssec
from egov_infra.plan.domain.mail import (
    add_closed_domain,
    add_mail_records,
    add_mta_sts,
    add_ses,
    close_hosts,
)
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.domain.scope import DomainScope
from egov_infra.plan.domain.static_site import StaticSite, add_static_site
from egov_infra.plan.domain.zone import add_zone
from egov_infra.plan.names import role_of
from egov_infra.plan.record.text import quote
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.tags import institution_tags
from egov_infra.plan.value import Value


def plan(institution: Institution, context: PlanContext) -> Iterator[StackPlan]:
    """One stack for all domains, in the shared `domains` account; none without a domain."""
    if not institution.domains:
        return
    account = context.estate.accounts["domains"]
    stack = StackBuilder(f"{institution.slug}.domain", institution.slug, account.account, account.region)
    tags = institution_tags(institution)
    outputs: dict[str, Value] = {}
    notes: list[str] = []
    for index, domain in enumerate(institution.domains):
        zone, note = _add_domain(stack, domain, index, context, tags)
        outputs[f"zone_id_{role_of(domain.name)}"] = zone.id
        notes.extend(note)
    yield stack.build(outputs, tuple(notes))


def plan_platform(context: PlanContext) -> Iterator[StackPlan]:
    """The stack of the domains' own account: who takes reports, and how Amazon SES behaves."""
    shared = open_shared_account(context.estate, "domains")
    zone = add_collector(shared)
    add_ses_account(shared)
    host = context.estate.mail.reports.host
    note = f"have the parent zone delegate {host} to the name servers of {zone.name}"
    yield shared.stack.build({"report_zone_id": zone.id}, (note,))


def _add_domain(
    stack: StackBuilder, domain: Domain, index: int, context: PlanContext, tags: dict[str, str]
) -> tuple[PlannedResource, list[str]]:
    path = ("domains", index)
    role = f"zone-{role_of(domain.name)}"
    zone = add_zone(stack.at(*path), role, domain.name, f"{stack.owner}: {domain.name}", tags)
    records = RecordSets(stack, zone, domain.name)
    scope = DomainScope(domain.name, stack, zone, records, context.estate, tags, path)
    for number, record in enumerate(domain.records):
        values = (quote(value) for value in record.values) if record.type == "TXT" else iter(record.values)
        records.add(
            record.name, record.type, *values, path=(*path, "records", number), ttl_seconds=record.ttl
        )
    addressed = [host for host in records.hosts("A", "AAAA") if host != "@"]
    add_certificate_authorities(scope)
    if domain.mail is not None:
        add_mail_records(scope, domain.mail)
    else:
        add_closed_domain(scope)
    notes = []
    if _has_happened(domain.delegated_on, context.today):
        notes += _add_delegated(scope, domain, context.today)
        addressed += [host for host in _site_hosts(domain) if host not in addressed]
    else:
        notes.append(
            f"{domain.name}: have the parent zone delegate to the name servers of {zone.name}, then set delegated_on"
        )
    close_hosts(records, addressed, path)
    records.flush()
    return zone, notes


def _add_delegated(scope: DomainScope, domain: Domain, today: datetime.date) -> list[str]:
    """What works only once the world asks our name servers."""
    notes = []
    if domain.dnssec:
        signing_key = add_dnssec(scope)
        if not _has_happened(domain.ds_published_on, today):
            notes.append(
                f"{domain.name}: hand the DS record of {signing_key.name} to the parent zone, then set ds_published_on"
            )
    if domain.mail is not None:
        add_mta_sts(scope, domain.mail)
        add_ses(scope, domain.mail)
    if domain.website is not None:
        hosts = tuple(scope.records.fqdn(host) for host in domain.website.hosts)
        role = f"web-{role_of(domain.name)}"
        site = StaticSite(role, hosts, (*scope.path, "website"), scope.tags, headers=True)
        add_static_site(scope.stack, scope.zone, site)
    return notes


def _site_hosts(domain: Domain) -> list[str]:
    hosts = [host for host in domain.website.hosts if host != "@"] if domain.website else []
    return hosts + (["mta-sts"] if domain.mail and domain.mail.mta_sts else [])


def _has_happened(day: datetime.date | None, today: datetime.date) -> bool:
    return day is not None and day <= today
