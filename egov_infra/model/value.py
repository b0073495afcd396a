"""Value types of manifests: each is parsed once, here, and is plain text or a date afterwards."""

from __future__ import annotations

import datetime
import ipaddress
import re
import unicodedata
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?"
_DNS_NAME = (
    rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"  # the last label tells a name from an IP address
)

MEANING: dict[str, str] = {}
"""What the text that matches a pattern is, for messages."""


def _text(meaning: str, pattern: str, max_length: int | None = None) -> StringConstraints:
    """Text of a pattern; a message about other text says that it `is not {meaning}`."""
    MEANING[pattern] = meaning
    return StringConstraints(pattern=pattern, max_length=max_length)


def _is_date(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):  # fromisoformat takes week dates too
        raise ValueError("a date is written YYYY-MM-DD")
    return datetime.date.fromisoformat(value)


def _is_beginning(value: object) -> object:
    if not isinstance(value, str) or value == "now":
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("say now, or a date as YYYY-MM-DD")
    return datetime.date.fromisoformat(value)


def _is_cidr(value: str) -> str:
    network = ipaddress.ip_network(value)  # strict: host bits set are an error
    if str(network) != value:
        raise ValueError(f"not in normal form: write {network}")
    return value


def _is_address(value: str) -> str:
    if str(ipaddress.ip_address(value)) != value:
        raise ValueError("not an IP address in normal form")
    return value


def _follows(value: str) -> str:
    first, second = map(int, value.split("/"))
    if second != first + 1:
        raise ValueError("a period runs from one year to the next, such as 2019/2020")
    return value


def _is_sender_id(value: str) -> str:
    if value.isdigit():
        raise ValueError("a sender ID is not all digits")
    return value


Date: TypeAlias = Annotated[
    datetime.date,
    BeforeValidator(_is_date),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
]
"""An ISO 8601 date, such as 2019-08-01."""

Begin: TypeAlias = Annotated[
    Literal["now"] | datetime.date,
    BeforeValidator(_is_beginning),
    WithJsonSchema({"type": "string", "pattern": r"^(now|\d{4}-\d{2}-\d{2})$"}),
]
"""`now`, or an ISO 8601 date."""

Slug: TypeAlias = Annotated[
    str,
    _text(
        "a slug: 2 to 31 lower-case letters, digits and hyphens, a letter first", r"^[a-z][a-z0-9-]{1,30}$"
    ),
]
"""Short name of an institution, unique in the estate."""

Name: TypeAlias = Annotated[
    str,
    _text(
        "a name: 1 to 31 lower-case letters, digits and hyphens, a letter first", r"^[a-z][a-z0-9-]{0,30}$"
    ),
]
"""Name of a thing inside a manifest: an environment, a bucket, a target."""

Fqdn: TypeAlias = Annotated[
    str,
    _text(
        "a DNS name: lower-case labels, at least two, without the final dot",
        rf"^{_DNS_NAME}$",
        max_length=253,
    ),
]
"""A fully qualified DNS name in lower case, without the final dot (RFC 1035, section 2.3.1)."""

_NAME = r"[a-z][a-z0-9-]{0,30}"
RetiredPath: TypeAlias = Annotated[
    str,
    _text(
        "the path of something that holds data: tenancy, tenancy/environments/NAME, tenancy/buckets/NAME, tenancy/backup, "
        "domains/DOMAIN, or of a domain /dnssec, /website, /mail, /mail/mta_sts, /mail/senders/NAME, "
        "services/applications/NAME, services/e_office, services/e_office/series/NAME, services/helpdesk",
        rf"^(tenancy(/(environments|buckets)/{_NAME}|/backup)?"
        rf"|services/(applications/{_NAME}|helpdesk|e_office(/series/{_NAME})?)"
        rf"|domains/{_DNS_NAME}(/(dnssec|website|mail(/mta_sts|/senders/{_NAME})?))?)$",
    ),
]
"""Path of something that a manifest once held, with names in place of positions."""

