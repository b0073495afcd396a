"""Amazon SES."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call, document, given

IDENTITY = "aws:sesv2/emailIdentity:EmailIdentity"


def _identity(world: World) -> Mapping[str, Any]:
    world.make("aws:sesv2/configurationSet:ConfigurationSet", configuration_set_name="set")
    return {
        "email_identity": "erb.go.tz",
        "configuration_set_name": "set",
        "dkim_signing_attributes": {"next_signing_key_length": "RSA_2048_BIT"},
        "tags": TAGS,
    }


def _mail_from(world: World) -> Mapping[str, Any]:
    world.make(IDENTITY, email_identity="erb.go.tz")
    return {
        "email_identity": "erb.go.tz",
        "mail_from_domain": "bounce.erb.go.tz",
        "behavior_on_mx_failure": "REJECT_MESSAGE",
    }


def _policy(world: World) -> Mapping[str, Any]:
    world.make(IDENTITY, email_identity="erb.go.tz")
    return {"email_identity": "erb.go.tz", "policy_name": "hub", "policy": document("ses:SendEmail")}


LIFE_CYCLES = (
    LifeCycle(
        "aws:sesv2/configurationSet:ConfigurationSet",
        given(
            configuration_set_name="erb-go-tz",
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            sending_options={"sending_enabled": True},
            suppression_options={"suppressed_reasons": ("COMPLAINT", "BOUNCE")},
            tags=TAGS,
        ),
        {"delivery_options": {"tls_policy": "OPTIONAL"}},
        call("sesv2", "delete_configuration_set", ConfigurationSetName="{id}"),
        "",
    ),
    LifeCycle(
        IDENTITY,
        _identity,
        {"tags": {"owner": "other"}},
        call("sesv2", "delete_email_identity", EmailIdentity="{id}"),
        "",
    ),
    LifeCycle(
        "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
        _mail_from,
        {"mail_from_domain": "mail.erb.go.tz", "behavior_on_mx_failure": "USE_DEFAULT_VALUE"},
        call("ses", "set_identity_mail_from_domain", Identity="{id}", MailFromDomain="other.erb.go.tz"),
        "mail_from_domain",
    ),
    LifeCycle(
        "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
        _policy,
        {"policy": document("ses:SendRawEmail")},
        call(
            "sesv2",
            "update_email_identity_policy",
            EmailIdentity="erb.go.tz",
            PolicyName="hub",
            Policy=document("ses:*"),
        ),
        "policy",
    ),
)
