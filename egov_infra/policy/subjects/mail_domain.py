"""`mail_domain`: a domain as the world will see it, read back from the planned records, not from the manifest."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from egov_infra.model.domains import Domain
from egov_infra.plan.record import dkim, dmarc, mta_sts, spf, tls_rpt
from egov_infra.plan.record.text import unquote
from egov_infra.plan.resource import PlannedResource
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

RECORD = "aws:route53/record:Record"
_SIGNING = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
_MAIL_FROM = "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes"
_OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"

Parts: TypeAlias = Mapping[str, Sequence[PlannedResource]]
"""Resources of a domain stack by type."""


@frozen
class SpfFacts:
    """The SPF record at the domain itself."""

    count: int
    """Records that begin with v=spf1; RFC 7208 wants one."""
    text: str
    """The record itself, empty without one."""
    all_qualifier: str
    """`-`, `~`, `?`, `+`, or empty without `all`."""
    lookups: int
    """Terms of the record itself that cost a DNS lookup."""
    mechanisms: tuple[str, ...]
    """Names of its terms, such as include, ip4, all."""
    faults: tuple[str, ...]
    """What is wrong with it, in words."""


@frozen
class RolloutFacts:
    """A declared stage on the way to p=reject."""

    stage: str
    """The policy that receivers are asked to apply meanwhile."""
    ends_on: datetime.date
    """Day on which the rollout is over."""


@frozen
class DmarcFacts:
    """The DMARC record, with defaults applied."""

    count: int
    """Records at _dmarc; RFC 9989 wants one."""
    policy: str
    """What `p` asks receivers to do: none, quarantine, reject."""
    effective_policy: str
    """What receivers do: one level less while testing, none if faulty."""
    subdomains: str
    """What `sp` asks for names below the domain."""
    nonexistent: str
    """What `np` asks for names that do not exist."""
    is_testing: bool
    """Whether `t=y` asks receivers not to apply the policy yet."""
    report_uris: tuple[str, ...]
    """Where aggregate reports go (`rua`)."""
    failure_uris: tuple[str, ...]
    """Where failure reports go (`ruf`)."""
    removed_tags: tuple[str, ...]
    """Tags that RFC 9989 no longer has, such as pct."""
    faults: tuple[str, ...]
    """What is wrong with the record, in words."""
    ignored: tuple[str, ...]
    """Values that receivers pass over."""
    rollout: RolloutFacts | None
    """Declared in the manifest; absent unless a rollout is under way."""


@frozen
class DkimFacts:
    """One published key."""

    selector: str
    """Name of the key below _domainkey."""
    count: int
    """Records at the selector; more than one is unusable."""
    key_type: str
    """rsa or ed25519."""
    bits: int
    """Length of the key."""
    is_revoked: bool
    """Whether the record has no key in it."""
    is_testing: bool
    """Whether `t=y` asks verifiers to pass over failures."""
    allows_sha1: bool
    """Whether signatures with SHA-1 are accepted."""
    age_days: int
    """Days since the declared day of creation; 0 for keys that nobody declared."""
    faults: tuple[str, ...]
    """What is wrong with the record, in words."""


@frozen
class MtaStsFacts:
    """MTA-STS record and policy file."""

    mode: str
    """What senders do where TLS fails: enforce, testing, none."""
    max_age_days: int
    """How long senders keep the policy."""
    mx: tuple[str, ...]
    """Patterns of exchangers that the policy names."""
    uncovered_hosts: tuple[str, ...]
    """Exchangers that no mx pattern of the policy covers."""
    foreign_patterns: tuple[str, ...]
    """Patterns that cover no exchanger of the domain."""
    id_matches: bool
    """Whether the record's id is that of the policy file."""
    faults: tuple[str, ...]
    """What is wrong with record and policy, in words."""


