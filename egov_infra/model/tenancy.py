"""What an institution has in the data centres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.model.value import AwsAccountId, Name, Period

Percent = Annotated[int, Field(ge=1, le=1000)]
PositiveInt = Annotated[int, Field(ge=1)]
FRONT_PREFIX_LENGTH = 24
"""Longest prefix of a network whose last quarter holds two subnets of /27, the least that a load balancer takes (ELB)."""


class NetworkSize(Record):
    """How large an environment's network is; the range itself stands in the address lock."""

    prefix_length: Annotated[int, Field(ge=16, le=26)]
    """Length of the network's prefix in bits: 24 is 256 addresses, 26 the least, for it is cut in four and a subnet has 16."""


class Internet(Record):
    """Permission to reach the internet, with what it is for."""

    purpose: Annotated[str, Field(min_length=10)]
    """Why the environment needs the internet."""


class Environment(Record):
    """One account of the tenancy."""

    account: AwsAccountId
    """The AWS account, which serves nobody else."""
    network: NetworkSize
    """Size of the network."""
    size: Literal["small", "medium", "large"]
    """Size of what runs here: small has two zones, larger ones three."""
    internet: Internet | None = None
    """Set only if the environment may reach the internet."""


class Bucket(Record):
    """A store for objects, in every environment."""

    name: Name
    """Name within the tenancy."""
    retention_days: PositiveInt
    """How long an object is kept at least, in days."""
    locked: bool = False
    """Whether nobody can delete an object before its time (S3 Object Lock, governance mode)."""


class Backup(Record):
    """How often copies are made, and how long they are kept."""

    interval_minutes: Annotated[int, Field(ge=60)]
    """Minutes between two backups; AWS Backup runs at most once an hour."""
    retention_days: Annotated[int, Field(ge=1, le=36500)]
    """How long a backup is kept, in days."""


class Budget(Record):
    """How much the tenancy may cost, and when somebody is told."""

    monthly_usd: PositiveInt
    """Limit for a month in US dollars, over all environments."""
    alert_percent: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=5)]
    """Shares of the limit at which the technical contact is told, in percent."""


class Tenancy(Record):
    """What the institution has in the data centres."""

    since: Period
    """Reporting period of enrolment."""
    tier: Literal["T0", "T1", "T2", "T3"]
    """Tier of the estate: it decides recovery time, recovery point and copies."""
    environments: Annotated[Mapping[Name, Environment], Field(min_length=1)]
    """Environments by name, such as prod and test."""
    buckets: tuple[Bucket, ...] = ()
    """Stores for objects."""
    backup: Backup
    """Backups of everything that holds data."""
    budget: Budget
    """Limit of cost."""
    quota: Name
    """A named quota plan of the estate."""
