"""Components for anyone's own Pulumi program: each judges an institution's part, and registers it if the gate is open.

    gate = Gate.of(pathlib.Path("estate"))
    domain = MailDomain("erb", gate)
    pulumi.export("zone", domain.exports["zone_id_erb-go-tz"])

An institution is named by its slug, or is an `Institution` written in Python. A plan that the gate refuses raises
GateShutError before anything is registered.
"""

from __future__ import annotations

import pulumi

from egov_infra.engine.gate import Gate
from egov_infra.engine.program import Lookup, StackComponent
from egov_infra.engine.stack_outputs import StackOutputs
from egov_infra.model.institution import Institution


class _JudgedPart(StackComponent):
    def __init__(
        self,
        institution: str | Institution,
        part: str,
        gate: Gate,
        look_up: Lookup | None,
        assume_role: str | None,
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        if isinstance(institution, Institution):
            plan = gate.admit_written(institution, part)
        else:
            plan = gate.admit(f"{institution}.{part}")
        super().__init__(plan, look_up or StackOutputs(), assume_role, opts)


class MailDomain(_JudgedPart):
    """The zones, records, mail and websites of an institution's domains."""

    def __init__(
        self,
        institution: str | Institution,
        gate: Gate,
        *,
        look_up: Lookup | None = None,
        assume_role: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`assume_role` is the name of the role to take in each account. Raises GateShutError, RefusedError."""
        super().__init__(institution, "domain", gate, look_up, assume_role, opts)


class GatewayRoutes(_JudgedPart):
    """The SMS, USSD and HTTP routes of an institution on the mobile platform."""

    def __init__(
        self,
        institution: str | Institution,
        gate: Gate,
        *,
        look_up: Lookup | None = None,
        assume_role: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`assume_role` is the name of the role to take in each account. Raises GateShutError, RefusedError."""
        super().__init__(institution, "gateway", gate, look_up, assume_role, opts)


class Tenancy(_JudgedPart):
    """One environment of an institution in the data centres: network, keys, buckets, backup, roles, budget."""

    def __init__(
        self,
        institution: str | Institution,
        environment: str,
        gate: Gate,
        *,
        look_up: Lookup | None = None,
        assume_role: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`assume_role` is the name of the role to take in each account. Raises GateShutError, RefusedError."""
        super().__init__(institution, f"tenancy.{environment}", gate, look_up, assume_role, opts)