@frozen
class MailDomain:
    """A domain of an institution and what it says about mail."""

    name: str
    """The domain itself, such as erb.go.tz."""
    stance: str
    """sends-and-receives, sends, receives, neither; `none` where the manifest has no mail section."""
    is_delegated: bool
    """Whether the world asks our name servers for it today."""
    is_signed: bool
    """Whether DNSSEC signing of its zone is planned."""
    exchangers: tuple[str, ...]
    """Host names of the MX records; a null MX is `.`."""
    spf: SpfFacts
    """Its SPF record, parsed."""
    dmarc: DmarcFacts
    """Its DMARC record, parsed."""
    dkim: tuple[DkimFacts, ...]
    """Keys that it publishes itself."""
    managed_selectors: int
    """DKIM names delegated to Amazon SES, which keeps their keys."""
    mta_sts: MtaStsFacts | None
    """Its MTA-STS record and policy; absent without both."""
    tls_report_uris: tuple[str, ...]
    """Where reports on TLS failures go (TLS-RPT)."""
    tls_report_faults: tuple[str, ...]
    """What is wrong with the TLS-RPT record, in words."""
    certificate_authorities: tuple[str, ...]
    """Values of CAA `issue`."""
    has_incident_mailbox: bool
    """Whether CAA names where a refused request is reported."""
    collector: str
    """Mailbox of the platform's report collector."""
    unprotected_senders: tuple[str, ...]
    """MAIL FROM names without an SPF record of their own that fails others."""

    @property
    def sends(self) -> bool:
        """Whether mail leaves from the domain."""
        return self.stance in ("sends-and-receives", "sends")

    @property
    def receives(self) -> bool:
        """Whether mail arrives at the domain."""
        return self.stance in ("sends-and-receives", "receives")


def find(planned: Planned) -> Iterator[Subject]:
    """Each domain of the institution."""
    stack = next((stack for stack in planned.stacks if stack.name.endswith(".domain")), None)
    if stack is None:
        return
    parts = stack.by_type()
    sets = _record_sets(parts)
    for index, domain in enumerate(planned.loaded.institution.domains):
        has_mail = domain.mail is not None
        path = ("domains", index, "mail") if has_mail else ("domains", index)
        yield Subject(_mail_domain(domain, sets, parts, planned), f"domains/{domain.name}", path)


def _record_sets(parts: Parts) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Name and type to the values that are known before anything exists."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for resource in parts.get(RECORD, ()):
        inputs = resource.inputs
        name, kind, values = inputs.get("name"), inputs.get("type"), inputs.get("records")
        if isinstance(name, str) and isinstance(kind, str) and isinstance(values, tuple):
            found[name, kind] = tuple(value for value in values if isinstance(value, str))
    return found


def _mail_domain(
    domain: Domain, sets: Mapping[tuple[str, str], tuple[str, ...]], parts: Parts, planned: Planned
) -> MailDomain:
    name = domain.name
    today = planned.context.today
    mail = domain.mail

    def texts(host: str) -> tuple[str, ...]:
        return tuple(map(unquote, sets.get((host, "TXT"), ())))

    exchangers = tuple(value.split()[1] for value in sets.get((name, "MX"), ()))
    authorities = sets.get((name, "CAA"), ())
    reports = [text for text in texts(f"_smtp._tls.{name}") if text.startswith("v=TLSRPT")]
    tls = tls_rpt.parse(reports[0]) if reports else None
    managed = sum(
        resource.name.startswith(f"{resource.owner}-domain-ses-") and "-dkim-" in resource.name
        for resource in parts.get(RECORD, ())
    )
    return MailDomain(
        name=name,
        stance=mail.stance if mail else "none",
        is_delegated=domain.delegated_on is not None and domain.delegated_on <= today,
        is_signed=_SIGNING in parts,
        exchangers=exchangers,
        spf=_spf(texts(name)),
        dmarc=_dmarc(texts(f"_dmarc.{name}"), domain),
        dkim=_dkim(domain, sets, today),
        managed_selectors=managed,
        mta_sts=_mta_sts(texts(f"_mta-sts.{name}"), exchangers, parts, name),
        tls_report_uris=tls.report_uris if tls else (),
        tls_report_faults=tls.faults if tls else (),
        certificate_authorities=tuple(
            value.split('"')[1] for value in authorities if value.split()[1] == "issue"
        ),
        has_incident_mailbox=any(value.split()[1] == "iodef" for value in authorities),
        collector=planned.context.estate.mail.reports.mailbox,
        unprotected_senders=_unprotected(parts, texts),
    )


