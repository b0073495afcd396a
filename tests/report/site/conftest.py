"""Sites of a small estate: as it should be, and with findings and a waiver."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from egov_infra.manifest.load import open_estate
from egov_infra.plan.addresses import LOCK_FILE, Lock, read_addresses, read_lock, write_lock
from egov_infra.plan.context import PlanContext
from egov_infra.policy.policies import load_policies
from egov_infra.report.site.pages import build_site
from egov_infra.report.site.survey import Survey, survey

SLUGS = ("arusha-cc", "erb", "mwtc", "tamisemi")
WAIVERS = """waivers:
- rule: mail-mta-sts-not-enforced
  institution: erb
  subject: domains/erb.go.tz
  values_digest: {digest}
  reason: the exchange moves to the new data centre this month and fails over in between
  author: Baraka Lema
  approver: Asha Mwinyi
  approved_on: 2020-06-01
  expires_on: 2020-07-19
  compensating_control: TLS reports are read every morning
"""


def survey_of(estate: Path, policies: Path) -> Survey:
    """The survey of an estate in a folder."""
    source = open_estate(estate)
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(estate))
    return survey(source, load_policies(source, policies), context)


@pytest.fixture(scope="session")
def surveyed(estate_folder: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """Four institutions: ERB's DMARC and MTA-STS are weak, and the latter is waived."""
    folder = tmp_path_factory.mktemp("small")
    estate, policies = folder / "estate", folder / "policies"
    shutil.copytree(root / "policies", policies)
    (estate / "institutions").mkdir(parents=True)
    shutil.copy(estate_folder / "estate.yaml", estate)
    for slug in SLUGS:
        text = (estate_folder / "institutions" / f"{slug}.yaml").read_text(encoding="utf-8")
        if slug == "erb":
            text = text.replace("dmarc: {policy: reject", "dmarc: {policy: none")
            text = text.replace("mode: enforce", "mode: testing")
        (estate / "institutions" / f"{slug}.yaml").write_text(text, encoding="utf-8")
    ranges = read_lock(estate_folder).ranges
    kept = {key: given for key, given in ranges.items() if key.partition("/")[0] in (*SLUGS, "platform")}
    (estate / LOCK_FILE).write_bytes(write_lock(Lock(kept)))
    found = survey_of(estate, policies)
    (finding,) = (item for item in found.judgement.findings if item.rule == "mail-mta-sts-not-enforced")
    (policies / "waivers.yaml").write_text(WAIVERS.format(digest=finding.values_digest), encoding="utf-8")
    return survey_of(estate, policies)


@pytest.fixture(scope="session")
def site(surveyed: Survey) -> Mapping[str, bytes]:
    """Its pages."""
    return dict(build_site(surveyed))
