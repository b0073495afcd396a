"""Options that several commands take, and what they all begin with."""

from __future__ import annotations

import datetime
import pathlib
import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.target import AWS, REHEARSAL, REHEARSAL_CLI, TARGETS, demand_own_estate
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

if TYPE_CHECKING:
    from egov_infra.cloud.secret import SecretReader
    from egov_infra.cloud.session import Cloud
    from egov_infra.engine.applier import Applier
    from egov_infra.engine.run import States
    from egov_infra.manifest.load import EstateSource
    from egov_infra.plan.context import PlanContext
    from egov_infra.policy.demand import Demand
    from egov_infra.policy.policies import Policies
    from egov_infra.policy.waiver import Register

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
profile_option = click.option(
    "--profile", metavar="NAME", help="Profile of the policies. Default: the one that estate.yaml names."
)
institution_option = click.option(
    "--institution",
    metavar="SLUG",
    default="erb",
    show_default=True,
    help="The compliant institution of the estate on which examples are patches.",
)
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output on stdout.",
)
target_option = click.option(
    "--target",
    type=click.Choice(TARGETS),
    default=REHEARSAL,
    show_default=True,
    help="Where to: our own engine on a rehearsal cloud, the Pulumi CLI on one, or the Pulumi CLI on AWS.",
)


@frozen
class Opened:
    """An estate, its policies and the day that counts as today."""

    source: EstateSource
    policies: Policies
    context: PlanContext


def open_all(
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    profile: str | None = None,
    *,
    waivers: Register | None = None,
    demand: Demand | None = None,
    is_gate: bool = True,
) -> Opened:
    """Open an estate with its policies, by default in its own profile and with its own waivers.

    `demand` is what must hold of the files of the policies, by default what the environment demands; where `is_gate` is
    false, nothing follows from what is shown, and nothing is demanded. Raises InputError with everything wrong in either.
    """
    from egov_infra.policy.demand import Demand
    from egov_infra.policy.policies import load_policies

    source, context = open_estate_at(estate)
    if demand is None and not is_gate:
        demand = Demand()
    return Opened(source, load_policies(source, policies, profile, waivers=waivers, demand=demand), context)


def open_estate_at(estate: pathlib.Path) -> tuple[EstateSource, PlanContext]:
    """Open an estate without its policies. Raises InputError with everything wrong in it."""
    from egov_infra.manifest.load import find_estate, open_estate
    from egov_infra.plan.addresses import read_addresses
    from egov_infra.plan.context import PlanContext

    source = open_estate(find_estate(estate))
    return source, PlanContext(source.estate, today_of(source), read_addresses(source.folder))


def today_of(source: EstateSource) -> datetime.date:
    """The day that counts as today: a sample's own, else the date in Tanzania."""
    return source.estate.today() or datetime.datetime.now(zoneinfo.ZoneInfo(TIME_ZONE)).date()


def rehearsal_cloud(state: pathlib.Path) -> Cloud | None:
    """The rehearsal cloud that runs as a server, or None."""
    from egov_infra.cloud.rehearsal import running
    from egov_infra.cloud.session import Cloud

    server = running(state)
    return Cloud(server.endpoint) if server else None


@contextmanager
def opened_target(target: str, source: EstateSource, *, must_run: bool = False) -> Iterator[Applier]:
    """A target that can be changed; with `must_run` a rehearsal cloud must be there already.

    Raises RefusedError for a sample estate on AWS, and where cloud, project, CLI or backend is missing.
    """
    from egov_infra.cloud.secret import SecretReader
    from egov_infra.cloud.session import in_process
    from egov_infra.engine.up import STATE_FOLDER, state_store

    demand_own_estate(source.estate, target)
    cloud = None if target == AWS else rehearsal_cloud(source.folder / STATE_FOLDER)
    if cloud is None and (must_run or target == REHEARSAL_CLI) and target != AWS:
        raise RefusedError("no rehearsal cloud runs: `egov-infra cloud start` starts one")
    if target != REHEARSAL:
        from egov_infra.engine.automation import Automation

        yield Automation.of(source.folder, target, cloud.cloud_id if cloud else None)
        return
    from egov_infra.engine.applier import Rehearsal

    store = state_store(source.folder, target)
    if cloud is not None:
        yield Rehearsal(store, cloud, SecretReader(cloud))
        return
    say("no rehearsal cloud runs: this one lives for this command only; `egov-infra cloud start` keeps one")
    with in_process() as own:
        yield Rehearsal(store, own, SecretReader(own))


def recorded_states(target: str, source: EstateSource) -> tuple[States, SecretReader | None]:
    """The states of a target, to be read, and what tells of a rotated secret where a cloud runs that can be asked.

    Raises RefusedError as `opened_target`, though no cloud need run.
    """
    from egov_infra.cloud.secret import SecretReader
    from egov_infra.engine.up import STATE_FOLDER, state_store

    demand_own_estate(source.estate, target)
    if target == REHEARSAL:
        cloud = rehearsal_cloud(source.folder / STATE_FOLDER)
        return state_store(source.folder, target), SecretReader(cloud) if cloud else None
    from egov_infra.engine.automation import Automation

    return Automation.of(source.folder, target, None).states, None


@contextmanager
def faults_in(style: str, estate: pathlib.Path) -> Iterator[None]:
    """Where JSON is asked for, what stops a command stands on stdout too, with the exit code."""
    try:
        yield
    except (InputError, RefusedError, FailedError) as fault:
        if style == "json":
            from egov_infra.report.document import fault_document

            click.echo(fault_document(fault, ExitCode.of(fault), str(estate)))
        raise


def demand(what: str, value: str | None, known: Iterable[str], where: str) -> None:
    """Refuse a value that nothing has, with what was probably meant. Raises InputError."""
    choices = sorted(known)
    if value is not None and value not in choices:
        message = f"no {what} {value!r} {where}"
        place = Place("<arguments>")
        raise InputError([Diagnostic(place, f"{what}-unknown", message, closest(value, choices))])


def say(text: str) -> None:
    """Talk goes to stderr: stdout is data."""
    click.echo(text, err=True)
