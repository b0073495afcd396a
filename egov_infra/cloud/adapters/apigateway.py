"""Amazon API Gateway, REST APIs. Its updates take patch operations; what moto cannot patch is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

_REST = {"rest_api": "restApiId"}
_ROOT = {"restApiId": "{id}"}
REST_API = Adapter(
    type="aws:apigateway/restApi:RestApi",
    service="apigateway",
    properties="name description api_key_source disable_execute_api_endpoint endpoint_configuration "
    "minimum_compression_size policy security_policy endpoint_access_mode tags",
    id="{id}",
    create=Call("create_rest_api"),
    reads=(Call("get_rest_api", _ROOT),),
    # moto patches nothing else as it should, and lets tags of stages only be changed
    steps=(Step("name description api_key_source policy", Call("update_rest_api", _ROOT)),),
    delete=Call("delete_rest_api", _ROOT),
    outputs={
        "arn": "arn:aws:apigateway:{region}::/restapis/{id}",
        "execution_arn": "arn:aws:execute-api:{region}:{account}:{id}",
        "root_resource_id": "rootResourceId",
    },
    defaults={"api_key_source": "HEADER", "disable_execute_api_endpoint": False},
    unread={
        "security_policy": "moto keeps no security policy of an API",
        "endpoint_access_mode": "moto keeps no access mode of an API",
    },
    listing=Call("get_rest_apis", at="items[].id", is_paged=True),
)


def _part(token: str, part: str, properties: str, **more: Any) -> Adapter:
    """A part of an API with an id of its own; it is read from the list, since moto fails on one that is gone."""
    operation = part.removesuffix("_id")
    return Adapter(
        type=f"aws:apigateway/{token}",
        service="apigateway",
        properties=f"rest_api {properties}",
        id=f"{{rest_api}}/{{{part}}}",
        names=_REST,
        create=Call(f"create_{operation}", at=f"{{{part}: id}}"),
        reads=(Call(f"get_{operation}s", at=f"items[?id=='{{{part}}}'] | [0]", is_paged=True),),
        delete=Call(f"delete_{operation}"),
        listing=Call(f"get_{operation}s", at="items[].join('/', ['{rest_api}', id])", is_paged=True),
        **more,
    )


# moto has no UpdateResource, so that every change replaces it
RESOURCE = _part(
    "resource:Resource", "resource_id", "parent_id path_part", tails="parent_id", outputs={"path": "path"}
)

_VALIDATOR = "name validate_request_body validate_request_parameters"
VALIDATOR = _part(
    "requestValidator:RequestValidator",
    "request_validator_id",
    _VALIDATOR,
    steps=(Step(_VALIDATOR, Call("update_request_validator")),),
    defaults={"validate_request_body": False, "validate_request_parameters": False},
)

_AUTHORIZER = (
    "name type authorizer_uri authorizer_credentials authorizer_result_ttl_in_seconds identity_source"
)
# moto patches no provider, so that another one replaces it
AUTHORIZER = _part(
    "authorizer:Authorizer",
    "authorizer_id",
    f"{_AUTHORIZER} identity_validation_expression provider_arns",
    steps=(Step(f"{_AUTHORIZER} identity_validation_expression", Call("update_authorizer")),),
    outputs={"arn": "arn:aws:apigateway:{region}::/restapis/{rest_api}/authorizers/{authorizer_id}"},
    defaults={"authorizer_result_ttl_in_seconds": 300},
    unread={"identity_validation_expression": "moto drops the expression on creation"},
)

# a deployment is a picture of the API: another trigger takes another one
DEPLOYMENT = _part(
    "deployment:Deployment",
    "deployment_id",
    "description variables",
    local="triggers",
    replaces="triggers",
    unread={"variables": "no call gives back the variables of a deployment"},
)

MODEL = Adapter(
    type="aws:apigateway/model:Model",
    service="apigateway",
    properties="rest_api name content_type description schema",
    id="{rest_api}/{name}",
    names=_REST,
    documents="schema",
    create=Call("create_model"),
    reads=(Call("get_model", {"modelName": "{name}"}),),
    # moto has no UpdateModel, so that every change replaces it
    delete=Call("delete_model", {"modelName": "{name}"}),
)


def _own_methods(found: Any, scope: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the methods of an API, out of its resources."""
    for resource in found:
        for verb in resource.get("resourceMethods", ()):
            yield f"{scope['id']}/{resource['id']}/{verb}"


METHOD = Adapter(
    type="aws:apigateway/method:Method",
    service="apigateway",
    properties="rest_api resource_id http_method authorization authorizer_id authorization_scopes "
    "api_key_required operation_name request_models request_parameters request_validator_id",
    id="{rest_api}/{resource_id}/{http_method}",
    names={**_REST, "authorization": "authorizationType"},
    tails="resource_id authorizer_id request_validator_id",
    create=Call("put_method"),
    reads=(Call("get_method"),),
    # moto has no UpdateMethod, and PutMethod drops the integration, so that every change replaces it
    delete=Call("delete_method"),
    defaults={"api_key_required": False},
    members=(
        Members(
            REST_API.type,
            Call("get_resources", {**_ROOT, "embed": ["methods"]}, at="items", is_paged=True),
            items=_own_methods,
        ),
    ),
)

