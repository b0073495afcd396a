from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from egov_infra.manifest.fault import dotted
from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.explain.explanation import Explanation, explain, find_finding, verdicts_of
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.policy.rule import shown
from egov_infra.source.diagnostic import InputError
from egov_infra.source.document import read_document


def _explain(folder: Path, rule_id: str, owner: str, subject: str) -> Explanation:
    source = open_estate(folder)
    policies = load_policies(source)
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(folder))
    rule = next(rule for rule in policies.rules if rule.id == rule_id)
    return explain(source, policies, context, rule, owner, subject)


def _broken(own_estate: Path, old: str, new: str) -> Path:
    path = own_estate / "institutions" / "erb.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return own_estate


@pytest.fixture
def with_policies(own_estate: Path, root: Path) -> Path:
    """A small estate that finds the policies above it."""
    (own_estate.parent / "policies").symlink_to(root / "policies")
    return own_estate


def test_failure_names_what_was_written_and_what_would_pass(with_policies: Path) -> None:
    """The line of the manifest that the value follows from, though the rule reads the record as rendered."""
    folder = _broken(with_policies, "dmarc: {policy: reject", "dmarc: {policy: none")
    found = _explain(folder, "mail-dmarc-not-enforced", "erb", "domains/erb.go.tz")
    assert found.verdict is Verdict.FAIL
    assert found.origins is not None
    (origin,) = found.origins["subject.dmarc.policy"]
    assert (dotted(origin.spot.path), origin.value, origin.is_written) == (
        "domains[0].mail.dmarc.policy",
        "none",
        True,
    )
    assert [(dotted(one.origin.spot.path), one.value) for one in found.remedies] == [
        ("domains[0].mail.dmarc.policy", "reject")
    ]


def test_number_is_mended_by_the_nearest_one_that_passes(with_policies: Path) -> None:
    """Not by any that is large enough."""
    folder = _broken(with_policies, "retention_days: 35", "retention_days: 7")
    found = _explain(folder, "tenancy-backup-kept-briefly", "erb", "tenancy/backup")
    assert [one.value for one in found.remedies] == [30]
    assert found.settings["parameters.min_retention_days"].by_profile is False


@pytest.mark.parametrize(
    ("rule_id", "subject"),
    [
        ("mail-dmarc-not-enforced", "domains/erb.go.tz"),
        ("mail-mta-sts-not-enforced", "domains/erb.go.tz"),
        ("tenancy-backup-too-rare", "tenancy/backup"),
        ("tenancy-log-group-kept-briefly", "erb.e-office/erb-e-office-audit-logs"),
    ],
)
def test_every_place_points_at_the_value_that_it_reports(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    estate_folder: Path,
    rule_id: str,
    subject: str,
) -> None:
    """In the file, at that line and column; a default stands in no file."""
    rule = next(rule for rule in policies.rules if rule.id == rule_id)
    found = explain(source, policies, context, rule, "erb", subject)
    every = [origin for origins in (found.origins or {}).values() for origin in origins]
    assert any(origin.is_written for origin in every)
    files = {"manifest": estate_folder / "institutions" / "erb.yaml", "estate": estate_folder / "estate.yaml"}
    for origin in every:
        file = files[origin.spot.file]
        at: Any = read_document(file, str(file)).data
        for step in origin.spot.path:
            at = at.get(step) if isinstance(at, dict) else at[step]
        place = found.places[origin]
        assert place.file == str(file)
        if origin.is_written:
            assert shown(at).lower() == shown(origin.value).lower()
            line = file.read_text().split("\n")[place.line - 1]
            assert line[place.column - 1 :].lstrip("\"'").lower().startswith(shown(origin.value).lower())
        else:
            assert at is None


def test_profile_that_sets_a_parameter_is_named(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """At its line, not at the default of the rule."""
    rule = next(rule for rule in policies.rules if rule.id == "tenancy-log-group-kept-briefly")
    subject = "erb.e-office/erb-e-office-audit-logs"
    setting = explain(source, policies, context, rule, "erb", subject).settings["parameters.internal_days"]
    assert setting.by_profile
    assert setting.place.file.endswith("profiles/default.yaml")


def test_subject_that_spans_institutions_is_explained_without_origins(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """A claim has no manifest of its own."""
    rule = next(rule for rule in policies.rules if rule.id == "mail-domain-claimed-twice")
    found = explain(source, policies, context, rule, "erb", "domain/erb.go.tz")
    assert (found.verdict, found.origins, found.remedies) == (Verdict.PASS, None, ())


def test_what_the_platform_shares_follows_from_the_estate(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """The backups of a shared account."""
    rule = next(rule for rule in policies.rules if rule.id == "tenancy-backup-kept-briefly")
    (subject, *_) = verdicts_of(source, policies, context, rule, "platform")
    found = explain(source, policies, context, rule, "platform", subject)
    assert found.origins is not None
    assert {origin.spot.file for origin in found.origins["subject.retention_days"]} == {"estate"}


def test_unknown_subject_and_unknown_fingerprint_are_errors_with_what_was_meant(
    source: EstateSource, policies: Policies, context: PlanContext
) -> None:
    """Each has its own code."""
    rule = next(rule for rule in policies.rules if rule.id == "mail-dmarc-not-enforced")
    with pytest.raises(InputError) as raised:
        explain(source, policies, context, rule, "erb", "domains/erb.go.tx")
    assert [(one.code, one.suggestion) for one in raised.value.diagnostics] == [
        ("subject-unknown", "domains/erb.go.tz")
    ]
    judgement = judge_estate(source, policies, context)
    with pytest.raises(InputError) as raised:
        find_finding(judgement, "00000000")
    assert [one.code for one in raised.value.diagnostics] == ["finding-unknown"]
