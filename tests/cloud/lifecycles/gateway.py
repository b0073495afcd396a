"""What the gateway needs besides its API: queues, tables, deliveries, secrets, tokens, a web ACL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document, given

OTHER = {"owner": "other"}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipe"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}"


def _redrive(name: str, count: int) -> str:
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": count})


def _queue(world: World) -> Mapping[str, Any]:
    world.make("aws:sqs/queue:Queue", name="dead")
    return {
        "name": "erb-sms",
        "visibility_timeout_seconds": 60,
        "message_retention_seconds": 86400,
        "max_message_size": 65536,
        "delay_seconds": 1,
        "receive_wait_time_seconds": 20,
        "redrive_policy": _redrive("dead", 5),
        "kms_master_key_id": "alias/erb",
        "kms_data_key_reuse_period_seconds": 600,
        "tags": TAGS,
    }


def _queue_policy(world: World) -> Mapping[str, Any]:
    return {"queue_url": world.make("aws:sqs/queue:Queue", name="erb"), "policy": document("sqs:SendMessage")}


def _redriven(world: World) -> Mapping[str, Any]:
    world.make("aws:sqs/queue:Queue", name="dead")
    return {"queue_url": world.make("aws:sqs/queue:Queue", name="erb"), "redrive_policy": _redrive("dead", 5)}


TABLE = {
    "name": "erb-idempotency",
    "attributes": ({"name": "key", "type": "S"}, {"name": "at", "type": "N"}, {"name": "owner", "type": "S"}),
    "hash_key": "key",
    "range_key": "at",
    "billing_mode": "PAY_PER_REQUEST",
    "deletion_protection_enabled": False,
    "global_secondary_indexes": (
        {"name": "by-owner", "hash_key": "owner", "range_key": "at", "projection_type": "KEYS_ONLY"},
    ),
    "point_in_time_recovery": {"enabled": True},
    "server_side_encryption": {"enabled": True, "kms_key_arn": KEY},
    "ttl": {"attribute_name": "expires_at", "enabled": True},
    "tags": TAGS,
}


def _item(world: World) -> Mapping[str, Any]:
    attributes = ({"name": "key", "type": "S"},)
    world.make(
        "aws:dynamodb/table:Table",
        name="routes",
        attributes=attributes,
        hash_key="key",
        billing_mode="PAY_PER_REQUEST",
    )
    item = json.dumps({"key": {"S": "sms|15200"}, "owner": {"S": "erb"}})
    return {"table_name": "routes", "hash_key": "key", "item": item}


def _table_policy(world: World) -> Mapping[str, Any]:
    _item(world)
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/routes"
    return {"resource_arn": arn, "policy": document("dynamodb:GetItem")}


def _auth(value: str) -> Mapping[str, Any]:
    header = {"key": "X-Sender", "value": value, "is_value_secret": False}
    return {
        "api_key": {"key": "X-Api-Key", "value": "by-reference"},
        "invocation_http_parameters": {"headers": (header,)},
    }


CONNECTION = {
    "name": "erb",
    "description": "d",
    "authorization_type": "API_KEY",
    "auth_parameters": _auth("erb"),
    "kms_key_identifier": KEY,
}


def _connection(world: World, name: str) -> str:
    token = "aws:cloudwatch/eventConnection:EventConnection"
    return str(world.handle(token).create({**CONNECTION, "name": name}, "needed").outputs["arn"])


def _destination(world: World) -> Mapping[str, Any]:
    return {
        "name": "erb",
        "description": "d",
        "connection_arn": _connection(world, "a"),
        "http_method": "POST",
        "invocation_endpoint": "https://api.erb.go.tz/sms",
        "invocation_rate_limit_per_second": 10,
    }


def _other_destination(world: World) -> Mapping[str, Any]:
    return {
        "description": "e",
        "connection_arn": _connection(world, "b"),
        "http_method": "PUT",
        "invocation_endpoint": "https://api.erb.go.tz/v2",
        "invocation_rate_limit_per_second": 20,
    }


def _logged(group: str) -> Mapping[str, Any]:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    return {"level": "ERROR", "cloudwatch_logs_log_destination": {"log_group_arn": arn}}


def _headers(value: str) -> Mapping[str, Any]:
    http = {"header_parameters": {"Idempotency-Key": value}, "path_parameter_values": "$.messageId"}
    return {"http_parameters": http}


PIPE = {
    "name": "erb",
    "description": "d",
    "desired_state": "RUNNING",
    "source": f"arn:aws:sqs:{REGION}:{ACCOUNT}:erb",
    "source_parameters": {"sqs_queue_parameters": {"batch_size": 1, "maximum_batching_window_in_seconds": 0}},
    "target": f"arn:aws:events:{REGION}:{ACCOUNT}:api-destination/erb/1",
    "target_parameters": _headers("$.messageId"),
    "role_arn": ROLE,
    "log_configuration": _logged("a"),
    "kms_key_identifier": KEY,
    "tags": TAGS,
}


def _secret(world: World) -> str:
    return world.make("aws:secretsmanager/secret:Secret", name="erb")


def _rule(name: str, priority: int, limit: int) -> Mapping[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "action": {"block": {}},
        "statement": {"rate_based_statement": {"limit": limit, "aggregate_key_type": "IP"}},
        "visibility_config": _visible(name),
    }


def _visible(name: str) -> Mapping[str, Any]:
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": False}


MANAGED = {
    "name": "common",
    "priority": 0,
    "override_action": {"none": {}},
    "statement": {
        "managed_rule_group_statement": {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}
    },
    "visibility_config": _visible("common"),
}


def _acl(world: World, name: str = "gateway") -> str:
    token = "aws:wafv2/webAcl:WebAcl"
    inputs = {
        "name": name,
        "scope": "REGIONAL",
        "default_action": {"allow": {}},
        "visibility_config": _visible(name),
    }
    return str(world.handle(token).create(inputs, "needed").outputs["arn"])


def _association(world: World) -> Mapping[str, Any]:
    client = world.client("apigateway")
    api = client.create_rest_api(name="gateway")
    where = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    client.put_integration(**where, type="MOCK")
    deployment = client.create_deployment(restApiId=api["id"])["id"]
    client.create_stage(restApiId=api["id"], stageName="live", deploymentId=deployment)
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api['id']}/stages/live"
    return {"web_acl_arn": _acl(world), "resource_arn": arn}


def _meddle_acl(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    client = world.client("wafv2")
    where = {"Name": "gateway", "Scope": "REGIONAL", "Id": identifier.rpartition("/")[2]}
    found = client.get_web_acl(**where)
    return client.update_web_acl(
        **where,
        LockToken=found["LockToken"],
        DefaultAction={"Block": {}},
        Rules=found["WebACL"]["Rules"],
        VisibilityConfig=found["WebACL"]["VisibilityConfig"],
    )


def _meddle_set(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    client = world.client("wafv2")
    where = {"Name": "office", "Scope": "REGIONAL", "Id": identifier.rpartition("/")[2]}
    return client.update_ip_set(
        **where, LockToken=client.get_ip_set(**where)["LockToken"], Addresses=["0.0.0.0/1"]
    )


def _pool(world: World) -> str:
    return world.make("aws:cognito/userPool:UserPool", name="gateway")


def _client(world: World) -> Mapping[str, Any]:
    return {
        "user_pool_id": _pool(world),
        "name": "erb",
        "generate_secret": True,
        "access_token_validity": 10,
        "id_token_validity": 10,
        "token_validity_units": {"access_token": "minutes", "id_token": "minutes"},
        "callback_urls": ("https://erb.go.tz/in",),
        "logout_urls": ("https://erb.go.tz/out",),
        "allowed_oauth_flows": ("client_credentials",),
        "allowed_oauth_scopes": ("gateway/send",),
        "allowed_oauth_flows_user_pool_client": True,
        "explicit_auth_flows": ("ALLOW_REFRESH_TOKEN_AUTH",),
        "enable_token_revocation": True,
        "prevent_user_existence_errors": "ENABLED",
        "supported_identity_providers": ("COGNITO",),
    }


def _delete_client(world: World, identifier: str, _inputs: Mapping[str, Any]) -> object:
    pool, _, client = identifier.partition("/")
    return world.client("cognito-idp").delete_user_pool_client(UserPoolId=pool, ClientId=client)


SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

LIFE_CYCLES = (
    LifeCycle(
        "aws:sqs/queue:Queue",
        _queue,
        {
            "visibility_timeout_seconds": 90,
            "message_retention_seconds": None,
            "max_message_size": 1024,
            "delay_seconds": None,
            "receive_wait_time_seconds": 10,
            "redrive_policy": _redrive("dead", 3),
            "kms_master_key_id": "alias/other",
            "kms_data_key_reuse_period_seconds": None,
            "tags": OTHER,
        },
        call("sqs", "set_queue_attributes", QueueUrl="{id}", Attributes={"KmsMasterKeyId": ""}),
        "kms_master_key_id",
    ),
    LifeCycle(
        "aws:sqs/queue:Queue",
        given(
            name="erb.fifo", fifo_queue=True, content_based_deduplication=True, sqs_managed_sse_enabled=True
        ),
        {"content_based_deduplication": False, "sqs_managed_sse_enabled": False},
        call("sqs", "delete_queue", QueueUrl="{id}"),
        "",
        case="in order",
    ),
    LifeCycle(
        "aws:sqs/queuePolicy:QueuePolicy",
        _queue_policy,
        {"policy": document("sqs:ReceiveMessage")},
        call("sqs", "set_queue_attributes", QueueUrl="{id}", Attributes={"Policy": document("sqs:*")}),
        "policy",
    ),
    LifeCycle(
        "aws:sqs/redrivePolicy:RedrivePolicy",
        _redriven,
        {"redrive_policy": _redrive("dead", 3)},
        call("sqs", "set_queue_attributes", QueueUrl="{id}", Attributes={"RedrivePolicy": ""}),
        "",
    ),
    LifeCycle(
        "aws:dynamodb/table:Table",
        given(**TABLE),
        {
            "billing_mode": None,
            "deletion_protection_enabled": True,
            "point_in_time_recovery": None,
            "ttl": {"attribute_name": "expires_at", "enabled": False},
            "tags": OTHER,
        },
        call(
            "dynamodb",
            "update_continuous_backups",
            TableName="{id}",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        ),
        "point_in_time_recovery.enabled",
    ),
    LifeCycle(
        "aws:dynamodb/tableItem:TableItem",
        _item,
        {"item": json.dumps({"key": {"S": "sms|15200"}, "owner": {"S": "psptb"}})},
        lambda world, _id, _inputs: world.client("dynamodb").put_item(
            TableName="routes", Item={"key": {"S": "sms|15200"}, "owner": {"S": "nobody"}}
        ),
        "item",
    ),
    LifeCycle(
        "aws:dynamodb/resourcePolicy:ResourcePolicy",
        _table_policy,
        {"policy": document("dynamodb:Query")},
        call("dynamodb", "put_resource_policy", ResourceArn="{id}", Policy=document("dynamodb:*")),
        "policy",
    ),
    LifeCycle(
        "aws:cloudwatch/eventConnection:EventConnection",
        given(**CONNECTION),
        {
            "description": "other",
            "authorization_type": "BASIC",
            "auth_parameters": {"basic": {"username": "u", "password": "by-reference"}},
        },
        call("events", "delete_connection", Name="{id}"),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventApiDestination:EventApiDestination",
        _destination,
        _other_destination,
        call("events", "update_api_destination", Name="{id}", InvocationEndpoint="https://evil.example"),
        "invocation_endpoint",
    ),
    LifeCycle(
        "aws:pipes/pipe:Pipe",
        given(**PIPE),
        {
            "description": "other",
            "desired_state": "STOPPED",
            "target": f"arn:aws:events:{REGION}:{ACCOUNT}:api-destination/erb/2",
            "role_arn": f"{ROLE}-b",
            "source_parameters": {"sqs_queue_parameters": {"batch_size": 2}},
            "target_parameters": _headers("$.id"),
            "log_configuration": _logged("b"),
            "kms_key_identifier": f"{KEY}b",
            "tags": OTHER,
        },
        call("pipes", "update_pipe", Name="{id}", RoleArn=ROLE, DesiredState="STOPPED"),
        "desired_state",
    ),
    LifeCycle(
        "aws:secretsmanager/secret:Secret",
        given(name="erb", description="d", kms_key_id=KEY, recovery_window_in_days=7, tags=TAGS),
        {"description": "other", "kms_key_id": f"{KEY}b", "tags": OTHER},
        call("secretsmanager", "update_secret", SecretId="{id}", KmsKeyId="alias/aws/secretsmanager"),
        "kms_key_id",
    ),
    LifeCycle(
        SECRET_VERSION,
        lambda world: {"secret_id": _secret(world), "secret_string": "a", "version_stages": ("AWSCURRENT",)},
        None,
        call("secretsmanager", "put_secret_value", SecretId="{secret_id}", SecretString="b"),
        "version_stages",
    ),
    LifeCycle(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda world: {"secret_arn": _secret(world), "policy": document("secretsmanager:GetSecretValue")},
        {"policy": document("secretsmanager:DescribeSecret")},
        call("secretsmanager", "put_resource_policy", SecretId="{id}", ResourcePolicy=document("*")),
        "policy",
    ),
    LifeCycle(
        "aws:wafv2/ipSet:IpSet",
        given(
            scope="REGIONAL",
            name="office",
            description="d",
            ip_address_version="IPV4",
            addresses=("10.1.0.0/16",),
            tags=TAGS,
        ),
        {"description": "other", "addresses": ("10.2.0.0/16", "10.3.0.0/16"), "tags": OTHER},
        _meddle_set,
        "addresses",
    ),
    LifeCycle(
        "aws:wafv2/webAcl:WebAcl",
        given(
            scope="REGIONAL",
            name="gateway",
            description="d",
            default_action={"allow": {}},
            rules=(MANAGED, _rule("rate", 1, 1000)),
            visibility_config=_visible("gateway"),
            tags=TAGS,
        ),
        {
            "description": "other",
            "default_action": {"block": {}},
            "rules": (_rule("rate", 1, 500),),
            "visibility_config": _visible("other"),
            "tags": OTHER,
        },
        _meddle_acl,
        "default_action.allow",
    ),
    LifeCycle(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        _association,
        None,
        call("wafv2", "disassociate_web_acl", ResourceArn="{resource_arn}"),
        "",
    ),
    LifeCycle(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        lambda world: {
            "resource_arn": _acl(world),
            "log_destination_configs": (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:aws-waf-logs-a",),
            "redacted_fields": ({"single_header": {"name": "authorization"}},),
            "logging_filter": {
                "default_behavior": "DROP",
                "filters": (
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": ({"action_condition": {"action": "BLOCK"}},),
                    },
                ),
            },
        },
        {
            "log_destination_configs": (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:aws-waf-logs-b",),
            "redacted_fields": ({"single_header": {"name": "cookie"}},),
            "logging_filter": None,
        },
        call("wafv2", "delete_logging_configuration", ResourceArn="{id}"),
        "",
    ),
    LifeCycle(
        "aws:cognito/userPool:UserPool",
        given(
            name="gateway",
            username_attributes=("email",),
            mfa_configuration="ON",
            software_token_mfa_configuration={"enabled": True},
            password_policy={"minimum_length": 14},
            admin_create_user_config={"allow_admin_create_user_only": True},
            deletion_protection="INACTIVE",
            user_pool_tier="ESSENTIALS",
            tags=TAGS,
        ),
        {
            "mfa_configuration": "OFF",
            "software_token_mfa_configuration": {"enabled": False},
            "password_policy": {"minimum_length": 20},
            "admin_create_user_config": {"allow_admin_create_user_only": False},
            "deletion_protection": "ACTIVE",
            "user_pool_tier": "PLUS",
            "tags": OTHER,
        },
        call("cognito-idp", "delete_user_pool", UserPoolId="{id}"),
        "",
    ),
    LifeCycle(
        "aws:cognito/userPoolClient:UserPoolClient",
        _client,
        {
            "name": "other",
            "access_token_validity": 1,
            "id_token_validity": 1,
            "token_validity_units": {"access_token": "hours", "id_token": "hours"},
            "callback_urls": ("https://erb.go.tz/back",),
            "logout_urls": ("https://erb.go.tz/bye",),
            "allowed_oauth_flows": ("code",),
            "allowed_oauth_scopes": ("gateway/read",),
            "allowed_oauth_flows_user_pool_client": False,
            "explicit_auth_flows": ("ALLOW_USER_SRP_AUTH",),
            "enable_token_revocation": False,
            "prevent_user_existence_errors": "LEGACY",
            "supported_identity_providers": ("erb",),
        },
        _delete_client,
        "",
    ),
    LifeCycle(
        "aws:cognito/resourceServer:ResourceServer",
        lambda world: {
            "user_pool_id": _pool(world),
            "identifier": "gateway",
            "name": "Gateway",
            "scopes": ({"scope_name": "send", "scope_description": "send messages"},),
        },
        None,
        call("cognito-idp", "delete_user_pool", UserPoolId="{user_pool_id}"),
        "",
    ),
)
