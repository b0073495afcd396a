from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation.events import EngineEvent

from egov_infra.engine.follower import Follower
from egov_infra.engine.preview import Action

EVENTS = Path(__file__).parent / "events"
"""What the real CLI said while it changed erb.domain, without what nobody listens to."""
RECORD, BUCKET = "aws:route53/record:Record", "aws:s3/bucket:Bucket"


def _follow(*events: dict[str, Any]) -> tuple[Follower, list[tuple[Action, str, str]]]:
    told: list[tuple[Action, str, str]] = []
    follower = Follower("erb.domain", lambda *step: told.append(step))
    for event in events:
        follower(EngineEvent.from_json(event))
    return follower, [step for step in told if step[0] is not Action.SAME]


def _recorded(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EVENTS / f"{name}.jsonl").read_text().splitlines()]


def _said(message: str, **more: Any) -> dict[str, Any]:
    return {"diagnosticEvent": {"message": message, "severity": "error", **more}}


@pytest.mark.parametrize(
    ("run", "counts", "told"),
    [
        (
            "update",
            {Action.SAME: 2, Action.UPDATE: 1},
            [(Action.UPDATE, RECORD, "erb-domain-record-intranet-erb-go-tz-a")],
        ),
        (
            "change",
            {Action.SAME: 2, Action.CREATE: 1, Action.DELETE: 3},
            [
                (Action.CREATE, RECORD, "erb-domain-record-portal-erb-go-tz-cname"),
                (Action.DELETE, RECORD, "erb-domain-record-portal-erb-go-tz-a"),
                (Action.DELETE, RECORD, "erb-domain-record-portal-erb-go-tz-txt"),
                (Action.DELETE, RECORD, "erb-domain-record-portal-erb-go-tz-mx"),
            ],
        ),
        (
            "replace",
            {Action.SAME: 2, Action.REPLACE: 2},
            [
                (Action.REPLACE, RECORD, "erb-domain-record-intranet-erb-go-tz-a"),
                (Action.REPLACE, BUCKET, "erb-domain-sts-erb-go-tz-bucket"),
            ],
        ),
    ],
)
def test_finished_steps_are_told_and_counted(
    run: str, counts: dict[Action, int], told: list[tuple[Action, str, str]]
) -> None:
    """Each resource of the cloud once, a replacement too; not the stack, its component and its provider."""
    follower, found = _follow(*_recorded(run))
    assert (dict(follower.counts), found) == (counts, told)
    assert (follower.errors, follower.refusals) == ([], [])


def test_failed_step_is_an_error_with_the_cloud_s_own_words() -> None:
    """What failed is not counted, and that the update failed as a whole is no news."""
    follower, told = _follow(*_recorded("failure"))
    assert (dict(follower.counts), told) == ({Action.SAME: 2}, [])
    expected = (
        "aws:route53/record:Record erb-domain-record-intranet-erb-go-tz-a: change_resource_record_sets failed: "
        "NoSuchHostedZone: No hosted zone found with ID: 1FDKH0GKXQHMOSOYQIA9J0"
    )
    assert follower.errors == [expected]


def test_error_names_what_it_is_about() -> None:
    """A provider need not say of which resource it speaks, and a program that breaks has none."""
    urn = f"urn:pulumi:erb.domain::egov::egov:index:MailDomain${BUCKET}::erb-domain-web"
    stack = "urn:pulumi:erb.domain::egov::pulumi:pulumi:Stack::egov-erb.domain"
    follower, _ = _follow(
        _said("<{%fg 1%}>creating S3 Bucket: BucketAlreadyExists<{%reset%}>\n", urn=urn),
        _said("Program failed with an unhandled exception:\nTraceback", urn=stack),
        {"diagnosticEvent": {"message": "deprecated", "severity": "warning", "urn": urn}},
    )
    assert follower.errors == [
        f"{BUCKET} erb-domain-web: creating S3 Bucket: BucketAlreadyExists",
        "erb.domain: Program failed with an unhandled exception:\nTraceback",
    ]


@pytest.mark.parametrize("spelling", ["AWS account ID not allowed", "AWS Account ID not allowed"])
def test_wrong_account_is_a_refusal(spelling: str) -> None:
    """The official provider was given credentials of another account than the one that it may serve."""
    said = f"{spelling}: 999999999999"
    follower, _ = _follow(_said(said, urn="urn:pulumi:s::egov::pulumi:providers:aws::account-110000000002"))
    assert (follower.errors, follower.refusals) == ([], [said])
