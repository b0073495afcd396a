"""AWS Resource Access Manager: what accounts share with each other."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step

# moto has neither TagResource nor tags in its answers, so that a change of tags replaces the share
SHARE = Adapter(
    type="aws:ram/resourceShare:ResourceShare",
    service="ram",
    properties="name allow_external_principals tags",
    id="{resource_share_arn}",
    create=Call("create_resource_share", at="resourceShare"),
    reads=(
        Call(
            "get_resource_shares",
            {"resourceOwner": "SELF"},
            at="resourceShares[?resourceShareArn=='{resource_share_arn}'] | [0]",
            is_paged=True,
        ),
    ),
    steps=(Step("name allow_external_principals", Call("update_resource_share")),),
    delete=Call("delete_resource_share"),
    outputs={"arn": "{resource_share_arn}"},
    defaults={"allow_external_principals": True},
    unread={"tags": "moto's GetResourceShares gives no tags"},
    gone="resourceShares[?resourceShareArn=='{resource_share_arn}'].status | [0] == 'DELETED'",
    listing=Call(
        "get_resource_shares",
        {"resourceOwner": "SELF"},
        at="resourceShares[?status=='ACTIVE'].resourceShareArn",
        is_paged=True,
    ),
)

ADAPTERS = (SHARE,)
