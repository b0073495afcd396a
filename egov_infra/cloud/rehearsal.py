"""The rehearsal cloud as a local server, so that it lives between commands."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from egov_infra.cloud.session import NO_ACCOUNT, Cloud
from egov_infra.source.atomic_file import write_atomically

_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running rehearsal cloud."""

    pid: int
    endpoint: str


class StartError(Exception):
    """The server did not come up."""


def _file(state: pathlib.Path) -> pathlib.Path:
    return state / "cloud.json"


def running(state: pathlib.Path) -> Server | None:
    """The server of a state folder, if it is alive and answers."""
    try:
        recorded = json.loads(_file(state).read_bytes())
        server = Server(int(recorded["pid"]), str(recorded["endpoint"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if _answers(server.endpoint) else None


def _answers(endpoint: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach this machine
    try:
        with direct.open(f"{endpoint}/moto-api/config", timeout=5):
            return True
    except OSError:
        return False


def start(state: pathlib.Path) -> Server:
    """Start a server on 127.0.0.1, at a free port. Raises StartError."""
    if (server := running(state)) is not None:
        return server
    state.mkdir(parents=True, exist_ok=True)
    log = state / "cloud.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "egov_infra.cloud.server"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stream,
            env={
                **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
                **NO_ACCOUNT,
            },
            start_new_session=True,
        )
    assert process.stdout is not None
    with process.stdout as stdout:
        endpoint = stdout.readline().decode().strip()
    until = time.monotonic() + _WAIT_SECONDS
    while endpoint and time.monotonic() < until:
        if _answers(endpoint):
            content = json.dumps({"pid": process.pid, "endpoint": endpoint}).encode()
            write_atomically(_file(state), content)
            process.returncode = 0  # it outlives us: nobody is to wait for it
            return Server(process.pid, endpoint)
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise StartError(f"the rehearsal cloud did not start; see {log}")


@contextlib.contextmanager
def serving(state: pathlib.Path) -> Iterator[Cloud]:
    """A server for as long as this lasts. Raises StartError."""
    server = start(state)
    try:
        yield Cloud(server.endpoint)
    finally:
        stop(state)


def stop(state: pathlib.Path) -> Server | None:
    """Stop the server; everything in it is gone. Gives what was stopped, or None."""
    server = running(state)
    if server is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, signal.SIGTERM)
    _file(state).unlink(missing_ok=True)
    return server
