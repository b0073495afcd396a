"""The plugin as a process: it serves on this machine, says where, and ends with the engine that started it."""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Sequence

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from egov_infra.cloud.rehearsal import running
from egov_infra.cloud.session import Cloud
from egov_infra.engine.error import FailedError
from egov_infra.engine.provider.servicer import RehearsalProvider
from egov_infra.engine.service import serve, started

_WORKERS = 8
_GRACE_SECONDS = 30.0


def connect(state: pathlib.Path) -> Cloud:
    """The rehearsal cloud that an estate's state folder speaks of. Raises FailedError if it does not run."""
    server = running(state)
    if server is None:
        raise FailedError(f"no rehearsal cloud runs for {state.parent}; `egov-infra cloud start` starts one")
    return Cloud(server.endpoint)


def serving(provider: RehearsalProvider) -> tuple[grpc.Server, int]:
    """A started server of a provider, on 127.0.0.1, and its port."""
    return started(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server), _WORKERS
    )


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine that started this process is gone, even by kill -9.

    The first argument is the state folder of an estate; the engine adds its address, which nothing here needs.
    """
    engine = os.getppid()
    state = pathlib.Path(arguments[0]).resolve()
    server, port = serving(RehearsalProvider(lambda: connect(state)))
    serve(server, port, engine, _GRACE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1:])
