"""AWS Identity and Access Management."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, TAGS, LifeCycle, World, call, given

ROLE = "aws:iam/role:Role"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def _document(action: str) -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _role(world: World) -> Mapping[str, Any]:
    world.make("aws:iam/policy:Policy", name="boundary", policy=_document("s3:*"))
    return {
        "name": "reader",
        "path": "/erb/",
        "description": "reads",
        "assume_role_policy": _trust("events.amazonaws.com"),
        "max_session_duration": 3600,
        "permissions_boundary": BOUNDARY,
        "tags": TAGS,
    }


def _in_role(world: World, **inputs: Any) -> Mapping[str, Any]:
    world.make(ROLE, name="reader", assume_role_policy=_trust("events.amazonaws.com"))
    return {"role": "reader", **inputs}


def _attachment(world: World) -> Mapping[str, Any]:
    world.make("aws:iam/policy:Policy", name="boundary", policy=_document("s3:*"))
    return _in_role(world, policy_arn=BOUNDARY)


LIFE_CYCLES = (
    LifeCycle(
        ROLE,
        _role,
        {
            "assume_role_policy": _trust("backup.amazonaws.com"),
            "description": "other",
            "max_session_duration": 7200,
            "permissions_boundary": None,
            "tags": {"owner": "other"},
        },
        call(
            "iam",
            "update_assume_role_policy",
            RoleName="reader",
            PolicyDocument=_trust("lambda.amazonaws.com"),
        ),
        "assume_role_policy",
    ),
    LifeCycle(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: _in_role(world, name="inline", policy=_document("s3:GetObject")),
        {"policy": _document("s3:ListBucket")},
        call(
            "iam",
            "put_role_policy",
            RoleName="reader",
            PolicyName="inline",
            PolicyDocument=_document("s3:*"),
        ),
        "policy",
    ),
    LifeCycle(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        _attachment,
        None,
        call("iam", "detach_role_policy", RoleName="reader", PolicyArn=BOUNDARY),
        "",
    ),
    LifeCycle(
        "aws:iam/policy:Policy",
        given(name="boundary", description="d", policy=_document("s3:GetObject"), tags=TAGS),
        {"policy": _document("s3:ListBucket"), "tags": {"owner": "other"}},
        call(
            "iam",
            "create_policy_version",
            PolicyArn="{id}",
            PolicyDocument=_document("*"),
            SetAsDefault=True,
        ),
        "policy",
    ),
)
