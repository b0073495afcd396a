"""AWS WAF."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

_LOCK = {"LockToken": "{LockToken}"}
_MISSING = ("WAFNonexistentItemException",)


def _locked(
    token: str, operation: str, document: str, properties: str, fixed: str = "", **more: Any
) -> Adapter:
    """A type of which a change needs the token of the last read."""
    return Adapter(
        type=token,
        service="wafv2",
        properties=f"scope name {properties} {fixed} tags",
        id="{scope}/{name}/{number}",
        names={"number": "Id"},
        create=Call(f"create_{operation}", at="Summary"),
        reads=(Call(f"get_{operation}", at=f"merge({document}, {{LockToken: LockToken}})"),),
        steps=(Step(properties, Call(f"update_{operation}", _LOCK)),),
        tags=Tags(params={"ResourceARN": "{arn}"}, at="TagInfoForResource"),
        delete=Call(f"delete_{operation}", _LOCK),
        outputs={"arn": "ARN"},
        missing=_MISSING,
        is_single=True,
        **more,
    )


IP_SET = _locked("aws:wafv2/ipSet:IpSet", "ip_set", "IPSet", "addresses description", "ip_address_version")
WEB_ACL = _locked(
    "aws:wafv2/webAcl:WebAcl",
    "web_acl",
    "WebACL",
    "default_action rules visibility_config description",
    sets="rules",
)

ASSOCIATION = Adapter(
    type="aws:wafv2/webAclAssociation:WebAclAssociation",
    service="wafv2",
    properties="web_acl_arn resource_arn",
    id="{web_acl_arn},{resource_arn}",
    create=Call("associate_web_acl"),
    reads=(Call("get_web_acl_for_resource", at="WebACL.{web_acl_arn: ARN}"),),
    delete=Call("disassociate_web_acl"),
    missing=_MISSING,
)

_LOGGING = "log_destination_configs logging_filter redacted_fields"
_PUT_LOGGING = Call("put_logging_configuration", inside="LoggingConfiguration")
LOGGING = Adapter(
    type="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    service="wafv2",
    properties=f"resource_arn {_LOGGING}",
    id="{resource_arn}",
    create=_PUT_LOGGING,
    reads=(Call("get_logging_configuration", at="LoggingConfiguration"),),
    steps=(Step(_LOGGING, _PUT_LOGGING),),
    delete=Call("delete_logging_configuration"),
    missing=_MISSING,
)

ADAPTERS = (IP_SET, WEB_ACL, ASSOCIATION, LOGGING)
