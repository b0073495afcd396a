from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.framework_coverage import (
    FrameworkCoverage,
    cover_frameworks,
    framework_faults,
    requirements_of,
)
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.source.diagnostic import Diagnostic

DAY = datetime.date(2020, 6, 30)


def _named(covered: tuple[FrameworkCoverage, ...], name: str) -> FrameworkCoverage:
    return next(coverage for coverage in covered if coverage.framework.name == name)


def _written(fault: Diagnostic) -> str:
    """What stands at the place of a fault."""
    line = Path(fault.place.file).read_text().splitlines()[fault.place.line - 1]
    return line[fault.place.column - 1 :]


@pytest.fixture(scope="module")
def covered(policies: Policies) -> tuple[FrameworkCoverage, ...]:
    """The bundled frameworks in the estate's own profile."""
    return cover_frameworks(policies, DAY)


@pytest.fixture
def changed(root: Path, source: EstateSource, tmp_path: Path) -> Callable[[str, str, str], Policies]:
    """Makes a copy of the bundled policies in which a text of a file is another one."""

    def change(file: str, old: str, new: str) -> Policies:
        folder = tmp_path / "policies"
        shutil.copytree(root / "policies", folder)
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        return load_policies(source, folder)

    return change


def test_bundled_frameworks_fit_the_bundled_rules(
    covered: tuple[FrameworkCoverage, ...], policies: Policies
) -> None:
    """None claims a rule that is not there, and none hides one that is."""
    assert framework_faults(covered, policies) == ()


def test_most_of_nist_is_left_to_people(covered: tuple[FrameworkCoverage, ...], policies: Policies) -> None:
    """Every rule names a control of it; no control is seen whole, and the figures count all that there are."""
    nist = _named(covered, "nist-800-53-r5")
    assert nist.rules == tuple(sorted(rule.id for rule in policies.rules))
    assert nist.counts["automated"] == 0
    assert nist.counts["manual"] > 900
    assert sum(nist.counts.values()) == 1014
    assert all(one.unseen for one in nist.requirements if one.sight == "partly")


def test_rules_come_from_the_framework_and_from_rules_alike(covered: tuple[FrameworkCoverage, ...]) -> None:
    """CIS lists its rules, SCuBA is named by them; the page of a rule has both."""
    found = requirements_of("tenancy-bucket-plaintext", covered)
    assert {name: [one.id for one in held] for name, held in found.items()} == {
        "cis-aws": ["2.1.1"],
        "nist-800-53-r5": ["SC-8"],
    }
    assert [one.id for one in requirements_of("mail-dkim-missing", covered)["scuba"]] == [
        "GWS.GMAIL.2.1v1",
        "MS.EXO.3.1v1",
    ]


