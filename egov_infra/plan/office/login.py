"""Login of officers: an issuer says who they are, and nobody comes in without a second factor.

The balancer asks for it, before a request reaches the application.
"""

from __future__ import annotations

from egov_infra.model.office import Issuer
from egov_infra.plan.office.place import rule_priority, shared
from egov_infra.plan.office.scope import OfficeScope
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import SecretRef, Value

SCOPES = ("email", "openid", "profile")
SESSION_MINUTES = 60


def issuer_of(scope: OfficeScope) -> tuple[str, Issuer]:
    """Name and issuer of the institution's officers; that there is one was checked when the manifest was read."""
    name = scope.office.issuer or scope.estate.e_office.issuer
    assert name is not None
    return name, scope.estate.e_office.issuers[name]


def secret_name(slug: str) -> str:
    """Where somebody keeps what the issuer gave the e-office of an institution to prove itself with."""
    return f"{slug}/e-office-login"


def add_login(scope: OfficeScope) -> PlannedResource:
    """Plan the institution's pool of officers, its issuer, and the client by which the e-office asks; returns the pool."""
    add = scope.add("issuer")
    pool = add(
        "cognito.UserPool",
        "officers",
        opts=Options(protect=True),
        name=scope.name,
        mfa_configuration="ON",
        software_token_mfa_configuration={"enabled": True},
        admin_create_user_config={"allow_admin_create_user_only": True},
        password_policy={
            "minimum_length": 14,
            "require_lowercase": True,
            "require_numbers": True,
            "require_symbols": True,
            "require_uppercase": True,
            "temporary_password_validity_days": 1,
        },
        deletion_protection="INACTIVE" if scope.institution.institution.state == "closed" else "ACTIVE",
        tags=scope.tags,
    )
    name, issuer = issuer_of(scope)
    details: dict[str, Value] = {
        "attributes_request_method": "GET",
        "authorize_scopes": " ".join(SCOPES),
        "client_id": scope.name,
        "client_secret": SecretRef(secret_name(scope.slug)),
        "oidc_issuer": issuer.url,
    }
    provider = add(
        "cognito.IdentityProvider",
        "issuer",
        user_pool_id=pool.id,
        provider_name=name,
        provider_type="OIDC",
        provider_details=details,
        attribute_mapping={"email": "email", "name": "name", "username": "sub"},
    )
    domain = add(
        "cognito.UserPoolDomain", "login", user_pool_id=pool.id, domain=f"{scope.name}-{scope.stack.account}"
    )
    client = add(
        "cognito.UserPoolClient",
        "client",
        user_pool_id=pool.id,
        name="e-office",
        generate_secret=True,
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_flows=("code",),
        allowed_oauth_scopes=SCOPES,
        callback_urls=(f"https://{scope.host}/oauth2/idpresponse",),
        logout_urls=(f"https://{scope.host}/",),
        supported_identity_providers=(provider.output("provider_name"),),
        explicit_auth_flows=("ALLOW_REFRESH_TOKEN_AUTH",),
        access_token_validity=SESSION_MINUTES,
        id_token_validity=SESSION_MINUTES,
        token_validity_units={"access_token": "minutes", "id_token": "minutes"},
        enable_token_revocation=True,
        prevent_user_existence_errors="ENABLED",
    )
    _add_rule(scope, pool, domain, client)
    return pool


def _add_rule(
    scope: OfficeScope, pool: PlannedResource, domain: PlannedResource, client: PlannedResource
) -> None:
    """Plan the rule by which the balancer serves the office's host: whoever comes logs in first."""
    login: dict[str, Value] = {
        "user_pool_arn": pool.arn,
        "user_pool_client_id": client.id,
        "user_pool_domain": domain.output("domain"),
        "on_unauthenticated_request": "authenticate",
        "scope": " ".join(SCOPES),
        "session_cookie_name": scope.name,
        "session_timeout": SESSION_MINUTES * 60,
    }
    scope.add("priority")(
        "lb.ListenerRule",
        "rule",
        listener_arn=shared("listener_arn"),
        priority=rule_priority(scope.slug, scope.office),
        conditions=({"host_header": {"values": (scope.host,)}},),
        actions=(
            {"type": "authenticate-cognito", "order": 1, "authenticate_cognito": login},
            {"type": "forward", "order": 2, "target_group_arn": shared("target_group_arn")},
        ),
        tags=scope.tags,
    )
