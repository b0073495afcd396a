"""What an institution is entitled to: frozen, strict pydantic models.

The names here are what a manifest says, for institutions that are written in Python:

    from egov_infra import model

    model.Identity(slug="erb", name=model.BilingualName(en="Engineers Registration Board", sw="..."), ...)

`Application` is what hosted applications have in common; each blueprint has a class of its own in `model.applications`.
"""

from __future__ import annotations

from egov_infra.model.application import Application
from egov_infra.model.domains import (
    DkimKey,
    Dmarc,
    DmarcRollout,
    DnsRecord,
    Domain,
    Mail,
    MtaSts,
    Website,
)
from egov_infra.model.gateway import (
    Gateway,
    HttpRoute,
    Label,
    SenderId,
    SmsRoute,
    Target,
    UssdRoute,
)
from egov_infra.model.institution import BilingualName, Contacts, Identity, Institution, Retired
from egov_infra.model.secret import SecretReference
from egov_infra.model.services import Advice, EOffice, Helpdesk, Series, Services, Support, Training
from egov_infra.model.tenancy import Backup, Bucket, Budget, Environment, Internet, NetworkSize, Tenancy

__all__ = (
    "Advice",
    "Application",
    "Backup",
    "BilingualName",
    "Bucket",
    "Budget",
    "Contacts",
    "DkimKey",
    "Dmarc",
    "DmarcRollout",
    "DnsRecord",
    "Domain",
    "EOffice",
    "Environment",
    "Gateway",
    "Helpdesk",
    "HttpRoute",
    "Identity",
    "Institution",
    "Internet",
    "Label",
    "Mail",
    "MtaSts",
    "NetworkSize",
    "Retired",
    "SecretReference",
    "SenderId",
    "Series",
    "Services",
    "SmsRoute",
    "Support",
    "Target",
    "Tenancy",
    "Training",
    "UssdRoute",
    "Website",
)
