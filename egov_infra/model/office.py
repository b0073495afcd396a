"""The e-office that all institutions share: who its officers are known by, and how long records are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from egov_infra.model.platform_service import OfficeApplication
from egov_infra.model.record import Record
from egov_infra.model.value import Fqdn, HttpsUrl, Name


class Issuer(Record):
    """Who says who an officer is (OpenID Connect)."""

    url: HttpsUrl
    """Its issuer identifier (OpenID Connect Discovery 1.0, section 4)."""
    has_second_factor: bool
    """Whether everybody proves a second factor at each login."""


class Office(Record):
    """The e-office."""

    host: Fqdn
    """Domain of the offices: `<slug>.<host>`."""
    issuers: Mapping[Name, Issuer]
    """Named issuers."""
    issuer: Name | None = None
    """The issuer of officers whose institution names no other."""
    records_years_at_least: Annotated[int, Field(ge=1, le=100)]
    """Fewest years for which the records act lets any series be kept."""
    storage_gib_per_user: Annotated[int, Field(ge=1)]
    """What an officer's records may take, in GiB."""
    max_users: Annotated[int, Field(ge=1)]
    """Most officers of one institution."""
    application: OfficeApplication
    """The application with which officers work."""
