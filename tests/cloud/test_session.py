from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff

from egov_infra.cloud import session
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.session import Cloud, NotLoopbackError, in_process

REAL = {
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_SESSION_TOKEN": "real-token",
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL": "https://aws.example.com",
    "AWS_REGION": "eu-west-1",
    "HTTPS_PROXY": "http://proxy.example.com:3128",
}


def test_credentials_of_a_real_account_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, profile, endpoint and proxy of the environment reach no client."""
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    with in_process() as cloud:
        client = cloud.client("s3", "110000000002", "af-south-1")
        keys = client._request_signer._credentials
        assert not {keys.access_key, keys.secret_key, keys.token} & set(REAL.values())
        assert "example.com" not in client.meta.endpoint_url
        assert (
            cloud.client("sts", "110000000002", "af-south-1").get_caller_identity()["Account"]
            == "110000000002"
        )


def test_moto_started_for_the_first_time_reads_no_profile() -> None:
    """Modules of moto make sessions when first imported: in a fresh process a profile that is not there does no harm."""
    script = (
        "from egov_infra.cloud.session import in_process\n"
        "with in_process() as cloud:\n"
        "    cloud.client('s3', '110000000002', 'us-east-1').create_bucket(Bucket='b-1')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **REAL},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_in_process_cloud_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal without a server never connects to anything."""

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with in_process() as cloud:
        client = cloud.client("s3", "110000000002", "us-east-1")
        client.create_bucket(Bucket="b-1")
        assert [item["Name"] for item in client.list_buckets()["Buckets"]] == ["b-1"]


@pytest.mark.parametrize(
    "endpoint", ["https://s3.amazonaws.com", "http://10.0.0.1:5000", "http://127.0.0.1.example.com"]
)
def test_rehearsal_reaches_this_machine_only(endpoint: str) -> None:
    """An endpoint elsewhere is refused before anything is sent."""
    with pytest.raises(NotLoopbackError):
        Cloud(endpoint)


def test_accounts_are_apart_and_each_cloud_has_its_own_id() -> None:
    """What one account makes, another does not see; a new cloud is told from the old one."""
    with in_process() as cloud:
        first = cloud.cloud_id
        assert Cloud(None).cloud_id == first
        cloud.client("sqs", "110000000002", "af-south-1").create_queue(QueueName="q")
        assert "QueueUrls" not in cloud.client("sqs", "110000000003", "af-south-1").list_queues()
    with in_process() as cloud:
        assert cloud.cloud_id != first


class _Body:
    """What a response is read from."""

    def __init__(self, text: str) -> None:
        self._text = text

    def stream(self, **_more: object) -> Iterator[bytes]:
        """All at once."""
        yield self._text.encode()


def test_throttled_call_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS throttles by account, region and API: the client waits, slows down and asks again."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_arguments: 0)
    refusals = 3
    asked = []

    def throttle(request: object, **_more: object) -> AWSResponse | None:
        asked.append(request)
        if len(asked) > refusals:
            return None
        error = "<ErrorResponse><Error><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>"
        return AWSResponse("http://aws", 400, {}, _Body(error))

    with in_process() as cloud:
        client = cloud.client("iam", "110000000002", "us-east-1")
        client.meta.events.register_first("before-send.iam", throttle)
        assert client.list_users()["Users"] == []
    assert len(asked) == refusals + 1


def test_few_clients_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last used ones stay: an estate has more accounts than memory has room for clients."""
    monkeypatch.setattr(session, "_MAX_CLIENTS", 2)
    accounts = ("110000000002", "110000000003", "110000000004")
    with in_process() as cloud:
        first, second = (cloud.client("sqs", account, "us-east-1") for account in accounts[:2])
        assert cloud.client("sqs", accounts[0], "us-east-1") is first
        cloud.client("sqs", accounts[2], "us-east-1")
        assert cloud.client("sqs", accounts[0], "us-east-1") is first
        assert cloud.client("sqs", accounts[1], "us-east-1") is not second


def test_account_that_lets_nobody_in_is_an_error_of_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that cannot be taken is named with its account; it is no fault of the program."""
    with in_process() as cloud:

        def refuse(**_more: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")

        monkeypatch.setattr(cloud._token_service, "assume_role", refuse)
        with pytest.raises(CloudError, match="account 110000000009: assume_role failed: AccessDenied: no"):
            cloud.client("sqs", "110000000009", "us-east-1")
