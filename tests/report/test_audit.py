from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from egov_infra.audit.record import Drift, StackAudit, Undeclared, Unknown
from egov_infra.audit.run import Audit
from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge
from egov_infra.policy.policies import Policies
from egov_infra.report.audit_document import audit_document
from egov_infra.report.audit_text import render_audit
from egov_infra.source.diagnostic import Place

PLACE = Place("erb.yaml", 3, 5)
DRIFT = Drift("erb", "erb.domain", "erb-zone", "aws:route53/zone:Zone", "comment", "ours", "theirs", PLACE)
GONE = Drift("erb", "erb.domain", "erb-www", "aws:route53/record:Record", "", "present", "absent", PLACE)
ADDED = Undeclared(
    "110000000002", "af-south-1", "aws:route53/record:Record", "Z_a_A", "", "was added", "erb", "erb.domain",
    "erb-zone", PLACE,
)  # fmt: skip
BUCKET = Undeclared("110000000002", "us-east-1", "bucket", "shadow", "", "holds data")
DENIED = Unknown(
    "110000000002", "af-south-1", "aws:s3/bucket:Bucket", "head_bucket failed: AccessDenied: no", "erb",
    "erb.domain", "erb-bucket", PLACE,
)  # fmt: skip
UNASKED = Unknown("110000000002", "us-east-1", "user", "list_users failed: AccessDenied: no")


def _audit(
    source: EstateSource, policies: Policies, context: PlanContext, stack: StackAudit, *more: Any
) -> Audit:
    """An audit with what was added to a stack, and what accounts hold."""
    judgement = Judge(source, policies, context).finish(is_whole=False)
    undeclared = tuple(item for item in more if isinstance(item, Undeclared))
    unknown = tuple(item for item in more if isinstance(item, Unknown))
    return Audit((stack,), undeclared, unknown, judgement, decide(judgement))


@pytest.fixture
def full(source: EstateSource, policies: Policies, context: PlanContext) -> Audit:
    """An audit that found everything that there is to find."""
    stack = StackAudit(
        stack="erb.domain",
        institution="erb",
        drifts=(DRIFT, GONE),
        undeclared=(ADDED,),
        unknown=(DENIED,),
        read=7,
        recorded_only=("erb-key",),
        not_applied=("erb-new",),
        left=("erb-old",),
        unread={"erb-site": ("http_version",)},
        unresolved={"erb-group": ("kms_key_id",)},
    )
    return _audit(source, policies, context, stack, BUCKET, UNASKED)