METHOD_RESPONSE = Adapter(
    type="aws:apigateway/methodResponse:MethodResponse",
    service="apigateway",
    properties="rest_api resource_id http_method status_code response_models response_parameters",
    id="{rest_api}/{resource_id}/{http_method}/{status_code}",
    names=_REST,
    tails="resource_id",
    create=Call("put_method_response"),
    reads=(Call("get_method", at='methodResponses."{status_code}"'),),
    # moto has no UpdateMethodResponse; the same call again is as good
    steps=(Step("response_models response_parameters", Call("put_method_response")),),
    delete=Call("delete_method_response"),
)

_INTEGRATION = (
    "type integration_http_method uri connection_type connection_id credentials request_parameters "
    "request_templates passthrough_behavior content_handling timeout_milliseconds tls_config"
)
INTEGRATION = Adapter(
    type="aws:apigateway/integration:Integration",
    service="apigateway",
    properties=f"rest_api resource_id http_method {_INTEGRATION}",
    id="{rest_api}/{resource_id}/{http_method}",
    names={**_REST, "timeout_milliseconds": "timeoutInMillis"},
    answers={"http_method": "'{http_method}'", "integration_http_method": "httpMethod"},
    tails="resource_id",
    create=Call("put_integration"),
    reads=(Call("get_integration"),),
    # moto has no UpdateIntegration; the same call again is as good
    steps=(Step(_INTEGRATION, Call("put_integration")),),
    delete=Call("delete_integration"),
    gone="!type",
    unread={"connection_id": "moto keeps no connection of an integration"},
)

_STAGE = "deployment description variables xray_tracing_enabled access_log_settings"
STAGE = Adapter(
    type="aws:apigateway/stage:Stage",
    service="apigateway",
    properties=f"rest_api stage_name {_STAGE} tags",
    id="{rest_api}/{stage_name}",
    names={**_REST, "deployment": "deploymentId", "xray_tracing_enabled": "tracingEnabled"},
    tails="deployment",
    create=Call("create_stage"),
    reads=(Call("get_stage"),),
    steps=(Step(_STAGE, Call("update_stage")),),
    tags=Tags(read="", params={"resourceArn": "{arn}"}),
    delete=Call("delete_stage"),
    outputs={
        "arn": "arn:aws:apigateway:{region}::/restapis/{rest_api}/stages/{stage_name}",
        "execution_arn": "arn:aws:execute-api:{region}:{account}:{rest_api}/{stage_name}",
        "invoke_url": "https://{rest_api}.execute-api.{region}.amazonaws.com/{stage_name}",
        "web_acl_arn": "webAclArn",
    },
    defaults={"xray_tracing_enabled": False},
    members=(Members(REST_API.type, Call("get_stages", _ROOT, at="item[].stageName"), "{id}/{item}"),),
)

_SETTINGS = {
    "metrics_enabled": "metrics/enabled",
    "logging_level": "logging/loglevel",
    "data_trace_enabled": "logging/dataTrace",
    "throttling_burst_limit": "throttling/burstLimit",
    "throttling_rate_limit": "throttling/rateLimit",
    "caching_enabled": "caching/enabled",
    "cache_ttl_in_seconds": "caching/ttlInSeconds",
    "cache_data_encrypted": "caching/dataEncrypted",
    "require_authorization_for_cache_control": "caching/requireAuthorizationForCacheControl",
    "unauthorized_cache_control_header_strategy": "caching/unauthorizedCacheControlHeaderStrategy",
}
METHOD_SETTINGS = Adapter(
    type="aws:apigateway/methodSettings:MethodSettings",
    service="apigateway",
    properties="rest_api stage_name method_path settings",
    id="{rest_api}/{stage_name}:{method_path}",
    names=_REST,
    pointers={
        "settings": "/{method_path}",
        **{f"settings.{name}": f"/{{method_path}}/{place}" for name, place in _SETTINGS.items()},
    },
    create=Call("get_stage"),  # settings stand in a stage, which must be there
    reads=(Call("get_stage", at='{settings: methodSettings."{method_path}"}'),),
    steps=(Step("settings", Call("update_stage")),),
    delete=Call("update_stage", {"patchOperations": [{"op": "remove", "path": "/{method_path}"}]}),
    gone='!(methodSettings."{method_path}")',
    stays="moto does not remove the settings of a method",
)

_PLAN_ID = {"usagePlanId": "{id}"}
# moto changes tags of stages only, so that other tags replace a plan or a key
USAGE_PLAN = Adapter(
    type="aws:apigateway/usagePlan:UsagePlan",
    service="apigateway",
    properties="name description product_code api_stages throttle_settings quota_settings tags",
    id="{id}",
    names={"throttle_settings": "throttle", "quota_settings": "quota"},
    create=Call("create_usage_plan"),
    reads=(Call("get_usage_plan", _PLAN_ID),),
    steps=(
        Step(
            "name description api_stages throttle_settings quota_settings",
            Call("update_usage_plan", _PLAN_ID),
        ),
        Step("product_code", Call("update_usage_plan", _PLAN_ID)),
    ),
    delete=Call("delete_usage_plan", _PLAN_ID),
    outputs={"arn": "arn:aws:apigateway:{region}::/usageplans/{id}"},
    sets="api_stages",
    listing=Call("get_usage_plans", at="items[].id", is_paged=True),
)

