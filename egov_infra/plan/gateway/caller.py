"""Who may call an institution's routes: tokens of the platform's user pool, for scopes of the institution's own."""

from __future__ import annotations

from egov_infra.plan.gateway.scope import GatewayScope, shared
from egov_infra.plan.resource import Options, PlannedResource

READ, WRITE = "read", "write"
SCOPE_OF = {"DELETE": WRITE, "GET": READ, "HEAD": READ, "PATCH": WRITE, "POST": WRITE, "PUT": WRITE}
"""The scope that each HTTP method needs."""
TOKEN_MINUTES = 30


def scope_name(scope: GatewayScope, name: str) -> str:
    """A scope as tokens carry it: `https://api.gmp.ega.go.tz/erb/read`."""
    return f"{_identifier(scope)}/{name}"


def add_callers(scope: GatewayScope, api: PlannedResource) -> PlannedResource:
    """Plan the institution's scopes, its client, and the authorizer of its API; returns the authorizer."""
    add = scope.add("http")
    pool = shared("user_pool_id")
    server = add(
        "cognito.ResourceServer",
        "api-scopes",
        user_pool_id=pool,
        identifier=_identifier(scope),
        name=scope.institution.slug,
        scopes=(
            {"scope_name": READ, "scope_description": "Ask"},
            {"scope_name": WRITE, "scope_description": "Change"},
        ),
    )
    add(
        "cognito.UserPoolClient",
        "api-client",
        opts=Options(depends_on=(server.name,)),
        user_pool_id=pool,
        name=scope.name("callers"),
        generate_secret=True,
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_flows=("client_credentials",),
        allowed_oauth_scopes=tuple(scope_name(scope, name) for name in (READ, WRITE)),
        access_token_validity=TOKEN_MINUTES,
        token_validity_units={"access_token": "minutes"},
        enable_token_revocation=True,
        prevent_user_existence_errors="ENABLED",
    )
    return add(
        "apigateway.Authorizer",
        "api-authorizer",
        rest_api=api.id,
        name="platform",
        type="COGNITO_USER_POOLS",
        identity_source="method.request.header.Authorization",
        provider_arns=(shared("user_pool_arn"),),
    )


def _identifier(scope: GatewayScope) -> str:
    return f"https://{scope.estate.gateway.host}/{scope.institution.slug}"
