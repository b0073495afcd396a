"""Infrastructure of a whole government as code, judged before it is applied.

For anyone's own Pulumi program, beside `egov_infra.model`, which has what manifests say:

    gate = egov_infra.Gate.of("stacks/estate", institutions=[board])
    domain = egov_infra.MailDomain("board", gate)

These names are loaded when they are asked for: pulumi is heavy, and `check` does without it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from egov_infra.engine.components import GatewayRoutes, MailDomain, Tenancy
    from egov_infra.engine.error import RefusedError
    from egov_infra.engine.gate import Gate, GateShutError
    from egov_infra.source.diagnostic import InputError

__version__ = "0.1.0"
__all__ = (
    "Gate",
    "GateShutError",
    "GatewayRoutes",
    "InputError",
    "MailDomain",
    "RefusedError",
    "Tenancy",
)

_ROOMS = {
    "Gate": "engine.gate",
    "GateShutError": "engine.gate",
    "GatewayRoutes": "engine.components",
    "InputError": "source.diagnostic",
    "MailDomain": "engine.components",
    "RefusedError": "engine.error",
    "Tenancy": "engine.components",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