def test_rule_that_is_asleep_does_not_count(source: EstateSource, policies: Policies) -> None:
    """Drafted or not selected: with one asleep a requirement is seen partly, with all asleep by nobody."""
    mail = cover_frameworks(load_policies(source, profile_name="gov-uk-mail"), DAY)
    cis = _named(mail, "cis-aws")
    assert (cis.counts["automated"], cis.counts["partly"], cis.rules) == (0, 0, ())
    assert len(cis.entries) > 10
    drafted = policies.profile.settings.model_copy(
        update={
            "rules": {
                **policies.profile.settings.rules,
                "tenancy-account-open": policies.profile.settings.rules[
                    "tenancy-records-unlocked"
                ].model_copy(update={"action": "draft", "parameters": {}}),
            }
        }
    )
    held = replace(policies, profile=replace(policies.profile, settings=drafted))
    found = {one.id: one for one in _named(cover_frameworks(held, DAY), "cis-aws").requirements}
    assert (found["2.1.4"].sight, found["2.1.4"].declared) == ("partly", "automated")
    assert [entry.rule.id for entry in found["2.1.4"].asleep] == ["tenancy-account-open"]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "frameworks/cis-aws.yaml",
            "rules: [tenancy-bucket-plaintext]",
            "rules: [tenancy-bucket-plaintxt]",
            [
                ("requirement-unseen", "no rule looks at 2.1.1: it is manual", None, "2.1.1:"),
                ("requirement-rule", "no rule 'tenancy-bucket-plaintxt'", "tenancy-bucket-plaintext", "tenancy-bucket-plaintxt]"),
            ],
        ),
        (
            "frameworks/scuba.yaml",
            "    title: Every second-level domain has a DMARC policy",
            "    title: Every second-level domain has a DMARC policy\n    rules: [mail-dmarc-not-single]",
            [
                (
                    "requirement-rule-twice",
                    "mail-dmarc-not-single names MS.EXO.4.1v1 itself: once is enough",
                    None,
                    "mail-dmarc-not-single]",
                )
            ],
        ),
        (
            "frameworks/gov-uk-mail.yaml",
            "rules: [mail-tls-reports-lost]",
            "rules: [mail-tls-reports-lost, mail-tls-*]",
            [("requirement-rule-twice", "mail-tls-reports-lost stands here twice", None, "mail-tls-*]")],
        ),
        (
            "frameworks/gov-uk-mail.yaml",
            "  forgery-ptr:",
            "  faking-ptr:",
            [
                (
                    "requirement-group",
                    "no group holds faking-ptr; there are transit, forgery, filter, reports, closed, people",
                    None,
                    "faking-ptr:",
                )
            ],
        ),
        (
            "mail/dmarc-malformed.yaml",
            "[SI-8]",
            "[SI-8, AC-9]",
            [
                (
                    "requirement-seen",
                    "AC-9 is not manual: mail-dmarc-malformed names it; say under partly what that does not see",
                    None,
                    "AC-9:",
                )
            ],
        ),
    ],
)  # fmt: skip
def test_framework_that_does_not_fit_the_rules_is_an_error_at_its_place(
    changed: Callable[[str, str, str], Policies],
    file: str,
    old: str,
    new: str,
    expected: list[tuple[str, str, str | None, str]],
) -> None:
    """A requirement is not automated by a rule that is gone, and not manual if a rule looks at it."""
    policies = changed(file, old, new)
    faults = framework_faults(cover_frameworks(policies, DAY), policies)
    found = [
        (fault.code, fault.message, fault.suggestion, _written(fault).startswith(at))
        for fault, (_, _, _, at) in zip(faults, expected, strict=True)
    ]
    assert found == [(code, message, hint, True) for code, message, hint, _ in expected]


def test_framework_of_the_package_need_not_fit_own_rules(
    root: Path, source: EstateSource, tmp_path: Path
) -> None:
    """With no rule that it names, nothing of it is automated; what an own rule names is not called manual."""
    for name in ("profiles", "mail"):
        shutil.copytree(root / "policies" / name, tmp_path / name)
    for path in (tmp_path / "mail").glob("*.yaml"):
        if path.stem != "dmarc-malformed":
            path.unlink()
    rule = tmp_path / "mail" / "dmarc-malformed.yaml"
    rule.write_text(rule.read_text().replace("[SI-8]", "[SI-8, AC-9]"))
    profile = tmp_path / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().partition("\nrules:")[0] + "\n")
    policies = load_policies(source, tmp_path)
    covered = cover_frameworks(policies, DAY)
    assert framework_faults(covered, policies) == ()
    assert [(found.framework.name, *found.counts.values()) for found in covered] == [
        ("cis-aws", 0, 0, 63),
        ("gov-uk-mail", 1, 0, 24),
        ("nist-800-53-r5", 0, 2, 1012),
        ("scuba", 0, 0, 48),
    ]
    found = {one.id: one for one in _named(covered, "nist-800-53-r5").requirements}
    assert found["AC-9"].unseen == "the framework's file does not say what these rules do not see"
