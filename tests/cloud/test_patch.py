from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.patch import Layout
from egov_infra.cloud.session import in_process
from egov_infra.cloud.shape import NoPlaceError
from tests.cloud.lifecycle import World


@pytest.fixture
def world() -> Iterator[World]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield World(cloud)


def _layout(world: World, operation: str, pointers: dict[str, str] | None = None) -> Layout:
    model: Any = world.client("apigateway").meta.service_model.operation_model(operation)
    return Layout(model.output_shape, {"throttle_settings": "throttle"}, pointers or {})


def test_text_and_members_are_replaced_and_removed(world: World) -> None:
    """Keys of a map are escaped, an object goes as a whole, text goes by an empty one."""
    found = _layout(world, "UpdateStage").operations(
        {"description": "d", "variables": {"a/b": "1", "c": "2"}, "access_log_settings": {"format": "f"}},
        {"variables": {"c": "3"}},
    )
    assert found == [
        {"path": "/description", "op": "replace", "value": ""},
        {"path": "/variables/a~1b", "op": "remove"},
        {"op": "remove", "path": "/accessLogSettings"},
        {"op": "replace", "path": "/variables/c", "value": "3"},
    ]


def test_entries_of_lists_are_added_and_removed(world: World) -> None:
    """What stays in a list is left alone; an entry is its members with colons between them."""
    layout = _layout(world, "UpdateUsagePlan")
    one, two, three = ({"api_id": "a", "stage": name} for name in ("one", "two", "three"))
    assert layout.operations({"api_stages": (one, two)}, {"api_stages": (two, three)}) == [
        {"op": "remove", "path": "/apiStages", "value": "a:one"},
        {"op": "add", "path": "/apiStages", "value": "a:three"},
    ]


def test_what_the_api_lacks_is_refused(world: World) -> None:
    """Nothing is lost in silence, neither at the top nor inside an entry."""
    with pytest.raises(NoPlaceError):
        _layout(world, "UpdateStage").operations({}, {"never_heard_of": 1})
    with pytest.raises(NoPlaceError):
        _layout(world, "UpdateUsagePlan").operations({}, {"api_stages": ({"api_id": "a", "throttles": ()},)})


def test_error_does_not_say_the_value_of_a_parameter(world: World) -> None:
    """boto3 repeats a wrong parameter, which may be a secret."""
    handle = world.handle("aws:secretsmanager/secretVersion:SecretVersion")
    with pytest.raises(CloudError, match="SecretString") as caught:
        handle.call("put_secret_value", {"SecretId": "a", "SecretString": ["the value"]}, "it")
    assert "the value" not in str(caught.value)
