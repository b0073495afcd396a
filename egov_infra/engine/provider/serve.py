"""The plugin as a process: it serves on this machine, says where, and ends with the engine that started it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from egov_infra.cloud.rehearsal import running
from egov_infra.cloud.session import Cloud
from egov_infra.engine.error import FailedError
from egov_infra.engine.provider.servicer import RehearsalProvider

_WORKERS = 8
_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 30.0
_ANY_SIZE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def connect(state: pathlib.Path) -> Cloud:
    """The rehearsal cloud that an estate's state folder speaks of. Raises FailedError if it does not run."""
    server = running(state)
    if server is None:
        raise FailedError(f"no rehearsal cloud runs for {state.parent}; `egov-infra cloud start` starts one")
    return Cloud(server.endpoint)


def serving(provider: RehearsalProvider) -> tuple[grpc.Server, int]:
    """A started server of a provider, on 127.0.0.1, and its port."""
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=_ANY_SIZE)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine that started this process is gone, even by kill -9.

    The first argument is the state folder of an estate; the engine adds its address, which nothing here needs.
    """
    engine = os.getppid()
    state = pathlib.Path(arguments[0]).resolve()
    server, port = serving(RehearsalProvider(lambda: connect(state)))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # the engine interrupts when it needs us no more, and so does a person: what runs may finish and be recorded
    with contextlib.suppress(KeyboardInterrupt):
        while os.getppid() == engine:
            time.sleep(_LOOK_SECONDS)
    server.stop(_GRACE_SECONDS).wait()


if __name__ == "__main__":
    main(sys.argv[1:])
