from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egov_infra.audit.run import Audit, run_audit
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.gate import Gate
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import Judge
from egov_infra.source.diagnostic import InputError
from tests.audit.conftest import forget_all_but_ids

Up = Callable[..., None]
Look = Callable[..., Audit]
CLEAN = {"drifts": 0, "undeclared": 0, "unknown": 0, "not_applied": 0, "left": 0, "not_compared": 0}


def _differing(audit: Audit) -> dict[str, int]:
    return {name: audit.counts[name] for name in CLEAN}


def test_applied_estate_gets_the_verdicts_that_its_plan_got(
    gate: Gate, up: Up, audit: Look, store: Store
) -> None:
    """Every stack of the platform and of an institution, by ids alone: nothing differs, and every rule says the same."""
    up("erb", "platform")
    forget_all_but_ids(store)
    found = audit("erb", "platform")
    judge = Judge(gate.source, gate.policies, gate.context)
    stacks = [*judge.platform(), *judge.institution(gate.source.read("erb"))]
    planned = judge.finish(is_whole=False)
    assert found.judgement.counts == planned.counts
    assert found.judgement.counts[Verdict.PASS] > 800
    assert found.judgement.findings == planned.findings
    assert (_differing(found), found.exit_code) == (CLEAN, 0)
    resources = sum(len(stack.resources) for stack in stacks)
    assert found.counts["read"] + found.counts["recorded_only"] == resources
    assert found.counts["recorded_only"] > 0


def test_platform_is_judged_as_it_is_live(
    gate: Gate, up: Up, audit: Look, store: Store, cloud: Cloud
) -> None:
    """A bucket that all institutions share, opened behind our back, is drift and a finding of the platform."""
    up("platform.platform")
    recorded = store.load("platform.platform").by_name()
    (name, bucket), *_ = (
        (name, entry.id) for name, entry in recorded.items() if "PublicAccessBlock" in entry.type
    )
    home = gate.source.estate.accounts["platform"]
    cloud.client("s3", home.account, home.region).delete_public_access_block(Bucket=bucket)
    found = audit("platform.platform")
    assert [(drift.institution, drift.resource, drift.live) for drift in found.stacks[0].drifts] == [
        ("platform", name, "absent")
    ]
    assert [(finding.rule, finding.institution) for finding in found.decision.blocking] == [
        ("tenancy-bucket-public", "platform")
    ]
    assert found.exit_code == 1


def test_application_of_the_platform_is_judged_as_it_is_live(
    gate: Gate, up: Up, audit: Look, cloud: Cloud
) -> None:
    """Backups cut short, and a role that may suddenly do everything: drift, and findings of institutions' rules."""
    up("platform.platform", "platform.helpdesk")
    home = gate.source.estate.accounts["helpdesk"]
    database = cloud.client("rds", home.account, home.region)
    database.modify_db_instance(
        DBInstanceIdentifier="helpdesk", BackupRetentionPeriod=1, ApplyImmediately=True
    )
    everything = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    )
    roles = cloud.client("iam", home.account, home.region)
    roles.put_role_policy(RoleName="helpdesk-task", PolicyName="more", PolicyDocument=everything)
    found = audit("platform.helpdesk")
    assert [(drift.resource, drift.live) for drift in found.stacks[0].drifts] == [
        ("platform-helpdesk-database", "1")
    ]
    assert [item.id for item in found.everything_undeclared] == ["helpdesk-task:more"]
    assert {(finding.rule, finding.institution) for finding in found.decision.blocking} == {
        ("services-recovery-point-missed", "platform"),
        ("services-role-wide", "platform"),
        ("tenancy-permission-unbounded", "platform"),
    }


def test_rule_sees_the_mail_domain_that_the_world_sees(
    gate: Gate, up: Up, audit: Look, store: Store, cloud: Cloud
) -> None:
    """A dropped DMARC policy and an added key fail the rules that the manifest passes."""
    up("mwtc.domain")
    assert audit("mwtc.domain").decision.blocking == ()
    home = gate.source.estate.accounts["domains"]
    (domain, *_) = gate.source.read("mwtc").institution.domains
    entries = store.load("mwtc.domain").by_name().values()
    zone = next(entry.id for entry in entries if entry.type == "aws:route53/zone:Zone")
    texts = {
        f"_dmarc.{domain.name}": '"v=DMARC1; p=none"',
        f"evil._domainkey.{domain.name}": '"v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK"',
    }
    for name, text in texts.items():
        record = {"Name": name, "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": text}]}
        cloud.client("route53", home.account, home.region).change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
        )
    found = audit("mwtc.domain")
    assert {"mail-dmarc-not-enforced", "mail-dkim-key-weak"} <= {
        finding.rule for finding in found.decision.blocking
    }
    assert [item.id for item in found.everything_undeclared] == [f"{zone}_evil._domainkey.{domain.name}_TXT"]


def test_something_unreadable_is_neither_clean_nor_drift(
    gate: Gate, up: Up, audit: Look, store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3 if nothing differs but something is unknown; what differs as well is exit 1."""
    up("platform.platform")
    home = gate.source.estate.accounts["platform"]
    assert audit("platform.platform").exit_code == 0
    client: Any = cloud.client("s3control", home.account, home.region)

    def refuse(**_params: object) -> None:
        raise client.exceptions.ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Get")

    monkeypatch.setattr(client, "get_public_access_block", refuse)
    found = audit("platform.platform")
    assert (_differing(found), found.exit_code) == ({**CLEAN, "unknown": 1}, 3)
    cloud.client("s3", home.account, "us-east-1").create_bucket(Bucket="shadow")
    found = audit("platform.platform")
    assert (_differing(found), found.exit_code) == ({**CLEAN, "unknown": 1, "undeclared": 1}, 1)


def test_state_of_another_cloud_says_nothing_of_this_one(up: Up, audit: Look, store: Store) -> None:
    """Nothing of it was applied here: that is said, and not that everything is gone."""
    up("platform.platform")
    state = store.load("platform.platform")
    assert state.stamp is not None
    store.save(replace(state, stamp=replace(state.stamp, cloud_id="another")))
    found = audit("platform.platform")
    (stack,) = found.stacks
    assert (stack.read, stack.drifts, len(stack.not_applied) > 0) == (0, (), True)
    assert found.exit_code == 1


def test_what_is_planned_no_longer_is_named(
    own_estate: Path, gate: Gate, up: Up, root: Path, store: Store, cloud: Cloud
) -> None:
    """The manifest of an institution is gone, its resources are not."""
    up("erb.domain")
    (own_estate / "institutions" / "erb.yaml").unlink()
    after = Gate.of(own_estate, root / "policies")
    found = run_audit(after.source, after.policies, after.context, (), store, cloud)
    (left,) = (stack for stack in found.stacks if stack.left)
    assert (left.stack, left.institution, len(left.left)) == (
        "erb.domain",
        "erb",
        len(store.load("erb.domain").by_name()),
    )
    assert found.exit_code == 1


def test_unreadable_manifest_stops_before_anything_is_asked(
    own_estate: Path, gate: Gate, audit: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 comes at once, not after minutes of reading."""
    monkeypatch.setattr(Cloud, "client", None)
    (own_estate / "institutions" / "mwtc.yaml").write_text("institution: [")
    with pytest.raises(InputError):
        audit("erb", "mwtc")
    with pytest.raises(InputError, match="nothing is called 'ebr'"):
        audit("ebr")
