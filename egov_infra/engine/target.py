"""Where a plan is applied, and which Pulumi project applies it. Loads neither pulumi nor boto3."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

from egov_infra.engine.error import RefusedError

if TYPE_CHECKING:
    from egov_infra.model.estate import Estate

REHEARSAL = "rehearsal"
"""Our own small engine, on a rehearsal cloud."""
REHEARSAL_CLI = "rehearsal-cli"
"""The Pulumi CLI, on a rehearsal cloud that runs as a server."""
AWS = "aws"
"""The Pulumi CLI with the official provider."""
TARGETS = (REHEARSAL, REHEARSAL_CLI, AWS)

_PROJECTS = {AWS: ".", REHEARSAL_CLI: "rehearsal"}
"""Target of the CLI to its project, as seen from the folder that holds the estate."""


def project_of(estate: pathlib.Path, target: str) -> pathlib.Path:
    """The project of a target of the CLI. Raises RefusedError if there is none beside the estate."""
    project = (estate.absolute().parent / _PROJECTS[target]).resolve()
    if not (project / "Pulumi.yaml").is_file():
        raise RefusedError(
            f"target {target} needs a Pulumi project in {project}, and no Pulumi.yaml is there"
        )
    return project


def demand_own_estate(estate: Estate, target: str) -> None:
    """Refuse to make for real what is invented. Raises RefusedError."""
    if target == AWS and estate.sample is not None:
        raise RefusedError(f"{estate.name} is a sample estate: it can be rehearsed, never applied to AWS")