def _parsed(text: str, root: Path) -> Mapping[str, Any]:
    schema = json.loads((root / "docs" / "reference" / "audit.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    data: Mapping[str, Any] = json.loads(text)
    assert [error.message for error in validator.iter_errors(data)] == []
    return data


def test_document_holds_everything_in_stable_order(full: Audit, root: Path) -> None:
    """The envelope of every output first; it fits its schema."""
    data = _parsed(audit_document(full), root)
    assert list(data) == [
        "version", "summary", "diagnostics", "findings", "drift", "undeclared", "unknown", "unjudged", "stacks",
    ]  # fmt: skip
    place = {"file": "erb.yaml", "line": 3, "column": 5}
    assert data["drift"] == [
        {
            "institution": "erb",
            "stack": "erb.domain",
            "resource": "erb-zone",
            "type": "aws:route53/zone:Zone",
            "property": "comment",
            "declared": "ours",
            "live": "theirs",
            "place": place,
        },
        {
            "institution": "erb",
            "stack": "erb.domain",
            "resource": "erb-www",
            "type": "aws:route53/record:Record",
            "property": None,
            "declared": "present",
            "live": "absent",
            "place": place,
        },
    ]
    assert [(item["id"], item["institution"], item["place"]) for item in data["undeclared"]] == [
        ("Z_a_A", "erb", place),
        ("shadow", None, None),
    ]
    assert [(item["reason"], item["resource"]) for item in data["unknown"]] == [
        ("head_bucket failed: AccessDenied: no", "erb-bucket"),
        ("list_users failed: AccessDenied: no", None),
    ]
    assert data["stacks"] == [
        {
            "stack": "erb.domain",
            "institution": "erb",
            "read": 7,
            "recorded_only": ["erb-key"],
            "not_applied": ["erb-new"],
            "left": ["erb-old"],
            "not_given_back": {"erb-site": ["http_version"]},
            "not_compared": {"erb-group": ["kms_key_id"]},
        }
    ]
    assert audit_document(full) == audit_document(full)


def test_summary_counts_everything(full: Audit, root: Path) -> None:
    """What is recorded only is counted, and is no part of what was read."""
    summary = _parsed(audit_document(full), root)["summary"]
    counted = ("read", "drifts", "undeclared", "unknown", "not_applied", "left", "recorded_only", "exit_code")
    assert {name: summary[name] for name in counted} == {
        "read": 7,
        "drifts": 2,
        "undeclared": 2,
        "unknown": 2,
        "not_applied": 1,
        "left": 1,
        "recorded_only": 1,
        "exit_code": 1,
    }


@pytest.mark.parametrize(
    ("stack", "more", "expected"),
    [
        (StackAudit("erb.domain", "erb", read=7), (), 0),
        (StackAudit("erb.domain", "erb", read=7, recorded_only=("erb-key",)), (), 0),
        (StackAudit("erb.domain", "erb", drifts=(DRIFT,)), (), 1),
        (StackAudit("erb.domain", "erb", undeclared=(ADDED,)), (), 1),
        (StackAudit("erb.domain", "erb", not_applied=("erb-new",)), (), 1),
        (StackAudit("erb.domain", "erb", left=("erb-old",)), (), 1),
        (StackAudit("erb.domain", "erb"), (BUCKET,), 1),
        (StackAudit("erb.domain", "erb", unknown=(DENIED,)), (), 3),
        (StackAudit("erb.domain", "erb", unresolved={"erb-group": ("kms_key_id",)}), (), 3),
        (StackAudit("erb.domain", "erb"), (UNASKED,), 3),
        (StackAudit("erb.domain", "erb", unknown=(DENIED,), drifts=(DRIFT,)), (), 1),
    ],
)
def test_exit_code_says_the_worst(
    stack: StackAudit,
    more: tuple[Any, ...],
    expected: int,
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
) -> None:
    """A difference is 1, also where something is unknown besides; unknown alone is 3, never 0."""
    assert _audit(source, policies, context, stack, *more).exit_code == expected


def test_text_says_what_cannot_be_said(full: Audit) -> None:
    """Each line stands alone, and the last one counts; nothing that is recorded only is called free of drift."""
    assert list(render_audit(full)) == [
        "drift erb.yaml:3:5 erb.domain/erb-zone: comment is theirs, declared ours",
        "drift erb.yaml:3:5 erb.domain/erb-www: is gone",
        "undeclared erb.yaml:3:5 erb.domain/erb-zone: aws:route53/record:Record Z_a_A was added",
        "not applied erb.domain: 1 planned resources are not in the state",
        "not compared erb.domain/erb-group: nobody knows what these refer to: kms_key_id",
        "left erb.domain: recorded, and planned no longer: erb-old",
        "undeclared 110000000002 us-east-1 bucket shadow: holds data",
        "unknown erb.yaml:3:5 erb.domain/erb-bucket: head_bucket failed: AccessDenied: no",
        "unknown list_users failed: AccessDenied: no",
        (
            "7 resources read back in 1 stacks: 2 drifts, 2 undeclared, 2 unknown, 0 findings on live values; "
            "1 resources recorded only, 1 properties not given back and 1 that refer to what nobody knows: "
            "of these nothing is said"
        ),
    ]