def _spf(texts: tuple[str, ...]) -> SpfFacts:
    records = [text for text in texts if spf.is_spf(text)]
    record = spf.parse(records[0]) if records else spf.Spf((), ())
    mechanisms = tuple(term.name for term in record.terms)
    text = records[0] if records else ""
    return SpfFacts(len(records), text, record.all_qualifier, record.lookups, mechanisms, record.faults)


def _dmarc(texts: tuple[str, ...], domain: Domain) -> DmarcFacts:
    records = [text for text in texts if text.startswith("v=DMARC1")]
    record = dmarc.parse(records[0] if records else "")
    rollout = domain.mail.dmarc.rollout if domain.mail else None
    return DmarcFacts(
        count=len(records),
        policy=record.policy,
        effective_policy=record.effective_policy,
        subdomains=record.subdomains,
        nonexistent=record.nonexistent,
        is_testing=record.is_testing,
        report_uris=record.report_uris,
        failure_uris=record.failure_uris,
        removed_tags=record.removed_tags,
        faults=record.faults,
        ignored=record.ignored,
        rollout=RolloutFacts(rollout.stage, rollout.ends_on) if rollout else None,
    )


def _dkim(
    domain: Domain, sets: Mapping[tuple[str, str], tuple[str, ...]], today: datetime.date
) -> tuple[DkimFacts, ...]:
    suffix = f"._domainkey.{domain.name}"
    created = {key.selector: key.created for key in domain.mail.dkim} if domain.mail else {}
    found = []
    for (name, kind), values in sets.items():
        if kind != "TXT" or not name.endswith(suffix):
            continue
        selector = name.removesuffix(suffix)
        key = dkim.parse(unquote(values[0]))
        age = (today - created[selector]).days if selector in created else 0
        found.append(
            DkimFacts(
                selector,
                len(values),
                key.key_type,
                key.bits,
                key.is_revoked,
                key.is_testing,
                key.allows_sha1,
                age,
                key.faults,
            )
        )
    return tuple(found)


def _mta_sts(
    texts: tuple[str, ...], exchangers: tuple[str, ...], parts: Parts, domain: str
) -> MtaStsFacts | None:
    records = [text for text in texts if text.startswith("v=STS")]
    content = next(
        (
            resource.inputs["content"]
            for resource in parts.get(_OBJECT, ())
            if resource.inputs.get("key") == ".well-known/mta-sts.txt"
            and f"-{domain.replace('.', '-')}-" in resource.name
        ),
        None,
    )
    if not records or not isinstance(content, str):
        return None
    record, policy = mta_sts.parse_record(records[0]), mta_sts.parse_policy(content)
    return MtaStsFacts(
        mode=policy.mode,
        max_age_days=policy.max_age_seconds // 86_400,
        mx=policy.mx,
        uncovered_hosts=tuple(h for h in exchangers if not any(mta_sts.covers(p, h) for p in policy.mx)),
        foreign_patterns=tuple(p for p in policy.mx if not any(mta_sts.covers(p, h) for h in exchangers)),
        id_matches=record.id == mta_sts.policy_id(content),
        faults=(*record.faults, *policy.faults),
    )


def _unprotected(parts: Parts, texts: object) -> tuple[str, ...]:
    names = [resource.inputs["mail_from_domain"] for resource in parts.get(_MAIL_FROM, ())]
    assert callable(texts)
    return tuple(
        name
        for name in names
        if isinstance(name, str)
        and not any(spf.parse(text).all_qualifier in ("-", "~") for text in texts(name))
    )


KIND: Kind = model_kind("mail_domain", MailDomain, find)
