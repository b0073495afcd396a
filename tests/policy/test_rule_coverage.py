from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.accepted import load_accepted
from egov_infra.policy.policies import Policies, load_policies
from egov_infra.policy.rule_coverage import MOST_ACCEPTED, RuleCoverage, cover
from egov_infra.source.diagnostic import InputError

HUB = "aws:ec2transitgateway/routeTable:RouteTable"


@pytest.fixture(scope="module")
def whole(source: EstateSource, policies: Policies, context: PlanContext) -> RuleCoverage:
    """The bundled rules over the sample estate."""
    return cover(source, policies, context)


def test_every_planned_type_is_judged_or_accepted_with_a_reason(whole: RuleCoverage) -> None:
    """A new type without a rule stands here until somebody decides; few may be accepted."""
    assert [str(fault) for fault in whole.faults] == []
    assert [use.type for use in whole.types if not use.rules and use.accepted is None] == []
    assert len(whole.accepted) <= MOST_ACCEPTED * len(whole.types)


def test_a_type_is_looked_at_by_rules_about_it_around_it_and_made_of_it(whole: RuleCoverage) -> None:
    """By its own, by one that asks what is related, by one about any resource that names it, by a subject's."""
    rules = {use.type: set(use.rules) for use in whole.types}
    assert "gateway-queue-unencrypted" in rules["aws:sqs/queue:Queue"]
    assert "gateway-queue-unwatched" in rules["aws:cloudwatch/metricAlarm:MetricAlarm"]
    assert "tenancy-permission-unbounded" in rules["aws:iam/rolePolicy:RolePolicy"]
    assert "mail-spf-not-single" in rules["aws:route53/record:Record"]
    assert "tenancy-budget-missing" in rules["aws:budgets/budget:Budget"]


def test_a_subject_is_made_of_what_its_rule_reads_only(whole: RuleCoverage) -> None:
    """That a plan is there at all is no look at each type in it, and tags of everything are none at any."""
    rules = {use.type: set(use.rules) for use in whole.types}
    assert (
        "services-office-unscanned" not in rules["aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"]
    )
    assert (
        "services-office-audit-unsent" in rules["aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"]
    )
    assert not any("tenancy-resource-untagged" in found for found in rules.values())


def test_fields_that_no_rule_reads_are_named(whole: RuleCoverage) -> None:
    """Those of records inside of lists too; of an AWS type the inputs that are planned."""
    fields = {use.kind: use for use in whole.fields}
    assert {"name", "mta_sts.mx", "dkim[].count"} <= set(fields["mail_domain"].unread)
    assert {"spf.count", "dkim[].age_days", "dmarc.rollout.ends_on"} <= set(fields["mail_domain"].read)
    assert fields["aws:route53/zone:Zone"].unread == ("comment", "name", "tags")


def _small(estate: Path, folder: Path, root: Path, accepted: str | None, *left_out: str) -> RuleCoverage:
    """Some of the bundled rules over a small estate."""
    shutil.copytree(root / "policies", folder)
    profile = folder / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    for name in left_out:
        (folder / name).unlink()
    if accepted is not None:
        (folder / "accepted-types.yaml").write_text(accepted)
    source = open_estate(estate)
    today = source.estate.today()
    assert today is not None
    return cover(
        source,
        load_policies(source, folder),
        PlanContext(source.estate, today, read_addresses(source.folder)),
    )


def test_a_type_that_loses_its_only_rule_is_a_fault(own_estate: Path, tmp_path: Path, root: Path) -> None:
    """As a new one is; the fault says what to do."""
    found = _small(
        own_estate,
        tmp_path / "policies",
        root,
        None,
        "tenancy/topic-unencrypted.yaml",
        "tenancy/alarm-plaintext.yaml",
    )
    assert [fault.message for fault in found.faults if fault.code == "type-unjudged"] == [
        f"no rule looks at aws:sns/{kind}: write one, or accept it with a reason in accepted-types.yaml"
        for kind in ("topic:Topic", "topicSubscription:TopicSubscription")
    ]


def test_accepting_what_a_rule_looks_at_or_nothing_plans_is_a_fault(
    own_estate: Path, tmp_path: Path, root: Path
) -> None:
    """A reason that is none any more goes away; each stands with its place."""
    text = (root / "policies" / "accepted-types.yaml").read_text()
    text += "  - type: aws:sns/topic:Topic\n    reason: a bell that nobody can misuse\n"
    text += "  - type: aws:efs/fileSystem:FileSystem\n    reason: a file system that nobody can misuse\n"
    found = _small(own_estate, tmp_path / "policies", root, text)
    added = ("aws:sns/topic:Topic", "aws:efs/fileSystem:FileSystem")
    needless = [fault for fault in found.faults if any(name in fault.message for name in added)]
    lines = len((root / "policies" / "accepted-types.yaml").read_text().splitlines())
    assert [(fault.place.line, fault.message) for fault in needless] == [
        (lines + 1, "aws:sns/topic:Topic is looked at by tenancy-alarm-plaintext, tenancy-topic-unencrypted"),
        (lines + 3, "nothing plans aws:efs/fileSystem:FileSystem"),
    ]


def test_too_many_accepted_types_are_a_fault(own_estate: Path, tmp_path: Path, root: Path) -> None:
    """Accepting is for what nothing can be wrong with."""
    left_out = [
        str(path.relative_to(root / "policies"))
        for path in [
            *(root / "policies" / "gateway").glob("*.yaml"),
            *(root / "policies" / "services").glob("[!d]*.yaml"),
        ]
    ]
    small = _small(own_estate, tmp_path / "first", root, None, *left_out)
    bare = [use.type for use in small.types if not use.rules]
    text = "types:\n" + "".join(
        f"  - type: {name}\n    reason: a thing that nobody can misuse\n" for name in bare
    )
    found = _small(own_estate, tmp_path / "second", root, text, *left_out)
    codes = [fault.code for fault in found.faults]
    assert codes.count("accepted-many") == 1
    assert "type-unjudged" not in codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"types:\n  - type: {HUB}s\n    reason: a folder of schedules\n",
            f"accepted-types.yaml:2:11 accepted-type no AWS type '{HUB}s' in the catalogue; did you mean '{HUB}'?",
        ),
        (
            f"types:\n  - type: {HUB}\n    reason: a table of the hub's\n  - type: {HUB}\n    reason: a table of the hub's\n",
            f"accepted-types.yaml:4:11 accepted-type {HUB} stands here twice",
        ),
        (
            f"types:\n  - type: {HUB}\n    reason: why not\n",
            "accepted-types.yaml:3:13 value-wrong",
        ),
    ],
)
def test_a_broken_list_is_an_error_at_its_line(tmp_path: Path, text: str, expected: str) -> None:
    """Unknown types, types that stand there twice, and reasons that are none."""
    (tmp_path / "accepted-types.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_accepted(tmp_path)
    shown = [str(item).removeprefix(f"{tmp_path}/") for item in caught.value.diagnostics]
    assert len(shown) == 1
    assert shown[0].startswith(expected)
