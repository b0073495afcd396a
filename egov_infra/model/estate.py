"""What the institutions of an estate share: the whole content of `estate.yaml`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.desk import Desk
from egov_infra.model.office import Office
from egov_infra.model.platform_service import PlatformService
from egov_infra.model.record import Record
from egov_infra.model.value import (
    AwsAccountId,
    AwsRegion,
    Cidr,
    Date,
    EmailAddress,
    Fqdn,
    IpAddress,
    Name,
    Period,
    ShortCode,
    Slug,
    UssdCode,
)

Count = Annotated[int, Field(ge=0)]
Minutes = Annotated[int, Field(ge=1)]
Role = Literal["platform", "domains", "gmp", "e-office", "helpdesk"]
SHARED_CLASS = "shared"
"""Class of the networks of shared accounts: no institution's environment is of it, nor has a way to it."""
PolicyDomain = Literal["tenancy", "mail", "gateway", "services"]


class Quota(Record):
    """A raised quota of an AWS account."""

    value: Count
    """Granted number."""
    granted_on: Date
    """Day on which AWS granted it."""


class SharedAccount(Record):
    """An AWS account that serves all institutions."""

    account: AwsAccountId
    """The account."""
    region: AwsRegion
    """Home region."""
    quotas: Mapping[Name, Quota] = {}
    """Raised quotas; what is not named has AWS's default."""


class Reserved(Record):
    """A range inside a supernet that is never given to an environment."""

    range: Cidr
    """The range."""
    holder: Annotated[str, Field(min_length=2)]
    """Who uses it."""


class EnvironmentClass(Record):
    """What environments of one kind have in common."""

    supernets: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Ranges from which environments get theirs."""
    key_deletion_days: Annotated[int, Field(ge=7, le=30)]
    """Waiting time before a deleted key is gone, in days."""


class Network(Record):
    """Addresses of the estate."""

    classes: Annotated[Mapping[Name, EnvironmentClass], Field(min_length=1)]
    """Environment classes by name; an environment is of the class whose name it has."""
    reserved: tuple[Reserved, ...] = ()
    """Ranges held elsewhere."""
    quarantine_days: Count
    """How long a released range is not given again, in days."""


class TransferBasis(Record):
    """Why personal data may be outside the country (Personal Data Protection Act 2022, Part V)."""

    reference: Annotated[str, Field(min_length=5)]
    """The approval."""
    approved_on: Date
    """Its date."""


class Tier(Record):
    """How soon a service is back, and how much may be lost."""

    recovery_time_minutes: Minutes
    """Recovery time objective."""
    recovery_point_minutes: Minutes
    """Recovery point objective."""
    copies: Annotated[int, Field(ge=1, le=3)]
    """Backup copies: two and more include another account."""


class QuotaPlan(Record):
    """A named plan of what a tenancy may use."""

    buckets: Count
    """Buckets an environment."""
    applications: Count
    """Hosted applications."""
    monthly_usd: Count
    """Highest budget a month, in US dollars."""


class OperatorLink(Record):
    """A link to a mobile operator."""

    peer: IpAddress
    """Public address of the operator's VPN device."""
    asn: Annotated[int, Field(ge=1, le=4294967295)]
    """Autonomous system of the operator (RFC 6793)."""
    messages_per_second: Annotated[int, Field(ge=1)]
    """Capacity."""


class Operator(Record):
    """A mobile network operator."""

    name: Annotated[str, Field(min_length=2)]
    """Public name."""
    mobile_network_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    """MNC under the country's MCC 640 (ITU-T E.212)."""
    prefixes: tuple[Annotated[str, Field(pattern=r"^[67][0-9]$")], ...]
    """National destination codes; with number portability they say who assigned a number, not who serves it."""
    link: OperatorLink
    """Link between the gateway and the operator."""


class ShortCodeHolding(Record):
    """A short code in use."""

    number: ShortCode
    """The code."""
    kind: Literal["shared", "dedicated"]
    """Whether institutions share it by keywords."""
    holder: Slug
    """Slug of the institution that holds it, or `platform`."""
    operators: tuple[Name, ...]
    """Operators that have opened it."""
    certified_on: Date
    """Day of the regulator's certificate."""


class UssdRoot(Record):
    """A USSD code in use."""

    code: UssdCode
    """The code."""
    holder: Slug
    """Slug of the institution that holds it, or `platform`."""


class ExchangeHost(Record):
    """One mail exchanger (RFC 5321, section 5.1)."""

    preference: Annotated[int, Field(ge=0, le=65535)]
    """Lower is tried first."""
    host: Fqdn
    """Name of the exchanger."""


class Exchange(Record):
    """A named set of mail exchangers."""

    hosts: Annotated[tuple[ExchangeHost, ...], Field(min_length=1)]
    """Exchangers."""


