from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest

from egov_infra.cloud.rehearsal import running, start, stop
from egov_infra.cloud.session import Cloud


def test_server_lives_between_commands_on_this_machine_only(tmp_path: Path) -> None:
    """Started once, found again, reached by a second client, gone after stop; S3 Control reaches it too."""
    assert running(tmp_path) is None
    server = start(tmp_path)
    try:
        assert server.endpoint.startswith("http://127.0.0.1:")
        assert start(tmp_path) == running(tmp_path) == server
        first, second = Cloud(server.endpoint), Cloud(server.endpoint)
        assert first.cloud_id == second.cloud_id
        first.client("s3", "110000000002", "us-east-1").create_bucket(Bucket="kept")
        listed = second.client("s3", "110000000002", "us-east-1").list_buckets()["Buckets"]
        assert [item["Name"] for item in listed] == ["kept"]
        control = first.client("s3control", "110000000002", "us-east-1")
        blocks = {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        control.put_public_access_block(AccountId="110000000002", PublicAccessBlockConfiguration=blocks)
        found = control.get_public_access_block(AccountId="110000000002")
        assert found["PublicAccessBlockConfiguration"] == blocks
    finally:
        assert stop(tmp_path) == server
    assert running(tmp_path) is None


def test_proxy_of_the_environment_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a government's proxy the server on this machine is found all the same, and the proxy hears nothing."""
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps what an earlier test saw
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        server = start(tmp_path)
        try:
            assert running(tmp_path) == server
            Cloud(server.endpoint).client("s3", "110000000002", "us-east-1").list_buckets()
        finally:
            stop(tmp_path)
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
