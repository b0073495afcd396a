"""The entry of `stacks/__main__.py`: an ordinary Pulumi program for one stack, which judges before it registers."""

from __future__ import annotations

import os
import pathlib
import signal
import sys

import pulumi
import yaml

from egov_infra.engine.error import RefusedError
from egov_infra.engine.gate import Gate
from egov_infra.engine.program import SecretUnreadableError, register
from egov_infra.engine.stack_outputs import StackOutputs
from egov_infra.engine.target import AWS, REHEARSAL_CLI, demand_own_estate
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.source.diagnostic import InputError

SHOWN = 32
"""Exit code by which Pulumi's language host knows that the message was shown already."""
REVIEWED = "EGOV_INFRA_REVIEWED"
"""Environment variable: digest of the one plan that may be registered, set by whoever reviewed it."""
REFUSAL = "EGOV_INFRA_REFUSAL"
"""Environment variable: a file to write a refusal to as well, for the engine's events do not tell one from a failure."""
KEPT = "EGOV_INFRA_KEPT"
"""Environment variable: a file with the logical names, a line each, of what is still there of a stack that leaves."""
_DEFAULT_ROLE = "egov-infra"


def main(target: str = AWS, estate: str = "estate") -> None:
    """Register the stack that Pulumi is asked for, or show why not and end the process.

    `estate` is the folder as seen from the project. Configuration: `egov:role`, the role to take in each account.
    A refusal must end the process: a program that merely returned would have the engine delete every resource.
    """
    # the engine interrupts the program when a step fails, and has shown why
    signal.signal(signal.SIGINT, lambda *_: os._exit(SHOWN))
    try:
        if target == REHEARSAL_CLI:
            demand_own_provider(pathlib.Path())
        plan = admit(pathlib.Path(estate), pulumi.get_stack(), target)
    except (InputError, RefusedError) as refusal:
        pulumi.log.error(str(refusal))
        if path := os.environ.get(REFUSAL):
            pathlib.Path(path).write_text(str(refusal), encoding="utf-8")
        sys.exit(SHOWN)
    role = pulumi.Config("egov").get("role") or _DEFAULT_ROLE
    try:
        register(plan, StackOutputs(), role if target == AWS else None)
    except SecretUnreadableError as error:
        pulumi.log.error(str(error))
        sys.exit(SHOWN)


def admit(estate: pathlib.Path, stack: str, target: str) -> StackPlan:
    """The judged plan of a stack. Raises GateShutError, RefusedError, InputError."""
    gate = Gate.of(estate)
    demand_own_estate(gate.source.estate, target)
    plan = gate.admit(stack)
    identity = gate.source.read(plan.owner).institution.institution if plan.owner != PLATFORM else None
    if identity is not None and identity.is_leaving:
        if KEPT not in os.environ:
            raise RefusedError(
                f"{stack}: {plan.owner} is {identity.state}: what was taken down would be made again; "
                f"`egov-infra up {stack} --target {target}` leaves it down"
            )
        kept = pathlib.Path(os.environ[KEPT]).read_text(encoding="utf-8")
        plan = plan.only(frozenset(kept.splitlines()))
    if os.environ.get(REVIEWED, digest := plan_digest(plan)) != digest:
        raise RefusedError(
            f"{stack}: what {estate.resolve()} plans now is not what was reviewed: it changed meanwhile, "
            "or the project reads another estate"
        )
    return plan


def demand_own_provider(project: pathlib.Path) -> None:
    """Refuse to rehearse in a project whose resources would go to the official provider. Raises RefusedError."""
    path = project / "Pulumi.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    providers = (declared.get("plugins") or {}).get("providers") or []
    if not any(item.get("name") == "aws" and item.get("path") for item in providers):
        raise RefusedError(f"{path}: names no provider of its own for aws, so this would be no rehearsal")