HostLabel: TypeAlias = Annotated[
    str,
    _text("a name relative to the domain, or @", rf"^(@|(\*\.)?{_LABEL}(\.{_LABEL})*|\*)$", max_length=200),
]
"""A name relative to its domain; `@` is the domain itself."""

Cidr: TypeAlias = Annotated[str, AfterValidator(_is_cidr)]
"""A network in CIDR notation without host bits (RFC 4632)."""

IpAddress: TypeAlias = Annotated[str, AfterValidator(_is_address)]
"""An IPv4 or IPv6 address."""

AwsAccountId: TypeAlias = Annotated[str, _text("an AWS account: twelve digits", r"^[0-9]{12}$")]
"""Twelve digits, in quotes."""

AwsRegion: TypeAlias = Annotated[str, _text("an AWS region, such as af-south-1", r"^[a-z]{2}-[a-z]+-[0-9]$")]
"""Code of an AWS region, such as af-south-1."""

Period: TypeAlias = Annotated[
    str, _text("a period, such as 2019/2020", r"^[0-9]{4}/[0-9]{4}$"), AfterValidator(_follows)
]
"""A reporting period (the government's financial year), such as 2019/2020."""

EmailAddress: TypeAlias = Annotated[
    str,
    _text(
        "a mail address with a lower-case domain",
        rf"^[A-Za-z0-9._%+-]+@{_DNS_NAME}$",
        max_length=254,
    ),
]
"""A mailbox (RFC 5321, section 4.1.2)."""

HttpsUrl: TypeAlias = Annotated[
    str,
    _text(
        "an https address with a host name, not an IP address",
        rf"^https://{_DNS_NAME}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/{{}}%-]*)?$",
    ),
]
"""An https address with a host name, never an IP address."""

Msisdn: TypeAlias = Annotated[str, _text("a number in E.164 form, such as +255712345678", r"^\+255[0-9]{9}$")]
"""A Tanzanian subscriber number in E.164 form."""

ShortCode: TypeAlias = Annotated[str, _text("a short code: five digits, 1 first", r"^1[0-9]{4}$")]
"""A Tanzanian short code: five digits that begin with 1."""

UssdCode: TypeAlias = Annotated[str, _text("a USSD code, such as *152*00#", r"^\*[0-9]{3}(\*[0-9]{1,4})*#$")]
"""A USSD dial string (3GPP TS 22.030), such as *152*00#."""

SenderText: TypeAlias = Annotated[
    str,
    _text("a sender ID: 3 to 11 letters, digits, dots and hyphens", r"^[A-Za-z0-9.-]{3,11}$"),
    AfterValidator(_is_sender_id),
]
"""An alphanumeric sender ID: 3 to 11 characters (3GPP TS 23.040, section 9.1.2.5)."""

Keyword: TypeAlias = Annotated[
    str, _text("a keyword: 2 to 16 capital letters and digits", r"^[A-Z0-9]{2,16}$")
]
"""First word of a text message, in capitals."""

ImageReference: TypeAlias = Annotated[
    str,
    _text(
        "an image by digest: registry/name@sha256: and 64 hexadecimal digits",
        r"^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$",
    ),
]
"""A container image by digest, never by tag."""

DkimSelector: TypeAlias = Annotated[
    str, _text("a DKIM selector: one lower-case DNS label", r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
]
"""A DKIM selector (RFC 6376, section 3.1)."""

Base64: TypeAlias = Annotated[str, _text("base64 without white space", r"^[A-Za-z0-9+/]+={0,2}$")]
"""Base64 without white space (RFC 4648, section 4)."""

HttpPath: TypeAlias = Annotated[
    str, _text("a path of literal segments and {parameters}", r"^(/([A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]*\}))+$")
]
"""A path template: literal segments and `{parameters}`."""


def keyword_normal_form(text: str) -> str:
    """The form in which keywords are compared: NFKC, case folded, first token of letters and digits.

    >>> keyword_normal_form("  'ERB, 12345")
    'erb'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    token = re.search(r"[^\W_]+", folded)
    return token.group() if token else ""
