"""Amazon API Gateway, REST APIs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document, given

OTHER = {"owner": "other"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/gateway"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:gateway"
POOLS = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool"


def _token(name: str) -> str:
    return f"aws:apigateway/{name[0].lower()}{name[1:]}:{name}"


def _api(world: World) -> str:
    return world.make(_token("RestApi"), name="gateway")


def _of_api(**inputs: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"rest_api": _api(world), **inputs}


def _root(world: World, api: str) -> str:
    return str(world.client("apigateway").get_rest_api(restApiId=api)["rootResourceId"])


def _of_resource(world: World, **inputs: Any) -> Mapping[str, Any]:
    api = _api(world)
    resource = world.make(_token("Resource"), rest_api=api, parent_id=_root(world, api), path_part="v1")
    return {"rest_api": api, "resource_id": resource, **inputs}


def _of_method(world: World, **inputs: Any) -> Mapping[str, Any]:
    where = {**_of_resource(world), "http_method": "POST"}
    world.make(_token("Method"), **where, authorization="NONE")
    return {**where, **inputs}


def _deployable(world: World) -> str:
    where = _of_method(world)
    world.make(
        _token("Integration"),
        **where,
        type="HTTP_PROXY",
        integration_http_method="POST",
        uri="https://api.go.tz",
    )
    return str(where["rest_api"])


def _with_deployment(world: World, **inputs: Any) -> Mapping[str, Any]:
    api = _deployable(world)
    deployment = world.make(_token("Deployment"), rest_api=api, triggers={"a": "1"})
    return {"rest_api": api, "deployment": deployment, "stage_name": "live", **inputs}


def _with_stage(world: World) -> str:
    stage = _with_deployment(world)
    world.make(_token("Stage"), **stage)
    return str(stage["rest_api"])


def _other_deployment(world: World) -> Mapping[str, Any]:
    (api,) = world.client("apigateway").get_rest_apis()["items"]
    return {
        "deployment": world.make(_token("Deployment"), rest_api=api["id"], triggers={"a": "2"}),
        "description": None,
        "variables": {"target": "b"},
        "xray_tracing_enabled": False,
        "access_log_settings": None,
        "tags": OTHER,
    }


def _resource(world: World) -> Mapping[str, Any]:
    api = _api(world)
    return {"rest_api": api, "parent_id": _root(world, api), "path_part": "v1"}


def _full_method(world: World) -> Mapping[str, Any]:
    where = _of_resource(world)
    api = where["rest_api"]
    authorizer = world.make(
        _token("Authorizer"), rest_api=api, name="a", type="COGNITO_USER_POOLS", provider_arns=(f"{POOLS}/a",)
    )
    return {
        **where,
        "http_method": "POST",
        "authorization": "COGNITO_USER_POOLS",
        "authorizer_id": authorizer,
        "authorization_scopes": ("gateway/send",),
        "api_key_required": True,
        "operation_name": "send",
        "request_models": {"application/json": "Message"},
        "request_parameters": {"method.request.header.Idempotency-Key": True},
        "request_validator_id": world.make(
            _token("RequestValidator"), rest_api=api, name="all", validate_request_body=True
        ),
    }


def _usage_plan(world: World) -> Mapping[str, Any]:
    return {
        "name": "erb",
        "description": "d",
        "product_code": "p",
        "api_stages": ({"api_id": _with_stage(world), "stage": "live"},),
        "throttle_settings": {"burst_limit": 20, "rate_limit": 10},
        "quota_settings": {"limit": 1000, "offset": 1, "period": "DAY"},
        "tags": TAGS,
    }


def _plan_key(world: World) -> Mapping[str, Any]:
    plan = world.make(_token("UsagePlan"), name="erb")
    return {"usage_plan_id": plan, "key_id": world.make(_token("ApiKey"), name="erb"), "key_type": "API_KEY"}


def _mapping(world: World) -> Mapping[str, Any]:
    world.make(_token("DomainName"), domain_name="api.go.tz", regional_certificate_arn="arn:aws:acm:::c")
    return {
        "domain_name": "api.go.tz",
        "base_path": "erb",
        "rest_api": _with_stage(world),
        "stage_name": "live",
    }


def _other_stage(world: World) -> Mapping[str, Any]:
    (api,) = world.client("apigateway").get_rest_apis()["items"]
    deployment = world.make(_token("Deployment"), rest_api=api["id"])
    world.make(_token("Stage"), rest_api=api["id"], deployment=deployment, stage_name="test")
    return {"stage_name": "test"}


def _settings(world: World) -> Mapping[str, Any]:
    settings = {
        "metrics_enabled": True,
        "logging_level": "INFO",
        "data_trace_enabled": False,
        "throttling_burst_limit": 20,
        "throttling_rate_limit": 10,
    }
    api = _with_stage(world)
    return {"rest_api": api, "stage_name": "live", "method_path": "v1~1sms/POST", "settings": settings}


def _patch(operation: str, path: str, value: str, **where: str) -> Callable[..., object]:
    operations = [{"op": "replace", "path": path, "value": value}]
    return call("apigateway", operation, **where, patchOperations=operations)


def _put(operation: str, **params: Any) -> Callable[..., object]:
    """Meddling with a part of a method."""

    def meddle(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
        where = {"restApiId": inputs["rest_api"], "resourceId": inputs["resource_id"].rpartition("/")[2]}
        return getattr(world.client("apigateway"), operation)(**where, httpMethod="POST", **params)

    return meddle


def _delete_part(operation: str, name: str) -> Callable[..., object]:
    def meddle(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
        api, _, part = identifier.partition("/")
        return getattr(world.client("apigateway"), operation)(restApiId=api, **{name: part})

    return meddle


LIFE_CYCLES = (
    LifeCycle(
        _token("RestApi"),
        given(
            name="gateway",
            description="d",
            api_key_source="HEADER",
            disable_execute_api_endpoint=True,
            endpoint_configuration={"types": "REGIONAL"},
            minimum_compression_size="1024",
            policy=document("execute-api:Invoke"),
            security_policy="SecurityPolicy_TLS13_1_3_2025_09",
            endpoint_access_mode="STRICT",
            tags=TAGS,
        ),
        {
            "name": "other",
            "description": None,
            "api_key_source": "AUTHORIZER",
            "policy": document("execute-api:*"),
        },
        _patch("update_rest_api", "/policy", document("*"), restApiId="{id}"),
        "policy",
    ),
    LifeCycle(
        _token("RestApi"),
        given(name="gateway", disable_execute_api_endpoint=True, tags=TAGS),
        {"disable_execute_api_endpoint": False, "tags": OTHER},
        call("apigateway", "delete_rest_api", restApiId="{id}"),
        "",
        case="replaced",
    ),
    LifeCycle(
        _token("Resource"),
        _resource,
        {"path_part": "v2"},
        _delete_part("delete_resource", "resourceId"),
        "",
    ),
    LifeCycle(
        _token("RequestValidator"),
        _of_api(name="all", validate_request_body=True, validate_request_parameters=True),
        {"name": "body", "validate_request_body": False, "validate_request_parameters": False},
        _delete_part("delete_request_validator", "requestValidatorId"),
        "",
    ),
    LifeCycle(
        _token("Authorizer"),
        _of_api(
            name="pool",
            type="COGNITO_USER_POOLS",
            provider_arns=(f"{POOLS}/a",),
            identity_source="method.request.header.Authorization",
            authorizer_result_ttl_in_seconds=60,
        ),
        {
            "name": "other",
            "identity_source": "method.request.header.Token",
            "authorizer_result_ttl_in_seconds": None,
        },
        _delete_part("delete_authorizer", "authorizerId"),
        "",
    ),
    LifeCycle(
        _token("Authorizer"),
        _of_api(
            name="code",
            type="TOKEN",
            authorizer_uri="arn:aws:apigateway:af-south-1:lambda:path/a",
            authorizer_credentials=ROLE,
            identity_source="method.request.header.Authorization",
            identity_validation_expression="^a",
        ),
        {
            "type": "REQUEST",
            "authorizer_uri": "arn:aws:apigateway:af-south-1:lambda:path/b",
            "authorizer_credentials": f"{ROLE}-b",
            "identity_validation_expression": "^b",
        },
        _delete_part("delete_authorizer", "authorizerId"),
        "",
        case="by a function",
    ),
    LifeCycle(
        _token("Deployment"),
        lambda world: {
            "rest_api": _deployable(world),
            "description": "d",
            "triggers": {"a": "1"},
            "variables": {"a": "b"},
        },
        {"triggers": {"a": "2"}},
        _delete_part("delete_deployment", "deploymentId"),
        "",
    ),
    LifeCycle(
        _token("Model"),
        _of_api(
            name="Message", content_type="application/json", description="d", schema='{"type": "object"}'
        ),
        {"schema": '{"type": "array"}'},
        _delete_part("delete_model", "modelName"),
        "",
    ),
    LifeCycle(
        _token("Method"),
        _full_method,
        {"authorization": "NONE", "authorizer_id": None, "authorization_scopes": None},
        _put("put_method", authorizationType="NONE"),
        "authorization",
    ),
    LifeCycle(
        _token("MethodResponse"),
        lambda world: _of_method(
            world,
            status_code="200",
            response_models={"application/json": "Empty"},
            response_parameters={"method.response.header.Date": True},
        ),
        {
            "response_models": {"application/json": "Error"},
            "response_parameters": {"method.response.header.Age": False},
        },
        _put("delete_method_response", statusCode="200"),
        "",
    ),
    LifeCycle(
        _token("Integration"),
        lambda world: _of_method(
            world,
            type="HTTP_PROXY",
            integration_http_method="POST",
            uri="https://api.erb.go.tz/sms",
            connection_type="INTERNET",
            credentials=ROLE,
            request_parameters={"integration.request.header.Id": "context.requestId"},
            request_templates={"application/json": "{}"},
            passthrough_behavior="WHEN_NO_MATCH",
            content_handling="CONVERT_TO_TEXT",
            timeout_milliseconds=5000,
            tls_config={"insecure_skip_verification": False},
        ),
        {
            "type": "HTTP",
            "integration_http_method": "PUT",
            "uri": "https://api.erb.go.tz/v2",
            "connection_type": "VPC_LINK",
            "connection_id": "l",
            "credentials": None,
            "request_parameters": None,
            "request_templates": {"application/json": "[]"},
            "passthrough_behavior": "NEVER",
            "content_handling": None,
            "timeout_milliseconds": 9000,
            "tls_config": {"insecure_skip_verification": True},
        },
        _put("put_integration", type="HTTP_PROXY", uri="https://evil.example", integrationHttpMethod="POST"),
        "uri",
    ),
    LifeCycle(
        _token("Stage"),
        lambda world: _with_deployment(
            world,
            description="d",
            variables={"target": "a", "old": "b"},
            xray_tracing_enabled=True,
            access_log_settings={"destination_arn": LOGS, "format": "$context.requestId"},
            tags=TAGS,
        ),
        _other_deployment,
        _patch(
            "update_stage",
            "/accessLogSettings/format",
            "$context.identity.sourceIp",
            restApiId="{rest_api}",
            stageName="live",
        ),
        "access_log_settings.format",
    ),
    LifeCycle(
        _token("MethodSettings"),
        _settings,
        {"settings": {"metrics_enabled": True, "logging_level": "ERROR", "throttling_rate_limit": 5}},
        _patch(
            "update_stage",
            "/v1~1sms/POST/throttling/rateLimit",
            "9999",
            restApiId="{rest_api}",
            stageName="live",
        ),
        "settings.throttling_rate_limit",
    ),
    LifeCycle(
        _token("UsagePlan"),
        _usage_plan,
        {
            "name": "other",
            "description": None,
            "product_code": "q",
            "api_stages": None,
            "throttle_settings": {"burst_limit": 40, "rate_limit": 20},
            "quota_settings": None,
        },
        _patch("update_usage_plan", "/throttle/rateLimit", "10000", usagePlanId="{id}"),
        "throttle_settings.rate_limit",
    ),
    LifeCycle(
        _token("ApiKey"),
        given(name="erb", description="d", customer_id="c", enabled=True, tags=TAGS),
        {"name": "other", "description": None, "customer_id": "e", "enabled": False},
        _patch("update_api_key", "/enabled", "false", apiKey="{id}"),
        "enabled",
    ),
    LifeCycle(
        _token("UsagePlanKey"),
        _plan_key,
        None,
        call("apigateway", "delete_usage_plan_key", usagePlanId="{usage_plan_id}", keyId="{key_id}"),
        "",
    ),
    LifeCycle(
        _token("DomainName"),
        given(
            domain_name="api.go.tz",
            regional_certificate_arn="arn:aws:acm:::certificate/a",
            endpoint_configuration={"types": "REGIONAL"},
            security_policy="TLS_1_2",
            mutual_tls_authentication={"truststore_uri": "s3://trust/all.pem"},
            tags=TAGS,
        ),
        {"security_policy": "SecurityPolicy_TLS13_1_3_2025_09"},
        call("apigateway", "delete_domain_name", domainName="{id}"),
        "",
    ),
    LifeCycle(
        _token("DomainName"),
        given(domain_name="api.go.tz", certificate_arn="arn:aws:acm:::certificate/a"),
        {"certificate_arn": "arn:aws:acm:::certificate/b"},
        call("apigateway", "delete_domain_name", domainName="{id}"),
        "",
        case="at the edge",
    ),
    LifeCycle(
        _token("BasePathMapping"),
        _mapping,
        _other_stage,
        call("apigateway", "delete_base_path_mapping", domainName="api.go.tz", basePath="erb"),
        "",
    ),
    LifeCycle(
        _token("Account"),
        given(cloudwatch_role_arn=ROLE),
        {"cloudwatch_role_arn": f"{ROLE}-b"},
        _patch("update_account", "/cloudwatchRoleArn", f"{ROLE}-c"),
        "cloudwatch_role_arn",
    ),
    LifeCycle(
        _token("Response"),
        lambda world: {
            "rest_api_id": _api(world),
            "response_type": "THROTTLED",
            "status_code": "429",
            "response_parameters": {"gatewayresponse.header.Retry-After": "'1'"},
            "response_templates": {"application/json": "{}"},
        },
        {
            "status_code": "503",
            "response_parameters": {"gatewayresponse.header.Retry-After": "'2'"},
            "response_templates": {"application/json": json.dumps({"error": "busy"})},
        },
        call("apigateway", "delete_gateway_response", restApiId="{rest_api_id}", responseType="THROTTLED"),
        "",
    ),
)
