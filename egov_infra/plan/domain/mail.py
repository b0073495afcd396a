"""Mail of a domain: SPF, DMARC, DKIM, MTA-STS, TLS-RPT and Amazon SES; or the closed set, where there is none."""

from __future__ import annotations

from egov_infra.model.domains import Mail
from egov_infra.plan import names
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.domain.scope import DomainScope
from egov_infra.plan.domain.static_site import StaticSite, add_static_site
from egov_infra.plan.names import role_of
from egov_infra.plan.record import dkim, dmarc, mta_sts, spf, tls_rpt
from egov_infra.plan.resource import Options
from egov_infra.plan.value import Join
from egov_infra.source.diagnostic import Path

NULL_MX = "0 ."  # RFC 7505
SECONDS_PER_DAY = 86_400
_REGIONAL_DKIM = frozenset(("af-south-1", "eu-south-1", "ap-northeast-3", "il-central-1", "me-central-1"))


def add_mail_records(scope: DomainScope, mail: Mail) -> None:
    """The records that make mail work and forgery fail; they need no delegation."""
    records, path = scope.records, (*scope.path, "mail")
    system = scope.estate.mail
    senders = [system.senders[name] for name in mail.senders]
    terms = tuple(sender.spf for sender in senders if sender.spf is not None)
    records.add_text("@", spf.render(terms, "-all"), path=path)
    policy = mail.dmarc
    report_to = (system.reports.mailbox, *mail.report_to)
    records.add_text(
        "_dmarc",
        dmarc.render(
            policy.policy,
            policy.subdomains,
            policy.nonexistent,
            is_testing=policy.testing,
            report_to=report_to,
        ),
        path=(*path, "dmarc"),
    )
    for index, key in enumerate(mail.dkim):
        host = f"{key.selector}._domainkey"
        records.add_text(host, dkim.render(key.key_type, key.public_key), path=(*path, "dkim", index))
    if mail.mx is not None:
        exchangers = (f"{host.preference} {host.host}" for host in system.exchanges[mail.mx].hosts)
        records.add("@", "MX", *exchangers, path=(*path, "mx"))
        records.add_text("_smtp._tls", tls_rpt.render(system.reports.tls_mailbox), path=path)
    elif mail.stance == "neither":
        records.add("@", "MX", NULL_MX, path=path)
    if mail.stance == "neither":
        records.add_text("*._domainkey", dkim.render("rsa", ""), path=path)


def add_closed_domain(scope: DomainScope) -> None:
    """A domain without mail: it says that it neither sends nor receives (RFC 7208 10.1.2, RFC 7505)."""
    records, path = scope.records, scope.path
    records.add_text("@", spf.render((), "-all"), path=path)
    records.add("@", "MX", NULL_MX, path=path)
    text = dmarc.render(
        "reject", "reject", "reject", is_testing=False, report_to=(scope.estate.mail.reports.mailbox,)
    )
    records.add_text("_dmarc", text, path=path)
    records.add_text("*._domainkey", dkim.render("rsa", ""), path=path)


def close_hosts(records: RecordSets, hosts: list[str], path: Path) -> None:
    """Names with addresses and no mail of their own would receive by implicit MX (RFC 5321, 5.1): close them."""
    for host in hosts:
        if host != "@" and not records.has(host, "MX") and not records.has(host, "CNAME"):
            records.add(host, "MX", NULL_MX, path=path)
            if not records.has(host, "TXT"):
                records.add_text(host, spf.render((), "-all"), path=path)


def add_mta_sts(scope: DomainScope, mail: Mail) -> None:
    """The policy host first, then the record that points to it (RFC 8461, section 8.1)."""
    if mail.mta_sts is None or mail.mx is None:
        return
    stack, records = scope.stack, scope.records
    path = (*scope.path, "mail", "mta_sts")
    hosts = tuple(host.host for host in scope.estate.mail.exchanges[mail.mx].hosts)
    content = mta_sts.render_policy(mail.mta_sts.mode, hosts, mail.mta_sts.max_age_days * SECONDS_PER_DAY)
    role = f"sts-{role_of(scope.name)}"
    site = StaticSite(role, (records.fqdn("mta-sts"),), path, scope.tags, headers=False)
    bucket = add_static_site(stack, scope.zone, site)
    policy = stack.at(*path)(
        "s3.BucketObjectv2",
        f"{role}-policy-file",
        bucket=bucket.id,
        key=".well-known/mta-sts.txt",
        content=content,
        content_type="text/plain",
        tags=scope.tags,
    )
    records.add_text("_mta-sts", mta_sts.render_record(content), path=path, depends_on=(policy.name,))


def add_ses(scope: DomainScope, mail: Mail) -> None:
    """Amazon SES as a sender: identity with Easy DKIM, own MAIL FROM domain, TLS required."""
    for index, name in enumerate(mail.senders):
        sender = scope.estate.mail.senders[name]
        if sender.kind == "ses":
            add_identity(scope, sender.mail_from or "bounce", (*scope.path, "mail", "senders", index))


def add_identity(scope: DomainScope, label: str, path: Path) -> None:
    """Plan the identity of a domain in Amazon SES; `label` is the subdomain of its envelope sender."""
    stack, records, domain = scope.stack, scope.records, scope.name
    add = stack.at(*path)
    role = f"ses-{role_of(domain)}"
    configuration = add(
        "sesv2.ConfigurationSet",
        f"{role}-configuration",
        configuration_set_name=names.shortened(domain.replace(".", "-"), 64),
        delivery_options={"tls_policy": "REQUIRE"},
        reputation_options={"reputation_metrics_enabled": True},
        suppression_options={"suppressed_reasons": ("BOUNCE", "COMPLAINT")},
        tags=scope.tags,
    )
    identity = add(
        "sesv2.EmailIdentity",
        f"{role}-identity",
        opts=Options(protect=True),
        email_identity=domain,
        configuration_set_name=configuration.output("configuration_set_name"),
        dkim_signing_attributes={"next_signing_key_length": "RSA_2048_BIT"},
        tags=scope.tags,
    )
    add(
        "sesv2.EmailIdentityMailFromAttributes",
        f"{role}-mail-from",
        email_identity=identity.output("email_identity"),
        mail_from_domain=records.fqdn(label),
        behavior_on_mx_failure="REJECT_MESSAGE",
    )
    suffix = f"dkim.{stack.region}.amazonses.com" if stack.region in _REGIONAL_DKIM else "dkim.amazonses.com"
    for number in range(3):
        token = identity.output(f"dkim_signing_attributes.tokens[{number}]")
        add(
            "route53.Record",
            f"{role}-dkim-{number}",
            zone_id=records.zone.id,
            name=Join((token, f"._domainkey.{domain}")),
            type="CNAME",
            ttl=3600,
            records=(Join((token, f".{suffix}")),),
        )
    records.add(label, "MX", f"10 feedback-smtp.{stack.region}.amazonses.com", path=path)
    records.add_text(label, spf.render(("include:amazonses.com",), "-all"), path=path)