_KEY_ID = {"apiKey": "{id}"}
# its value is a secret that AWS makes: it is neither declared nor read
API_KEY = Adapter(
    type="aws:apigateway/apiKey:ApiKey",
    service="apigateway",
    properties="name description customer_id enabled tags",
    id="{id}",
    create=Call("create_api_key"),
    reads=(Call("get_api_key", _KEY_ID),),
    steps=(Step("name description customer_id enabled", Call("update_api_key", _KEY_ID)),),
    delete=Call("delete_api_key", _KEY_ID),
    outputs={"arn": "arn:aws:apigateway:{region}::/apikeys/{id}"},
    defaults={"enabled": True},
    listing=Call("get_api_keys", at="items[].id", is_paged=True),
)

USAGE_PLAN_KEY = Adapter(
    type="aws:apigateway/usagePlanKey:UsagePlanKey",
    service="apigateway",
    properties="usage_plan_id key_id key_type",
    id="{usage_plan_id}/{key_id}",
    answers={"key_type": "type"},
    create=Call("create_usage_plan_key"),
    reads=(Call("get_usage_plan_key"),),
    delete=Call("delete_usage_plan_key"),
    outputs={"name": "name"},
    members=(
        Members(
            USAGE_PLAN.type,
            Call("get_usage_plan_keys", {"usagePlanId": "{id}"}, at="items[].id", is_paged=True),
            "{id}/{item}",
        ),
    ),
)

DOMAIN_NAME = Adapter(
    type="aws:apigateway/domainName:DomainName",
    service="apigateway",
    properties="domain_name certificate_arn regional_certificate_arn endpoint_configuration security_policy "
    "mutual_tls_authentication tags",
    id="{domain_name}",
    create=Call("create_domain_name"),
    reads=(Call("get_domain_name"),),
    # moto has neither UpdateDomainName nor its tags, so that every change replaces it
    delete=Call("delete_domain_name"),
    outputs={
        "arn": "arn:aws:apigateway:{region}::/domainnames/{domain_name}",
        "regional_domain_name": "regionalDomainName",
        "regional_zone_id": "regionalHostedZoneId",
        "cloudfront_domain_name": "distributionDomainName",
        "cloudfront_zone_id": "distributionHostedZoneId",
    },
    unread={"mutual_tls_authentication": "moto keeps no trust store of a domain name"},
)

BASE_PATH_MAPPING = Adapter(
    type="aws:apigateway/basePathMapping:BasePathMapping",
    service="apigateway",
    properties="domain_name base_path rest_api stage_name",
    id="{domain_name}/{base_path}",
    names={**_REST, "stage_name": "stage"},
    create=Call("create_base_path_mapping"),
    reads=(Call("get_base_path_mapping"),),
    steps=(Step("stage_name", Call("update_base_path_mapping")),),
    delete=Call("delete_base_path_mapping"),
    defaults={"base_path": "(none)"},
    members=(
        Members(
            DOMAIN_NAME.type,
            Call("get_base_path_mappings", at="items[].basePath", is_paged=True),
            "{domain_name}/{item}",
        ),
    ),
)


def _role(value: str) -> Call:
    path = "/cloudwatchRoleArn"
    return Call("update_account", {"patchOperations": [{"op": "replace", "path": path, "value": value}]})


ACCOUNT = Adapter(
    type="aws:apigateway/account:Account",
    service="apigateway",
    properties="cloudwatch_role_arn",
    id="api-gateway-account",
    create=_role("{cloudwatch_role_arn}"),
    reads=(Call("get_account"),),
    steps=(Step("cloudwatch_role_arn", Call("update_account")),),
    delete=_role(""),
    gone="!cloudwatchRoleArn",
)

_RESPONSE = "status_code response_parameters response_templates"
RESPONSE = Adapter(
    type="aws:apigateway/response:Response",
    service="apigateway",
    properties=f"rest_api_id response_type {_RESPONSE}",
    id="{rest_api_id}/{response_type}",
    create=Call("put_gateway_response"),
    reads=(Call("get_gateway_response"),),
    steps=(Step(_RESPONSE, Call("put_gateway_response")),),
    delete=Call("delete_gateway_response"),
    gone="defaultResponse",
)

ADAPTERS = (
    REST_API,
    RESOURCE,
    VALIDATOR,
    AUTHORIZER,
    DEPLOYMENT,
    MODEL,
    METHOD,
    METHOD_RESPONSE,
    INTEGRATION,
    STAGE,
    METHOD_SETTINGS,
    USAGE_PLAN,
    API_KEY,
    USAGE_PLAN_KEY,
    DOMAIN_NAME,
    BASE_PATH_MAPPING,
    ACCOUNT,
    RESPONSE,
)
