"""Amazon SES, version 2; what moto serves in version 1 only is called there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import NESTED, SORTED, TAGS, Codec

_MISSING = frozenset(("NotFoundException",))
_SUPPRESSION = Codec(
    lambda value: {"SuppressedReasons": list(value["suppressed_reasons"])},
    lambda value: {"suppressed_reasons": SORTED.decode(value.get("SuppressedReasons", ()))},
)
_REPUTATION = Codec(
    NESTED.encode,
    lambda value: {"reputation_metrics_enabled": value["ReputationMetricsEnabled"]} if value else None,
)

# moto has no call that changes an option of a configuration set, so that every change replaces it
CONFIGURATION_SET = Adapter(
    type="aws:sesv2/configurationSet:ConfigurationSet",
    service="sesv2",
    create="create_configuration_set",
    id=lambda _answer, inputs: str(inputs["configuration_set_name"]),
    read="get_configuration_set",
    scope={"ConfigurationSetName": "id"},
    delete="delete_configuration_set",
    missing=_MISSING,
    adopt=frozenset(("AlreadyExistsException",)),
    facets=(
        Facet(
            (
                Property("configuration_set_name", "ConfigurationSetName"),
                Property("delivery_options", "DeliveryOptions", codec=NESTED),
                Property("reputation_options", "ReputationOptions", codec=_REPUTATION),
                Property("suppression_options", "SuppressionOptions", codec=_SUPPRESSION),
                Property("tags", "Tags", codec=TAGS),
            ),
            on_create=True,
        ),
    ),
    outputs={"configuration_set_name": "ConfigurationSetName"},
    delete_first=True,
)


def _signing(identifier: str, _inputs: Inputs, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Moto gives no DKIM tokens: they are simulated from the name, and say so."""
    attributes = answer.get("DkimAttributes", {})
    tokens = attributes.get("Tokens") or [
        f"simulated{number}{hashlib.sha256(f'{identifier}/{number}'.encode()).hexdigest()[:20]}"
        for number in range(3)
    ]
    return {"next_signing_key_length": attributes.get("NextSigningKeyLength"), "tokens": tokens}


IDENTITY = Adapter(
    type="aws:sesv2/emailIdentity:EmailIdentity",
    service="sesv2",
    create="create_email_identity",
    id=lambda _answer, inputs: str(inputs["email_identity"]),
    read="get_email_identity",
    scope={"EmailIdentity": "id"},
    delete="delete_email_identity",
    missing=_MISSING,
    adopt=frozenset(("AlreadyExistsException",)),
    facets=(
        Facet(
            (
                Property("email_identity", "EmailIdentity", "-"),
                Property("configuration_set_name", "ConfigurationSetName"),
                Property("dkim_signing_attributes", "DkimSigningAttributes", "-", NESTED),
                Property("tags", "Tags", codec=TAGS),
            ),
            on_create=True,
        ),
    ),
    outputs={
        "email_identity": lambda identifier, _inputs, _answer: identifier,
        "dkim_signing_attributes": _signing,
    },
    delete_first=True,
)


def _set_mail_from(client: Any, inputs: Inputs) -> str:
    behavior = {"USE_DEFAULT_VALUE": "UseDefaultValue", "REJECT_MESSAGE": "RejectMessage"}
    client.set_identity_mail_from_domain(
        Identity=inputs["email_identity"],
        MailFromDomain=inputs["mail_from_domain"],
        BehaviorOnMXFailure=behavior[inputs["behavior_on_mx_failure"]],
    )
    return str(inputs["email_identity"])


def _read_mail_from(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    found = client.get_identity_mail_from_domain_attributes(Identities=[identifier])[
        "MailFromDomainAttributes"
    ]
    attributes = found.get(identifier, {})
    if not attributes.get("MailFromDomain"):
        return None
    reject = attributes.get("BehaviorOnMXFailure") == "RejectMessage"
    return {
        "email_identity": identifier,
        "mail_from_domain": attributes["MailFromDomain"],
        "behavior_on_mx_failure": "REJECT_MESSAGE" if reject else "USE_DEFAULT_VALUE",
    }


def _unset_mail_from(client: Any, identifier: str, _inputs: Inputs) -> None:
    client.set_identity_mail_from_domain(Identity=identifier)


MAIL_FROM = Adapter(
    type="aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
    service="ses",
    custom=Custom(
        create=_set_mail_from,
        read=_read_mail_from,
        update=lambda client, _identifier, _old, new: _set_mail_from(client, new),
        delete=_unset_mail_from,
        properties=frozenset(("email_identity", "mail_from_domain", "behavior_on_mx_failure")),
        settable=frozenset(("mail_from_domain", "behavior_on_mx_failure")),
    ),
    replaces=frozenset(("email_identity",)),
)

ADAPTERS = (CONFIGURATION_SET, IDENTITY, MAIL_FROM)
