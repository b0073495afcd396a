from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution, adopt
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.policy.example import merge
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement, judge_estate
from egov_infra.policy.load import load_rules
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.policy.profile import load_profile

NAMES = ("default", "gov-uk-mail", "bod-18-01")
MAILBOX = "reports@dmarc.cyber.dhs.gov"


@pytest.fixture(scope="module")
def profiles(source: EstateSource) -> dict[str, Policies]:
    """The bundled policies in each profile."""
    return {name: load_policies(source, None, name) for name in NAMES}


def _judge(
    loaded: LoadedInstitution, source: EstateSource, context: PlanContext, policies: Policies, **mail: Any
) -> Judgement:
    patch = {"domains": {"0": {"mail": mail}}}
    changed = Institution.model_validate(merge(loaded.institution.model_dump(by_alias=True), patch))
    judge = Judge(source, policies, context)
    judge.institution(adopt(changed, source.estate, source.slugs))
    return judge.finish(is_whole=False)


def _blocked(judgement: Judgement) -> set[str]:
    return {finding.rule for finding in decide(judgement).blocking}


def test_each_says_where_its_requirements_come_from(profiles: dict[str, Policies]) -> None:
    """Those that follow a document name it with its address."""
    for name in NAMES[1:]:
        assert all(": https://" in source for source in profiles[name].profile.settings.reference)
        assert profiles[name].profile.settings.reference


def test_profile_of_the_concept_page_is_one(root: Path, tmp_path: Path, policies: Policies) -> None:
    """What is shown there can be loaded."""
    page = (root / "docs" / "concepts" / "profiles.md").read_text(encoding="utf-8")
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "shown.yaml").write_text(page.split("```yaml\n")[1].split("```")[0])
    profile = load_profile(tmp_path, "shown", load_rules(policies.folder))
    found = {rule.id: rule.parameters for rule in profile.apply(load_rules(policies.folder))}
    assert found["mail-dkim-key-weak"] == {"min_bits": 3072}


def test_those_of_other_governments_look_at_mail_and_websites_only(profiles: dict[str, Policies]) -> None:
    """No rule on tenancies; the estate's own runs every rule."""
    domains = {name: {rule.domain for rule in found.rules} for name, found in profiles.items()}
    assert domains["gov-uk-mail"] == {"mail"}
    assert domains["bod-18-01"] == {"mail", "services", "gateway"}
    assert domains["default"] == {"mail", "services", "gateway", "tenancy", "estate"}


@pytest.mark.parametrize("name", NAMES[1:])
def test_every_rule_that_is_selected_meets_the_sample_estate(
    name: str, source: EstateSource, context: PlanContext, profiles: dict[str, Policies]
) -> None:
    """Green means looked at here too."""
    judgement = judge_estate(source, profiles[name], context)
    assert judgement.idle == ()
    assert _blocked(judgement) == ({"mail-dmarc-reports-lost"} if name == "bod-18-01" else set())


@pytest.mark.parametrize(
    ("mail", "blocked"),
    [
        ({}, ((), ())),
        ({"dmarc": {"policy": "quarantine"}}, ((), ("mail-dmarc-not-enforced",))),
        (
            {"dmarc": {"policy": "quarantine", "rollout": {"stage": "quarantine", "ends_on": "2020-09-30"}}},
            ((), ("mail-dmarc-not-enforced",)),
        ),
        (
            {"dmarc": {"policy": "none"}},
            (("mail-dmarc-not-enforced",), ("mail-dmarc-not-enforced",)),
        ),
        ({"mta_sts": {"mode": "testing"}}, (("mail-mta-sts-not-enforced",), ())),
        ({"dkim": {"0": {"created": "2019-02-01"}}}, ((), ())),
        ({"report_to": ()}, ((), ("mail-dmarc-reports-lost",))),
        (
            {
                "stance": "neither",
                "mx": None,
                "senders": (),
                "dkim": (),
                "mta_sts": None,
                "dmarc": {"policy": "quarantine"},
            },
            (("mail-closed-domain-spoofable",), ("mail-closed-domain-spoofable", "mail-dmarc-not-enforced")),
        ),
    ],
)
def test_each_asks_for_what_its_document_asks_for(
    mail: dict[str, Any],
    blocked: tuple[tuple[str, ...], tuple[str, ...]],
    erb: LoadedInstitution,
    source: EstateSource,
    context: PlanContext,
    profiles: dict[str, Policies],
) -> None:
    """GOV.UK takes quarantine and a rollout, and wants MTA-STS enforced; BOD 18-01 takes reject only, and its mailbox."""
    given = {"report_to": (MAILBOX,), **mail}
    found = tuple(_blocked(_judge(erb, source, context, profiles[name], **given)) for name in NAMES[1:])
    assert found == tuple(map(set, blocked))
