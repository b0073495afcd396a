from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egov_infra.cloud.handle import Handle
from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.error import FailedError
from egov_infra.engine.judged import UnjudgedResourceError, refuse_unjudged
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.rehearsal import TARGET, apply_stack
from egov_infra.engine.run import Applied
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import SecretRef, Value

ACCOUNT, REGION = "110000000003", "af-south-1"
NAME = "erb-gateway-connection"


def _plan(key: Value = SecretRef("erb/key"), description: str = "d") -> StackPlan:  # noqa: B008 - frozen
    """A connection that sends a key along, what uses it, and a queue that has nothing to do with it."""
    stack = StackBuilder("erb.gateway", "erb", ACCOUNT, REGION)
    add = stack.at("gateway")
    connection = add(
        "cloudwatch.EventConnection",
        "connection",
        name="erb-hook",
        description=description,
        authorization_type="API_KEY",
        auth_parameters={"api_key": {"key": "X-Key", "value": key}},
    )
    add(
        "cloudwatch.EventApiDestination",
        "destination",
        name="erb-hook",
        connection_arn=connection.arn,
        http_method="POST",
        invocation_endpoint="https://register.erb.go.tz/callback",
        invocation_rate_limit_per_second=20,
    )
    add("sqs.Queue", "queue", name="erb-queue")
    return stack.build({"connection": connection.arn})


def _none(_stack: str) -> Mapping[str, Any]:
    return {}


def _apply(plan: StackPlan, store: Store, cloud: Cloud) -> Applied:
    return apply_stack(plan, store, cloud, _none, lambda *_: None)


def _preview(plan: StackPlan, store: Store, cloud: Cloud | None) -> Preview:
    reader = SecretReader(cloud) if cloud else None
    return preview_stack(plan, store.load(plan.name), _none, reader)


def _changes(plan: StackPlan, store: Store, cloud: Cloud | None) -> list[tuple[Action, str, tuple[str, ...]]]:
    return [(step.action, step.name, step.properties) for step in _preview(plan, store, cloud).changes]


def _keep(cloud: Cloud, value: str, name: str = "erb/key") -> None:
    client = cloud.client("secretsmanager", ACCOUNT, REGION)
    names = [item["Name"] for item in client.list_secrets()["SecretList"]]
    if name in names:
        client.put_secret_value(SecretId=name, SecretString=value)
    else:
        client.create_secret(Name=name, SecretString=value)


def _sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that the cloud is given from now on."""
    found: list[str] = []
    real = Handle.call

    def call(handle: Handle, operation: str, params: Mapping[str, Any], *args: Any, **more: Any) -> Any:
        if operation in ("create_connection", "update_connection"):
            found.append(params["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyValue"])
        return real(handle, operation, params, *args, **more)

    monkeypatch.setattr(Handle, "call", call)
    return found


def _holding(folder: Path, *texts: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if any(text.encode() in path.read_bytes() for text in texts)]


def test_value_reaches_the_cloud_and_nothing_else(
    cloud: Cloud, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation is an update, and nothing else is one; no file ever holds a value, not even the journal."""
    sent = _sent(monkeypatch)
    kept: list[str] = []
    monkeypatch.setattr(Store, "save", lambda *_: kept.extend(_holding(tmp_path, "kilimanjaro", "meru")))
    _keep(cloud, "kilimanjaro-5895")
    assert _apply(_plan(), store, cloud).errors == ()  # leaves its journal, as if it was killed
    monkeypatch.undo()
    sent += _sent(monkeypatch)
    assert kept == _holding(tmp_path, "kilimanjaro") == []
    assert _apply(_plan(), store, cloud).counts == {Action.SAME: 3}
    assert _changes(_plan(), store, cloud) == []
    _keep(cloud, "meru-4566")
    change = (Action.UPDATE, NAME, ("auth_parameters",))
    assert _changes(_plan(), store, cloud) == [change]
    assert _apply(_plan(), store, cloud).counts == {Action.SAME: 2, Action.UPDATE: 1}
    assert _changes(_plan(), store, cloud) == []
    assert sent == ["kilimanjaro-5895"]
    assert _holding(tmp_path, "kilimanjaro", "meru") == []


