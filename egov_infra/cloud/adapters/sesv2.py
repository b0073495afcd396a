"""Amazon SES, version 2; what moto serves in version 1 only is called there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, Step, Tags
from egov_infra.cloud.shape import NOWHERE

# moto has no call that changes an option of a configuration set, so that every change replaces it
CONFIGURATION_SET = Adapter(
    type="aws:sesv2/configurationSet:ConfigurationSet",
    service="sesv2",
    properties="configuration_set_name delivery_options reputation_options sending_options suppression_options tags",
    id="{configuration_set_name}",
    create=Call("create_configuration_set"),
    reads=(Call("get_configuration_set"),),
    delete=Call("delete_configuration_set"),
    outputs={"arn": "arn:aws:ses:{region}:{account}:configuration-set/{configuration_set_name}"},
    unread={"sending_options": "moto always answers false"},
    defaults={"delivery_options.tls_policy": "OPTIONAL"},
)


def _with_tokens(answer: dict[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """Moto gives no DKIM tokens: they are simulated from the name, and say so."""
    name, attributes = scope["email_identity"], dict(answer.get("DkimAttributes") or {})
    attributes["Tokens"] = attributes.get("Tokens") or [
        f"simulated{number}{hashlib.sha256(f'{name}/{number}'.encode()).hexdigest()[:20]}"
        for number in range(3)
    ]
    return {**answer, "DkimAttributes": attributes}


IDENTITY = Adapter(
    type="aws:sesv2/emailIdentity:EmailIdentity",
    service="sesv2",
    properties="email_identity configuration_set_name dkim_signing_attributes tags",
    id="{email_identity}",
    names={"tags": NOWHERE},  # moto keeps those of the create call under another ARN
    answers={"dkim_signing_attributes": "DkimAttributes"},
    create=Call("create_email_identity"),
    reads=(Call("get_email_identity"),),
    tags=Tags(),
    delete=Call("delete_email_identity"),
    decode=_with_tokens,
    outputs={
        "arn": "arn:aws:ses:{region}:{account}:identity/{email_identity}",
        "identity_type": "IdentityType",
        "dkim_signing_attributes": "DkimAttributes",
    },
    unread={"dkim_signing_attributes.next_signing_key_length": "moto always answers RSA_1024_BIT"},
)

_V1 = {"USE_DEFAULT_VALUE": "UseDefaultValue", "REJECT_MESSAGE": "RejectMessage"}
_V2 = {second: first for first, second in _V1.items()}


def _behavior(inputs: Inputs) -> dict[str, Any]:
    return {"behavior": _V1[inputs.get("behavior_on_mx_failure") or "USE_DEFAULT_VALUE"]}


def _second_version(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    behavior = answer.get("BehaviorOnMXFailure", "UseDefaultValue")
    return {**answer, "BehaviorOnMXFailure": _V2.get(behavior, behavior)}


_SET = Call(
    "set_identity_mail_from_domain",
    {
        "Identity": "{email_identity}",
        "MailFromDomain": "{mail_from_domain}",
        "BehaviorOnMXFailure": "{behavior}",
    },
)
MAIL_FROM = Adapter(
    type="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
    service="ses",
    properties="email_identity mail_from_domain behavior_on_mx_failure",
    id="{email_identity}",
    create=_SET,
    reads=(
        Call(
            "get_identity_mail_from_domain_attributes",
            {"Identities": ["{email_identity}"]},
            at='MailFromDomainAttributes."{email_identity}"',
        ),
    ),
    steps=(Step("mail_from_domain behavior_on_mx_failure", _SET),),
    delete=Call("set_identity_mail_from_domain", {"Identity": "{email_identity}"}),
    derive=_behavior,
    decode=_second_version,
    gone='MailFromDomainAttributes."{email_identity}".MailFromDomain == `null`',
    defaults={"behavior_on_mx_failure": "USE_DEFAULT_VALUE"},
)

IDENTITY_POLICY = Adapter(
    type="aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
    service="sesv2",
    properties="email_identity policy_name policy",
    id="{email_identity}|{policy_name}",
    create=Call("create_email_identity_policy"),
    reads=(
        Call(
            "get_email_identity_policies", at='Policies."{policy_name}" && {Policy: Policies."{policy_name}"}'
        ),
    ),
    steps=(Step("policy", Call("update_email_identity_policy")),),
    delete=Call("delete_email_identity_policy"),
    members=(
        Members(
            IDENTITY.type,
            Call("get_email_identity_policies", at="Policies && keys(Policies)"),
            "{email_identity}|{item}",
        ),
    ),
)

ADAPTERS = (CONFIGURATION_SET, IDENTITY, MAIL_FROM, IDENTITY_POLICY)
