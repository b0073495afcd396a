from __future__ import annotations

from pathlib import Path

import pytest

from egov_infra.engine.error import RefusedError
from egov_infra.engine.target import AWS, REHEARSAL_CLI, demand_own_estate, project_of
from egov_infra.manifest.load import EstateSource


def test_projects_stand_beside_the_estate(root: Path) -> None:
    """One for AWS, one for the rehearsal: each has its own provider."""
    estate = root / "stacks" / "estate"
    assert project_of(estate, AWS) == root / "stacks"
    assert project_of(estate, REHEARSAL_CLI) == root / "stacks" / "rehearsal"


def test_estate_without_a_project_is_refused(own_estate: Path) -> None:
    """It says where the project is looked for."""
    with pytest.raises(
        RefusedError, match=r"needs a Pulumi project in .*rehearsal, and no Pulumi.yaml is there"
    ):
        project_of(own_estate, REHEARSAL_CLI)


def test_only_aws_refuses_a_sample(source: EstateSource) -> None:
    """What is invented can be rehearsed."""
    demand_own_estate(source.estate, REHEARSAL_CLI)
    with pytest.raises(RefusedError, match="is a sample estate: it can be rehearsed, never applied to AWS"):
        demand_own_estate(source.estate, AWS)