def test_cloud_gets_what_is_kept_now(cloud: Cloud, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another property is what changed."""
    sent = _sent(monkeypatch)
    _keep(cloud, "kilimanjaro-5895")
    _apply(_plan(), store, cloud)
    _keep(cloud, "meru-4566")
    _apply(_plan(), store, cloud)
    _apply(_plan(description="other"), store, cloud)
    assert sent == ["kilimanjaro-5895", "meru-4566", "meru-4566"]


def test_made_up_secret_gives_way_to_a_kept_one(
    cloud: Cloud, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first needs nobody to put anything in; whoever does sees the update."""
    sent = _sent(monkeypatch)
    assert _apply(_plan(), store, cloud).errors == ()
    assert _apply(_plan(), store, cloud).counts == {Action.SAME: 3}
    _keep(cloud, "kilimanjaro-5895")
    assert _apply(_plan(), store, cloud).counts == {Action.SAME: 2, Action.UPDATE: 1}
    assert [value.partition("-")[0] for value in sent] == ["rehearsal", "kilimanjaro"]


@pytest.mark.parametrize("is_reached", [True, False])
def test_preview_sees_another_secret(cloud: Cloud, store: Store, is_reached: bool) -> None:
    """With a cloud or without: the record names the secret, so that one that comes, goes or changes shows."""
    reached = cloud if is_reached else None
    _apply(_plan(), store, cloud)
    change = (Action.UPDATE, NAME, ("auth_parameters",))
    assert _changes(_plan(), store, reached) == []
    assert _changes(_plan(SecretRef("erb/other")), store, reached) == [change]
    assert _changes(_plan("none"), store, reached) == [change]
    _apply(_plan("none"), store, cloud)
    assert _changes(_plan(), store, reached) == [change]


def test_digest_covers_the_reference(cloud: Cloud, store: Store) -> None:
    """The plan's digest is that of the name; the digest to approve changes when a value does."""
    assert plan_digest(_plan()) != plan_digest(_plan(SecretRef("erb/other")))
    _apply(_plan(), store, cloud)
    before = _preview(_plan(), store, cloud).digest
    assert before == _preview(_plan(), store, None).digest
    _keep(cloud, "kilimanjaro-5895")
    assert _preview(_plan(), store, cloud).digest != before


def test_unreadable_secret_leaves_nothing_half_made(cloud: Cloud, store: Store) -> None:
    """One line names it; the preview shows a change, for nobody can say that there is none."""
    _apply(_plan(), store, cloud)
    client = cloud.client("secretsmanager", ACCOUNT, REGION)
    client.create_secret(Name="erb/key", SecretBinary=b"\x00")
    assert _changes(_plan(), store, cloud) == [(Action.UPDATE, NAME, ("auth_parameters",))]
    plan = _plan(description="other")
    with pytest.raises(FailedError) as failed:
        _apply(plan, store, cloud)
    assert str(failed.value) == (
        "erb.gateway: secret erb/key of account 110000000003, region af-south-1 cannot be read: "
        "NoText: it holds no text"
    )
    assert store.load("erb.gateway").by_name()[NAME].inputs["description"] == "d"


def test_error_of_the_cloud_does_not_show_the_value(
    cloud: Cloud, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS repeats a value that it refuses."""
    _keep(cloud, "kilimanjaro-5895")
    client = cloud.client("events", ACCOUNT, REGION)

    def refuse(**params: Any) -> Any:
        value = params["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyValue"]
        error = {"Code": "ValidationException", "Message": f"Value '{value}' at 'apiKeyValue' failed"}
        raise client.exceptions.ClientError({"Error": error}, "CreateConnection")

    monkeypatch.setattr(client, "create_connection", refuse)
    applied = _apply(_plan(), store, cloud)
    (error,) = applied.errors
    assert error == (
        f"aws:cloudwatch/eventConnection:EventConnection {NAME}: create_connection failed: "
        "ValidationException: Value '[secret]' at 'apiKeyValue' failed"
    )
    assert list(store.load("erb.gateway").pending) != []
    assert _holding(tmp_path, "kilimanjaro") == []
    monkeypatch.undo()
    assert _apply(_plan(), store, cloud).errors == ()


@pytest.mark.parametrize(
    ("judged", "is_refused"),
    [(SecretRef("erb/key"), False), ("none", True), (None, True)],
)
def test_secret_is_compared_with_what_was_judged(
    judged: Value, is_refused: bool, cloud: Cloud, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in clear where a reference was judged stops the program, and a reference where a text was."""
    seen = _patched(judged)
    monkeypatch.setattr(
        "egov_infra.engine.program.refuse_unjudged", lambda _plan, providers: refuse_unjudged(seen, providers)
    )
    if not is_refused:
        assert _apply(_plan(), store, cloud).errors == ()
        monkeypatch.setattr("egov_infra.engine.program._read", lambda *_: "kilimanjaro-5895")
    with pytest.raises(UnjudgedResourceError, match=f"{NAME}: auth_parameters is not what was judged"):
        _apply(_plan(), store, cloud)


def _patched(key: Value) -> StackPlan:
    plan = _plan()
    first, *others = plan.resources
    inputs = {**first.inputs, "auth_parameters": {"api_key": {"key": "X-Key", "value": key}}}
    return replace(plan, resources=(replace(first, inputs=inputs), *others))


def test_state_is_sealed_as_a_secret(cloud: Cloud, store: Store, tmp_path: Path) -> None:
    """The whole property stays marked, so that Pulumi's CLI encrypts what it imports."""
    _keep(cloud, "kilimanjaro-5895")
    _apply(_plan(), store, cloud)
    entry = store.load("erb.gateway").by_name()[NAME]
    assert entry.secrets == {"authParameters"}
    assert entry.inputs["authParameters"]["apiKey"]["value"].startswith("egov-secret:erb/key:")
    assert "kilimanjaro" not in (tmp_path / TARGET / "erb.gateway.json").read_text()
