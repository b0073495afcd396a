"""Amazon EventBridge Pipes."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

_PIPE = (
    "description desired_state target role_arn source_parameters target_parameters log_configuration "
    "kms_key_identifier"
)
PIPE = Adapter(
    type="aws:pipes/pipe:Pipe",
    service="pipes",
    properties=f"name source {_PIPE} tags",
    id="{name}",
    names={"log_configuration.include_execution_datas": "IncludeExecutionData"},
    create=Call("create_pipe"),
    reads=(Call("describe_pipe"),),
    steps=(Step(_PIPE, Call("update_pipe")),),
    tags=Tags(read="", params={"resourceArn": "{arn}"}),
    delete=Call("delete_pipe"),
    outputs={"arn": "arn:aws:pipes:{region}:{account}:pipe/{name}"},
    defaults={"desired_state": "RUNNING"},
)

ADAPTERS = (PIPE,)
