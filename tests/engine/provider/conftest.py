"""The plugin, served over gRPC on this machine, as Pulumi's engine calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from egov_infra.cloud.session import Cloud
from egov_infra.engine.provider.serve import serving
from egov_infra.engine.provider.servicer import RehearsalProvider
from egov_infra.engine.wire import plain, struct

ACCOUNT = "110000000002"
REGION = "af-south-1"


@dataclass(frozen=True)
class Engine:
    """What the engine does with one resource after another. A failure raises grpc.RpcError."""

    stub: Any

    def urn(self, token: str, name: str = "thing") -> str:
        """Below a component, as all resources of ours are."""
        return f"urn:pulumi:erb.domain::egov::egov:index:MailDomain${token}::{name}"

    def check(self, token: str, **inputs: Any) -> list[tuple[str, str]]:
        """What is wrong with inputs."""
        answer = self.stub.Check(provider_pb2.CheckRequest(urn=self.urn(token), news=struct(inputs)))
        return [(failure.property, failure.reason) for failure in answer.failures]

    def create(self, token: str, *, preview: bool = False, **inputs: Any) -> tuple[str, dict[str, Any]]:
        """Id and outputs."""
        answer = self.stub.Create(
            provider_pb2.CreateRequest(urn=self.urn(token), properties=struct(inputs), preview=preview)
        )
        return answer.id, plain(answer.properties)

    def diff(self, token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        """What differs, as the engine is told."""
        return self.stub.Diff(
            provider_pb2.DiffRequest(urn=self.urn(token), old_inputs=struct(old), news=struct(new))
        )

    def update(
        self,
        token: str,
        identifier: str,
        outputs: Mapping[str, Any],
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        """Outputs after an update."""
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                urn=self.urn(token),
                id=identifier,
                olds=struct(outputs),
                old_inputs=struct(old),
                news=struct(new),
                preview=preview,
            )
        )
        return plain(answer.properties)

    def read(self, token: str, identifier: str, inputs: Mapping[str, Any]) -> Any:
        """The answer to a refresh, or without inputs to an import."""
        return self.stub.Read(
            provider_pb2.ReadRequest(urn=self.urn(token), id=identifier, inputs=struct(inputs))
        )

    def invoke(self, function: str, **arguments: Any) -> Any:
        """The answer of a function."""
        return self.stub.Invoke(provider_pb2.InvokeRequest(tok=function, args=struct(arguments)))

    def delete(self, token: str, identifier: str, inputs: Mapping[str, Any]) -> None:
        """Remove it."""
        self.stub.Delete(
            provider_pb2.DeleteRequest(urn=self.urn(token), id=identifier, old_inputs=struct(inputs))
        )


@pytest.fixture
def stub(cloud: Cloud) -> Iterator[Any]:
    """The plugin before it is configured."""
    server, port = serving(RehearsalProvider(lambda: cloud))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None).wait()


@pytest.fixture
def engine(stub: Any) -> Engine:
    """The plugin, configured for one account."""
    where = struct({"allowedAccountIds": f'["{ACCOUNT}"]', "region": REGION})
    answer = stub.Configure(provider_pb2.ConfigureRequest(args=where, acceptSecrets=True))
    assert (answer.acceptSecrets, answer.supportsPreview) == (True, True)
    return Engine(stub)
