"""An institution's REST API: resources, methods and their integrations, from its HTTP routes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from egov_infra.model.gateway import HttpRoute
from egov_infra.plan.canonical import canonical_json, describe_resource
from egov_infra.plan.gateway.caller import SCOPE_OF, scope_name
from egov_infra.plan.gateway.scope import GatewayScope
from egov_infra.plan.names import role_of
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Document, Ref, Value
from egov_infra.source.frozen import frozen

BODY = "body"
_WITH_BODY = frozenset(("PATCH", "POST", "PUT"))
_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MILLISECONDS = 1000
DEFAULT_TIMEOUT_SECONDS = 10


@frozen
class Api:
    """What is planned of a REST API before it is deployed."""

    resource: PlannedResource
    methods: tuple[PlannedResource, ...]
    """Methods and integrations, and what they use."""

    @property
    def digest(self) -> str:
        """What the methods say: another one asks for another deployment."""
        return hashlib.sha256(canonical_json([describe_resource(item) for item in self.methods])).hexdigest()


def add_api(scope: GatewayScope) -> PlannedResource:
    """Plan the API itself: regional, and reached through the platform's host only."""
    return scope.add("http")(
        "apigateway.RestApi",
        "api",
        name=scope.name("gateway"),
        description=f"Routes of {scope.institution.institution.name.en}",
        disable_execute_api_endpoint=True,
        endpoint_configuration={"types": "REGIONAL"},
        tags=scope.tags,
    )


def add_methods(scope: GatewayScope, api: PlannedResource, authorizer: PlannedResource | None) -> Api:
    """Plan resources, methods and integrations of all routes; an authorizer where some route needs one."""
    add = scope.add("http")
    validator = add(
        "apigateway.RequestValidator",
        "api-validator",
        rest_api=api.id,
        name="parameters-and-body",
        validate_request_parameters=True,
        validate_request_body=True,
    )
    schema: dict[str, Value] = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}
    model = add(
        "apigateway.Model",
        "api-model",
        rest_api=api.id,
        name=BODY,
        content_type="application/json",
        schema=Document(schema),
    )
    planned: list[PlannedResource] = [validator, model]
    resources: dict[str, Ref] = {"": api.output("root_resource_id")}
    for index, route in enumerate(scope.gateway.http):
        resource = _add_resources(scope, api, route.path, index, resources)
        for method in route.methods:
            planned += _add_method(scope, api, resource, route, index, method, validator, authorizer)
    return Api(api, tuple(planned))


def path_role(path: str) -> str:
    """A path as a part of logical names: readable, and told apart from each other path by a digest."""
    digest = hashlib.sha256(path.encode()).hexdigest()[:6]
    return f"{role_of(path)[:40].strip('-')}-{digest}"


def _add_resources(
    scope: GatewayScope, api: PlannedResource, path: str, index: int, resources: dict[str, Ref]
) -> Ref:
    """The API's resource of a path, and of each path above it that is not there yet."""
    if path in resources:
        return resources[path]
    above, _, segment = path.rpartition("/")
    parent = _add_resources(scope, api, above, index, resources)
    resource = scope.add("http", index)(
        "apigateway.Resource",
        f"api-path-{path_role(path)}",
        rest_api=api.id,
        parent_id=parent,
        path_part=segment,
    )
    resources[path] = resource.id
    return resource.id


def _add_method(
    scope: GatewayScope,
    api: PlannedResource,
    resource: Ref,
    route: HttpRoute,
    index: int,
    method: str,
    validator: PlannedResource,
    authorizer: PlannedResource | None,
) -> Iterable[PlannedResource]:
    add = scope.add("http", index)
    role = f"api-{method.lower()}-{path_role(route.path)}"
    parameters = _PARAMETER.findall(route.path)
    guard = authorizer if route.auth == "jwt" else None
    planned = add(
        "apigateway.Method",
        role,
        rest_api=api.id,
        resource_id=resource,
        http_method=method,
        request_validator_id=validator.id,
        request_parameters={f"method.request.path.{name}": True for name in parameters} or None,
        request_models={"application/json": BODY} if method in _WITH_BODY else None,
        authorization="COGNITO_USER_POOLS" if guard else "NONE",
        authorizer_id=guard.id if guard else None,
        authorization_scopes=(scope_name(scope, SCOPE_OF[method]),) if guard else None,
        api_key_required=guard is not None,
    )
    yield planned
    target = scope.gateway.targets[route.target]
    yield add(
        "apigateway.Integration",
        f"{role}-integration",
        rest_api=api.id,
        resource_id=resource,
        http_method=planned.output("http_method"),
        type="HTTP_PROXY",
        integration_http_method=method,
        uri=f"{(target.url or '').rstrip('/')}{route.path}",
        request_parameters={
            f"integration.request.path.{name}": f"method.request.path.{name}" for name in parameters
        }
        or None,
        timeout_milliseconds=(target.timeout_seconds or DEFAULT_TIMEOUT_SECONDS) * _MILLISECONDS,
    )
