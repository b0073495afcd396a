"""A process of ours that an engine started: it serves on this machine, says where, and ends with the engine."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

_LOOK_SECONDS = 1.0
_ANY_SIZE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def started(add: Callable[[grpc.Server], None], workers: int) -> tuple[grpc.Server, int]:
    """A started server on 127.0.0.1, and its port. `add` gives it what it serves."""
    server = grpc.server(ThreadPoolExecutor(workers), options=_ANY_SIZE)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(server: grpc.Server, port: int, engine: int, grace_seconds: float) -> None:
    """Say the port, and serve until the engine of a process number is gone, even by kill -9."""
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # the engine interrupts when it needs us no more, and so does a person: what runs may finish and be recorded
    with contextlib.suppress(KeyboardInterrupt):
        while os.getppid() == engine:
            time.sleep(_LOOK_SECONDS)
    server.stop(grace_seconds).wait()
