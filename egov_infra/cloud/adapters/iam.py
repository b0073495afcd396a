"""AWS Identity and Access Management."""

from __future__ import annotations

import json
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import TAGS, Codec

_MISSING = frozenset(("NoSuchEntity",))
_DECODED = Codec(lambda text: text, json.dumps)  # boto3 gives documents of IAM decoded


def _retag(client: Any, identifier: str, inputs: Inputs) -> None:
    wanted = inputs.get("tags") or {}
    found = {tag["Key"] for tag in client.list_role_tags(RoleName=identifier)["Tags"]}
    if gone := sorted(found - wanted.keys()):
        client.untag_role(RoleName=identifier, TagKeys=gone)
    client.tag_role(RoleName=identifier, Tags=TAGS.encode(wanted))


def _settings(client: Any, identifier: str, inputs: Inputs) -> None:
    client.update_role(
        RoleName=identifier,
        Description=inputs.get("description") or "",
        MaxSessionDuration=inputs.get("max_session_duration") or 3600,
    )


_NAME = {"RoleName": "id"}
ROLE = Adapter(
    type="aws:iam/role:Role",
    service="iam",
    create="create_role",
    id=lambda _answer, inputs: str(inputs["name"]),
    read="get_role",
    scope=_NAME,
    answer="Role",
    delete="delete_role",
    missing=_MISSING,
    adopt=frozenset(("EntityAlreadyExists",)),
    facets=(
        Facet((Property("name", "RoleName"),), on_create=True),
        Facet(
            (Property("assume_role_policy", "AssumeRolePolicyDocument", codec=_DECODED),),
            on_create=True,
            put_by=lambda client, identifier, inputs: client.update_assume_role_policy(
                RoleName=identifier, PolicyDocument=inputs["assume_role_policy"]
            ),
        ),
        Facet(
            (Property("description", "Description"), Property("max_session_duration", "MaxSessionDuration")),
            on_create=True,
            put_by=_settings,
        ),
        Facet(
            (
                Property(
                    "permissions_boundary",
                    "PermissionsBoundary",
                    "PermissionsBoundary.PermissionsBoundaryArn",
                ),
            ),
            on_create=True,
            put="put_role_permissions_boundary",
            unset="delete_role_permissions_boundary",
            scope=_NAME,
        ),
        Facet((Property("tags", "Tags", codec=TAGS),), on_create=True, put_by=_retag),
    ),
    replaces=frozenset(("name",)),
    outputs={"arn": "Arn", "name": "RoleName"},
    delete_first=True,
)

_INLINE = {"RoleName": "role", "PolicyName": "name"}
ROLE_POLICY = Adapter(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    create="put_role_policy",
    fixed=_INLINE,
    scope=_INLINE,
    id=lambda _answer, inputs: f"{inputs['role']}:{inputs['name']}",
    read="get_role_policy",
    delete="delete_role_policy",
    missing=_MISSING,
    facets=(
        Facet(
            (Property("policy", "PolicyDocument", codec=_DECODED),),
            on_create=True,
            put="put_role_policy",
            scope=_INLINE,
        ),
    ),
    outputs={"role": "RoleName", "name": "PolicyName"},
    replaces=frozenset(("role", "name")),
)


def _create_policy(client: Any, inputs: Inputs) -> str:
    answer = client.create_policy(
        PolicyName=inputs["name"],
        Description=inputs.get("description") or "",
        PolicyDocument=inputs["policy"],
        Tags=TAGS.encode(inputs.get("tags") or {}),
    )
    return str(answer["Policy"]["Arn"])


def _read_policy(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.get_policy(PolicyArn=identifier)["Policy"]
    except client.exceptions.NoSuchEntityException:
        return None
    version = client.get_policy_version(PolicyArn=identifier, VersionId=found["DefaultVersionId"])
    return {
        "name": found["PolicyName"],
        "description": found.get("Description"),
        "policy": json.dumps(version["PolicyVersion"]["Document"], sort_keys=True, separators=(",", ":")),
        "tags": TAGS.decode(client.list_policy_tags(PolicyArn=identifier)["Tags"]),
        "arn": identifier,
    }


def _update_policy(client: Any, identifier: str, old: Inputs, new: Inputs) -> None:
    """A new default version; the others go, since a policy holds five."""
    if old.get("policy") != new.get("policy"):
        made = client.create_policy_version(
            PolicyArn=identifier, PolicyDocument=new["policy"], SetAsDefault=True
        )
        _drop_versions(client, identifier, made["PolicyVersion"]["VersionId"])
    wanted = new.get("tags") or {}
    found = {tag["Key"] for tag in client.list_policy_tags(PolicyArn=identifier)["Tags"]}
    if gone := sorted(found - wanted.keys()):
        client.untag_policy(PolicyArn=identifier, TagKeys=gone)
    client.tag_policy(PolicyArn=identifier, Tags=TAGS.encode(wanted))


def _drop_versions(client: Any, identifier: str, kept: str) -> None:
    for version in client.list_policy_versions(PolicyArn=identifier)["Versions"]:
        if version["VersionId"] != kept and not version["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=identifier, VersionId=version["VersionId"])


def _delete_policy(client: Any, identifier: str, _inputs: Inputs) -> None:
    default = client.get_policy(PolicyArn=identifier)["Policy"]["DefaultVersionId"]
    _drop_versions(client, identifier, default)
    client.delete_policy(PolicyArn=identifier)


def _find_policy(client: Any, inputs: Inputs) -> str | None:
    for page in client.get_paginator("list_policies").paginate(Scope="Local"):
        for found in page["Policies"]:
            if found["PolicyName"] == inputs["name"]:
                return str(found["Arn"])
    return None


POLICY = Adapter(
    type="aws:iam/policy:Policy",
    service="iam",
    custom=Custom(
        _create_policy,
        _read_policy,
        _update_policy,
        _delete_policy,
        frozenset(("name", "description", "policy", "tags")),
        frozenset(("policy", "tags")),
    ),
    find=_find_policy,
    delete_first=True,
)

ADAPTERS = (ROLE, ROLE_POLICY, POLICY)
