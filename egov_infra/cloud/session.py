"""boto3 clients for an account and region; in a rehearsal they can reach nothing but this machine."""

from __future__ import annotations

import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from egov_infra.cloud.calling import call

LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
CLOUD_ID_PARAMETER = "/egov-infra/cloud-id"
_HOME = ("123456789012", "us-east-1")  # moto's own account keeps the cloud's id
_FAKE_KEY = "rehearsal"
_MAX_CLIENTS = 64
"""Clients kept: each takes more than half a megabyte, and an estate has thousands of services in accounts."""
# AWS throttles each API by account and region, some tightly (Route 53: five requests a second), which is what a client
# stands for here: in this mode it slows down by itself once it was throttled, whatever the number of threads.
_RETRIES = {"mode": "adaptive", "total_max_attempts": 5}

NO_ACCOUNT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_ACM_VALIDATION_WAIT": "0",  # certificates are issued at once; read when moto is imported
}
"""Environment of a process that runs moto: nothing in it leads to an account."""


class NotLoopbackError(ValueError):
    """A rehearsal was pointed at something that is not this machine."""


class Cloud:
    """Clients by service, account and region. `cloud_id` tells a cloud from a later one at the same address."""

    def __init__(self, endpoint: str | None, cloud_id: str = "") -> None:
        """`endpoint` is a moto server on this machine, or None for moto in this process (see `in_process`).

        The cloud is asked for its id unless that is known.
        """
        if endpoint is not None and urlsplit(endpoint).hostname not in LOOPBACK:
            raise NotLoopbackError(f"a rehearsal reaches this machine only, not {endpoint}")
        self._endpoint = endpoint
        self._clients: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
        self._keys: dict[str, tuple[str, str, str]] = {}
        self._lock = threading.RLock()
        self._session = _bare_session()
        self.cloud_id = cloud_id or self._read_id()

    @property
    def is_shared(self) -> bool:
        """Whether other processes can reach it too."""
        return self._endpoint is not None

    def afresh(self) -> Cloud:
        """The same cloud without anything that this process has opened: for a process that was forked from it."""
        return Cloud(self._endpoint, self.cloud_id)

    def client(self, service: str, account: str, region: str) -> Any:
        """A client that acts in an account and region. Raises CloudError if there is no way into the account.

        Making one costs tens of milliseconds: those last used are kept.
        """
        key = (service, account, region)
        if (
            found := self._clients.get(key)
        ) is not None:  # without the lock, which a call to moto in process holds
            with suppress(KeyError):  # another thread has just dropped it
                self._clients.move_to_end(key)
            return found
        with self._lock:
            if key not in self._clients:
                client = self._make(service, region, self._account_keys(account))
                if self._endpoint is None:
                    _serialize(client, self._lock)
                elif service == "s3control":
                    client.meta.events.register("before-send.s3-control", _without_account(self._endpoint))
                self._clients[key] = client
                if len(self._clients) > _MAX_CLIENTS:
                    self._clients.popitem(last=False)
            return self._clients[key]

    def _account_keys(self, account: str) -> tuple[str, str, str]:
        if account not in self._keys:
            role = {
                "RoleArn": f"arn:aws:iam::{account}:role/egov-infra",
                "RoleSessionName": "rehearsal",
            }
            answer = call(self._token_service, "assume_role", role, "account", account)
            found = answer["Credentials"]
            self._keys[account] = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return self._keys[account]

    @cached_property
    def _token_service(self) -> Any:
        return self._make("sts", _HOME[1], (_FAKE_KEY, _FAKE_KEY, ""))

    def _make(self, service: str, region: str, keys: tuple[str, str, str]) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - plans and previews load no boto3

        return self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1],
            aws_session_token=keys[2] or None,
            config=Config(
                ignore_configured_endpoint_urls=True,
                proxies={},
                retries=_RETRIES,
                s3={"addressing_style": "path"},
                user_agent_extra="egov-infra",
            ),
        )

    def _read_id(self) -> str:
        store = self._make("ssm", _HOME[1], (_FAKE_KEY, _FAKE_KEY, ""))
        try:
            return str(store.get_parameter(Name=CLOUD_ID_PARAMETER)["Parameter"]["Value"])
        except store.exceptions.ParameterNotFound:
            identifier = secrets.token_hex(8)
            store.put_parameter(Name=CLOUD_ID_PARAMETER, Value=identifier, Type="String")
            return identifier


def _without_account(endpoint: str) -> Callable[..., None]:
    """S3 Control puts the account before the host; before 127.0.0.1 that is no host."""

    def send_to_endpoint(request: Any, **_more: Any) -> None:
        request.url = endpoint + urlsplit(request.url)._replace(scheme="", netloc="").geturl()

    return send_to_endpoint


def _serialize(client: Any, lock: AbstractContextManager[object]) -> None:
    """One call at a time: moto in this process is not made for threads, and they gain nothing there."""
    call = client._make_api_call  # noqa: SLF001 - the one place that every operation passes

    def one_at_a_time(operation: str, params: Any) -> Any:
        with lock:
            return call(operation, params)

    client._make_api_call = one_at_a_time  # noqa: SLF001


def _bare_session() -> Any:
    """A session that reads no profile, no file and no metadata of this machine."""
    import boto3  # noqa: PLC0415 - plans and previews load no boto3
    import botocore.session  # noqa: PLC0415

    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, "/dev/null")
    session.set_config_variable("metadata_service_num_attempts", 0)
    return boto3.Session(botocore_session=session)


@contextmanager
def in_process() -> Iterator[Cloud]:
    """A rehearsal cloud inside this process; it opens no socket and is gone at the end."""
    from unittest.mock import patch  # noqa: PLC0415 - loads asyncio

    with patch.dict(os.environ):  # moto's own modules make sessions when they are first imported
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= NO_ACCOUNT
        from moto import mock_aws  # noqa: PLC0415 - half a second that a server's client need not pay

        from egov_infra.cloud.correction import correct_moto  # noqa: PLC0415

        correct_moto()
        with mock_aws():
            yield Cloud(None)
