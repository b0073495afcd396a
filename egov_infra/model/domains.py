"""Domains of an institution: records, mail and website."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.model.value import Base64, Date, DkimSelector, EmailAddress, Fqdn, HostLabel, Name, Period

DmarcPolicy = Literal["none", "quarantine", "reject"]


class DnsRecord(Record):
    """An ordinary record, which no other section derives."""

    name: HostLabel
    """Name relative to the domain; `@` is the domain itself."""
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT", "DS", "TLSA", "SSHFP"]
    """Type of the record."""
    ttl: Annotated[int, Field(ge=30, le=172800)]
    """Time to live in seconds."""
    values: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=4000)], ...], Field(min_length=1)]
    """Values as text; those of TXT records without quotes."""


class DkimKey(Record):
    """A declared public key that signs the domain's mail (RFC 6376)."""

    selector: DkimSelector
    """Selector: the key is published at `<selector>._domainkey`."""
    public_key: Base64
    """SubjectPublicKeyInfo (RSA) or the 32 bytes (Ed25519) in base64."""
    key_type: Literal["rsa", "ed25519"] = "rsa"
    """Type of the key (RFC 6376 `k=`, RFC 8463)."""
    created: Date
    """Day on which the key pair was made."""


class DmarcRollout(Record):
    """A declared stage on the way to p=reject."""

    stage: DmarcPolicy
    """Policy of this stage."""
    ends_on: Date
    """Last day of the stage."""


class Dmarc(Record):
    """What receivers are asked to do with forged mail (RFC 9989)."""

    policy: DmarcPolicy
    """For the domain itself (`p`)."""
    subdomains: DmarcPolicy
    """For existing subdomains (`sp`)."""
    nonexistent: DmarcPolicy
    """For names that do not exist (`np`)."""
    testing: bool = False
    """Whether receivers apply one level less (`t=y`)."""
    rollout: DmarcRollout | None = None
    """Set only during an approved rollout."""


class MtaSts(Record):
    """SMTP transport security (RFC 8461)."""

    mode: Literal["enforce", "testing", "none"]
    """What senders do when TLS fails."""
    max_age_days: Annotated[int, Field(ge=1, le=365)]
    """How long senders remember the policy, in days."""


class Mail(Record):
    """Mail of a domain."""

    since: Period
    """Reporting period of enrolment in the mail system."""
    stance: Literal["sends-and-receives", "sends", "receives", "neither"]
    """What the domain does; a domain that does neither is closed for mail."""
    mx: Name | None = None
    """A named exchange of the estate; needed to receive."""
    senders: tuple[Name, ...] = ()
    """Named senders of the estate; each brings its SPF term and return path."""
    dkim: tuple[DkimKey, ...] = ()
    """Declared keys, besides those that a sender manages itself."""
    dmarc: Dmarc
    """Policy for forged mail."""
    report_to: tuple[EmailAddress, ...] = ()
    """Mailboxes for aggregate reports, besides the platform's collector."""
    mta_sts: MtaSts | None = None
    """Transport security; needed to receive."""


class Website(Record):
    """The institution's static website on this domain."""

    hosts: Annotated[tuple[HostLabel, ...], Field(min_length=1)]
    """Names relative to the domain that show the website."""


class Domain(Record):
    """A DNS domain of the institution."""

    name: Fqdn
    """The domain."""
    delegated_on: Date | None = None
    """Day from which the parent zone delegates here; before it only zone and records are planned."""
    ds_published_on: Date | None = None
    """Day from which the parent zone holds the DS record."""
    dnssec: bool = True
    """Whether the zone is signed."""
    records: tuple[DnsRecord, ...] = ()
    """Ordinary records."""
    mail: Mail | None = None
    """Mail of the domain; without it the domain is closed for mail."""
    website: Website | None = None
    """Website on the domain."""
