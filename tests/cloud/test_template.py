from __future__ import annotations

from egov_infra.cloud.session import in_process
from egov_infra.cloud.shape import fitted
from egov_infra.cloud.template import at, placeholders, resolved, text

SCOPE = {"name": "erb", "check": {"path": "/health", "port": None}, "ports": (80, 443)}


def test_placeholder_reaches_into_a_property() -> None:
    """Alone in its text it gives the value itself; what is not there leaves nothing behind."""
    params = {
        "Path": "{check.path}",
        "Port": "{check.port}",
        "Far": "{check.path.further}",
        "Ports": "{ports}",
    }
    assert resolved(params, SCOPE) == {"Path": "/health", "Ports": (80, 443)}
    assert text("{name}{check.path}{absent.path}", SCOPE) == "erb/health"


def test_call_takes_the_property_that_its_placeholder_reaches_into() -> None:
    """The property is named by the first step."""
    assert list(placeholders({"A": [{"B": "{check.path}"}], "C": "{name}"})) == ["check", "name"]


def test_answer_gives_the_end_of_a_text() -> None:
    """What follows a mark; nothing where there is no text or no mark."""
    assert at({"Arn": "arn:loadbalancer/app/erb"}, "after(Arn, 'loadbalancer/')", {}) == "app/erb"
    assert at({"Arn": "arn"}, "after(Arn, 'loadbalancer/')", {}) == ""
    assert at({}, "after(Arn, 'loadbalancer/')", {}) is None


def test_parameters_take_the_form_of_their_shape() -> None:
    """An attribute is text, whatever the property is; what the API does not know stays as it is."""
    with in_process() as cloud:
        meta = cloud.client("elbv2", "110000000002", "af-south-1").meta
        shape = meta.service_model.operation_model("ModifyLoadBalancerAttributes").input_shape
        given = {"LoadBalancerArn": "a", "Attributes": [{"Key": "k", "Value": True}, {"Value": 60}], "X": [1]}
        assert fitted(given, shape) == {
            "LoadBalancerArn": "a",
            "Attributes": [{"Key": "k", "Value": "true"}, {"Value": "60"}],
            "X": [1],
        }
