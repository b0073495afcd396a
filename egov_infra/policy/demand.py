"""What is demanded of the files of the policies before they judge anything. Without a demand nothing is hashed, nor even imported."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Final

from egov_infra.source.frozen import frozen

KEY_VARIABLE: Final = "EGOV_INFRA_POLICY_KEY"
"""Environment variable: file of the public key that must have signed the policies. It lies outside the repository."""
LOCKED_VARIABLE: Final = "EGOV_INFRA_POLICY_LOCKED"
"""Environment variable: 1 demands that the policies are as their lock says."""


@frozen
class Demand:
    """What must hold of the policies before they judge anything."""

    locked: bool = False
    """Their lock fits them."""
    key: pathlib.Path | None = None
    """The lock is signed by the owner of this public key, and fits."""


@frozen
class Seal:
    """Policies that are as their lock says."""

    version: str
    digest: str
    key: str | None
    """Who signed it: SHA-256 of the public key (DER), in 16 hexadecimal digits; None if no signature was demanded."""


def demand_of(
    environment: Mapping[str, str], *, locked: bool = False, key: pathlib.Path | None = None
) -> Demand:
    """What is demanded here: by the environment, or by options, of which a key goes before that of the environment."""
    named = environment.get(KEY_VARIABLE)
    if key is None and named is not None:
        key = pathlib.Path(named)
    return Demand(locked or environment.get(LOCKED_VARIABLE, "") not in ("", "0"), key)


def sealed(folder: pathlib.Path, demand: Demand) -> Seal | None:
    """The seal of a policies folder, or None if nothing is demanded. Raises InputError with everything that does not fit."""
    if not demand.locked and demand.key is None:
        return None
    from egov_infra.policy.bundle import verify  # noqa: PLC0415 - start-up is a budget

    return verify(folder, demand.key)
