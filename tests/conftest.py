"""What every test shares: no network but loopback, and the sample estate."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from egov_infra.manifest.load import EstateSource, LoadedInstitution, open_estate
from egov_infra.plan.addresses import LOCK_FILE, Lock, read_addresses, read_lock, write_lock
from egov_infra.plan.context import PlanContext
from egov_infra.policy.policies import Policies, load_policies

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")  # a slow machine is no failure

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def estate_folder(root: Path) -> Path:
    """The sample estate, read only."""
    return root / "stacks" / "estate"


@pytest.fixture(scope="session")
def source(estate_folder: Path) -> EstateSource:
    """The sample estate, opened."""
    return open_estate(estate_folder)


@pytest.fixture(scope="session")
def context(source: EstateSource) -> PlanContext:
    """The sample estate's own day and addresses."""
    today = source.estate.today()
    assert today is not None
    return PlanContext(source.estate, today, read_addresses(source.folder))


@pytest.fixture(scope="session")
def policies(source: EstateSource) -> Policies:
    """The bundled policies."""
    return load_policies(source)


@pytest.fixture(scope="session")
def erb(source: EstateSource) -> LoadedInstitution:
    """The institution that has everything."""
    return source.read("erb")


@pytest.fixture
def estate_of(estate_folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a small copy of the estate that a test may change: some institutions, and nothing else."""

    def copy(*slugs: str) -> Path:
        folder = tmp_path / "estate"
        shutil.copytree(estate_folder, folder, ignore=shutil.ignore_patterns(".state", "institutions"))
        (folder / "institutions").mkdir()
        for slug in slugs:
            shutil.copy(estate_folder / "institutions" / f"{slug}.yaml", folder / "institutions")
        lock = read_lock(estate_folder)
        owners = {*slugs, "platform"}
        kept = {key: given for key, given in lock.ranges.items() if key.partition("/")[0] in owners}
        (folder / LOCK_FILE).write_bytes(write_lock(Lock(kept)))
        return folder

    return copy


@pytest.fixture
def own_estate(estate_of: Callable[..., Path]) -> Path:
    """ERB, its ministry, and nothing else."""
    return estate_of("erb", "mwtc")
