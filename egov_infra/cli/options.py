"""Options that several commands take, and what they all begin with."""

from __future__ import annotations

import datetime
import gc
import pathlib
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from egov_infra.cloud.session import Cloud
    from egov_infra.manifest.load import EstateSource
    from egov_infra.plan.context import PlanContext
    from egov_infra.policy.judge import Policies

TIME_ZONE = "Africa/Dar_es_Salaam"

estate_option = click.option(
    "--estate",
    type=click.Path(path_type=pathlib.Path),
    default="stacks/estate",
    show_default=True,
    help="Folder of the estate: the one with estate.yaml.",
)
policies_option = click.option(
    "--policies",
    type=click.Path(path_type=pathlib.Path),
    help="Folder of the policies. Default: the nearest policies/ above the estate, else those of the package.",
)
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output on stdout.",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An estate, its policies and the day that counts as today."""

    source: EstateSource
    policies: Policies
    context: PlanContext


def open_all(estate: pathlib.Path, policies: pathlib.Path | None) -> Opened:
    """Open an estate with its policies. Raises InputError with everything wrong in either."""
    gc.disable()  # a command is short, and what it holds has no cycles
    from egov_infra.manifest.load import find_estate, open_estate
    from egov_infra.plan.addresses import read_addresses
    from egov_infra.plan.context import PlanContext
    from egov_infra.policy.judge import load_policies

    source = open_estate(find_estate(estate))
    context = PlanContext(source.estate, today_of(source), read_addresses(source.folder))
    return Opened(source, load_policies(source, policies), context)


def today_of(source: EstateSource) -> datetime.date:
    """The day that counts as today: a sample's own, else the date in Tanzania."""
    return source.estate.today() or datetime.datetime.now(zoneinfo.ZoneInfo(TIME_ZONE)).date()


def rehearsal_cloud(state: pathlib.Path) -> Cloud | None:
    """The rehearsal cloud that runs as a server, or None."""
    from egov_infra.cloud.rehearsal import running
    from egov_infra.cloud.session import Cloud

    server = running(state)
    return Cloud(server.endpoint) if server else None


def say(text: str) -> None:
    """Talk goes to stderr: stdout is data."""
    click.echo(text, err=True)
