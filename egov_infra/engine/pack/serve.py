"""The pack as a process, which the engine starts for `--policy-pack`: it serves on this machine, and says where."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from egov_infra.engine.gate import Gate
from egov_infra.engine.pack.servicer import PolicyPack
from egov_infra.engine.service import serve, started
from egov_infra.manifest.load import ESTATE_FILE
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

ESTATE = "EGOV_INFRA_ESTATE"
"""Environment variable: folder of the estate, where neither configuration nor place tells."""
_BESIDE = ("estate", "stacks/estate", ".")
_WORKERS = 4
_GRACE_SECONDS = 5.0


def find_estate_for(pack: pathlib.Path, named: str | None) -> pathlib.Path:
    """The folder of the estate: named, or beside the folder of the pack. Raises InputError.

    A relative name starts from the folder that holds that of the pack.
    """
    around = pack.absolute().parent
    if said := named or os.environ.get(ESTATE):
        return around / said
    for name in _BESIDE:
        if (around / name / ESTATE_FILE).is_file():
            return around / name
    message = f"no estate beside it: set `egov:estate` in the stack's configuration, or {ESTATE}"
    raise InputError([Diagnostic(Place(str(pack)), "estate-missing", message)])


def serving(pack: PolicyPack) -> tuple[grpc.Server, int]:
    """A started server of a pack, on 127.0.0.1, and its port."""
    return started(lambda server: analyzer_pb2_grpc.add_AnalyzerServicer_to_server(pack, server), _WORKERS)


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine that started this process is gone. Arguments: the engine's address, the pack's folder."""
    engine = os.getppid()
    folder = pathlib.Path(arguments[-1])
    pack = PolicyPack(lambda named: Gate.of(find_estate_for(folder, named), folder))
    server, port = serving(pack)
    serve(server, port, engine, _GRACE_SECONDS)