class Sender(Record):
    """A named system that sends mail for institutions."""

    spf: Annotated[str, Field(min_length=2)] | None = None
    """Its SPF term on the domain (RFC 7208), if the domain is its envelope sender."""
    mail_from: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    """Label of the subdomain that it uses as envelope sender."""
    kind: Literal["smtp", "ses"]
    """Whether it is a mail server of the platform or Amazon SES."""


class Reports(Record):
    """Where receivers of the world send their reports."""

    host: Fqdn
    """Host that the DMARC and TLS reports go to."""
    mailbox: EmailAddress
    """Mailbox for DMARC aggregate reports (RFC 9990)."""
    tls_mailbox: EmailAddress
    """Mailbox for TLS reports (RFC 8460)."""


class Certificates(Record):
    """Who may issue certificates (RFC 8659)."""

    issuers: Annotated[tuple[Fqdn, ...], Field(min_length=1)]
    """Certificate authorities."""
    incident_mailbox: EmailAddress
    """Where a refused request is reported (`iodef`)."""


class MailSystem(Record):
    """The mail system of the estate."""

    exchanges: Mapping[Name, Exchange]
    """Named exchanges."""
    senders: Mapping[Name, Sender]
    """Named senders."""
    reports: Reports
    """Collector of reports."""
    certificates: Certificates
    """Certificate authorities in use."""


class Supplier(Record):
    """An external party whose names stand in our records."""

    name: Annotated[str, Field(min_length=2)]
    """Who it is."""
    domains: Annotated[tuple[Fqdn, ...], Field(min_length=1)]
    """Domains under which its names stand."""
    contract_until: Date
    """Day on which the contract ends."""


class GatewayPlatform(Record):
    """The mobile gateway."""

    host: Fqdn
    """Host of HTTP routes; each institution's base path is its slug."""
    operators: Mapping[Name, Operator]
    """Mobile operators."""
    short_codes: tuple[ShortCodeHolding, ...]
    """Short codes in use."""
    ussd: tuple[UssdRoot, ...]
    """USSD codes in use."""
    reserved_keywords: tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]{2,16}$")], ...]
    """Keywords that no institution may claim."""
    promotional_hours: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$")]
    """Hours of the day, in Africa/Dar_es_Salaam, in which promotional texts may be sent."""


class ReportingPeriod(Record):
    """A financial year of the government."""

    begins_on: Date
    """First day."""
    ends_on: Date
    """Last day."""


class Certification(Record):
    """What a member of staff may approve, and until when."""

    domain: PolicyDomain
    """Domain of policies."""
    until: Date
    """Last day."""


class Course(Record):
    """A course that a member of staff attended."""

    period: Period
    """Reporting period."""
    kind: Literal["professional", "long-term"]
    """With a professional board, or for a diploma or degree."""
    subject: Annotated[str, Field(min_length=3)]
    """What it was about."""


class Member(Record):
    """A member of the platform's staff."""

    name: Annotated[str, Field(min_length=3)]
    """Full name."""
    certifications: tuple[Certification, ...] = ()
    """What the member may approve."""
    courses: tuple[Course, ...] = ()
    """Courses attended."""


class Sample(Record):
    """Marks an estate that is a sample: it can be rehearsed and never be applied for real."""

    as_of: Date
    """The day that counts as today."""
    invented: Annotated[tuple[str, ...], Field(min_length=1)]
    """What in it is invented."""


class Estate(Record):
    """What the institutions of an estate share."""

    name: Annotated[str, Field(min_length=3)]
    """Name of the estate."""
    accounts: Mapping[Role, SharedAccount]
    """Shared accounts by role."""
    organization: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")]
    """The AWS organization to which all accounts belong."""
    management_account: AwsAccountId
    """The organization's management account: its name is part of the organization's, and nothing stands in it."""
    regions: Annotated[tuple[AwsRegion, ...], Field(min_length=1)]
    """Regions in which anything may stand."""
    transfer_basis: TransferBasis
    """Why personal data may be there."""
    network: Network
    """Addresses."""
    tiers: Mapping[Literal["T0", "T1", "T2", "T3"], Tier]
    """Tiers."""
    quota_plans: Mapping[Name, QuotaPlan]
    """Named plans."""
    mail: MailSystem
    """The mail system."""
    gateway: GatewayPlatform
    """The mobile gateway."""
    helpdesk: Desk
    """The helpdesk."""
    e_office: Office
    """The e-office."""
    suppliers: tuple[Supplier, ...] = ()
    """External parties whose names stand in our records."""
    periods: Mapping[Period, ReportingPeriod]
    """Reporting periods."""
    staff: tuple[Member, ...]
    """The platform's staff."""
    profile: Name
    """Profile of policies in force."""
    sample: Sample | None = None
    """Set only in a sample."""

    @property
    def hosting(self) -> Mapping[Role, PlatformService]:
        """The shared accounts in which an application runs, each with it."""
        return {"e-office": self.e_office.application, "helpdesk": self.helpdesk.application}

    def today(self) -> datetime.date | None:
        """The day that a sample stands still at, or None."""
        return self.sample.as_of if self.sample else None
