"""AWS Identity and Access Management."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, Step, Tags
from egov_infra.cloud.handle import Handle

ROLE = Adapter(
    type="aws:iam/role:Role",
    service="iam",
    properties="name path description assume_role_policy max_session_duration permissions_boundary tags",
    local="force_detach_policies",
    id="{name}",
    names={"name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument"},
    answers={"permissions_boundary": "PermissionsBoundary.PermissionsBoundaryArn"},
    create=Call("create_role", at="Role"),
    reads=(Call("get_role", at="Role"),),
    steps=(
        Step(
            "assume_role_policy",
            Call("update_assume_role_policy", {"PolicyDocument": "{assume_role_policy}"}),
        ),
        Step("description max_session_duration", Call("update_role")),
        Step(
            "permissions_boundary",
            Call("put_role_permissions_boundary"),
            off=Call("delete_role_permissions_boundary"),
        ),
    ),
    tags=Tags("tag_role", "untag_role", "list_role_tags", {"RoleName": "{name}"}),
    delete=Call("delete_role"),
    outputs={"arn": "Arn", "unique_id": "RoleId"},
    defaults={"max_session_duration": 3600, "path": "/"},
)

ROLE_POLICY = Adapter(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    properties="role name policy",
    id="{role}:{name}",
    names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
    create=Call("put_role_policy"),
    reads=(Call("get_role_policy"),),
    steps=(Step("policy", Call("put_role_policy")),),
    delete=Call("delete_role_policy"),
    members=(
        Members(ROLE.type, Call("list_role_policies", at="PolicyNames", is_paged=True), "{name}:{item}"),
    ),
)

ROLE_POLICY_ATTACHMENT = Adapter(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    properties="role policy_arn",
    id="{role}/{policy_arn}",
    names={"role": "RoleName"},
    create=Call("attach_role_policy"),
    reads=(
        Call(
            "list_attached_role_policies",
            at="AttachedPolicies[?PolicyArn=='{policy_arn}'] | [0]",
            is_paged=True,
        ),
    ),
    delete=Call("detach_role_policy"),
    members=(
        Members(
            ROLE.type,
            Call("list_attached_role_policies", at="AttachedPolicies[].PolicyArn", is_paged=True),
            "{name}/{item}",
        ),
    ),
)


def _drop_versions(handle: Handle, identifier: str, _inputs: Inputs) -> None:
    """A policy holds five versions, and can be deleted only with the default one left."""
    for version in handle.call("list_policy_versions", {"PolicyArn": identifier})["Versions"]:
        if not version["IsDefaultVersion"]:
            params = {"PolicyArn": identifier, "VersionId": version["VersionId"]}
            handle.call("delete_policy_version", params)


def _new_version(handle: Handle, scope: Mapping[str, Any]) -> None:
    params = {"PolicyArn": scope["id"], "PolicyDocument": scope["policy"], "SetAsDefault": True}
    handle.call("create_policy_version", params)
    _drop_versions(handle, scope["id"], {})


_ARN = {"PolicyArn": "{id}"}
POLICY = Adapter(
    type="aws:iam/policy:Policy",
    service="iam",
    properties="name description policy tags",
    id="arn:aws:iam::{account}:policy/{name}",
    names={"name": "PolicyName", "policy": "PolicyDocument"},
    create=Call("create_policy", at="Policy"),
    reads=(
        Call("get_policy", _ARN, at="Policy"),
        Call(
            "get_policy_version",
            {**_ARN, "VersionId": "{DefaultVersionId}"},
            at="{PolicyDocument: PolicyVersion.Document}",
        ),
    ),
    steps=(Step("policy", by=_new_version),),
    tags=Tags("tag_policy", "untag_policy", "list_policy_tags", _ARN),
    delete=Call("delete_policy", _ARN),
    before_delete=_drop_versions,
    outputs={"arn": "{id}", "policy_id": "PolicyId"},
)

ADAPTERS = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, POLICY)
