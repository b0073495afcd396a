"""Amazon API Gateway, both versions."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding

_WHY = "takes requests past the gateway's rules"
HOLDINGS = (
    Holding(
        "REST API",
        "apigateway",
        Call("get_rest_apis", at="items[].{id: id, name: name}", is_paged=True),
        _WHY,
        types=("aws:apigateway/restApi:RestApi",),
    ),
    Holding(
        "HTTP or WebSocket API",
        "apigatewayv2",
        Call("get_apis", at="Items[].{id: ApiId, name: Name}", is_paged=True),
        _WHY,
        types=("aws:apigatewayv2/api:Api",),
    ),
)
