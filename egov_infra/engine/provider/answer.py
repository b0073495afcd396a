"""Answers of an RPC: a message, or one clean text that says what failed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from egov_infra.cloud.error import CloudError, UnknownPropertyError
from egov_infra.cloud.session import NotLoopbackError
from egov_infra.engine.error import FailedError
from egov_infra.engine.provider.configuration import ConfigurationError
from egov_infra.plan.catalogue import UnknownTypeError

_EXPECTED = (
    CloudError,
    ConfigurationError,
    FailedError,
    NotLoopbackError,
    UnknownPropertyError,
    UnknownTypeError,
)


class Hiding(Protocol):
    """A servicer that knows what must not be shown."""

    def hide(self, text: str) -> str:
        """A text for people, without the values of secrets."""


_Servicer = TypeVar("_Servicer", bound=Hiding)


class InitFailedError(Exception):
    """A resource is there, though not as declared: the engine records it and makes it whole the next time.

    The reason holds no secret's value.
    """

    def __init__(self, message: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__(message.reasons[0])
        self.message = message


class _Status(grpc.Status):  # type: ignore[misc]
    """A failure with details, as grpc.StatusCode.UNKNOWN."""

    def __init__(self, failure: InitFailedError) -> None:
        self.code = grpc.StatusCode.UNKNOWN
        self.details = str(failure)
        status = status_pb2.Status(code=self.code.value[0], message=self.details)
        status.details.add().Pack(failure.message)
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def clean(method: Callable[[_Servicer, Any], Any]) -> Callable[[_Servicer, Any, Any], Any]:
    """An RPC whose failure is a text without a traceback."""

    @functools.wraps(method)
    def answered(servicer: _Servicer, request: Any, context: Any) -> Any:
        try:
            return method(servicer, request)
        except InitFailedError as failure:
            status = _Status(failure)
        except _EXPECTED as error:
            return context.abort(grpc.StatusCode.UNKNOWN, servicer.hide(str(error)))
        except Exception as error:  # noqa: BLE001 - the engine must hear of it, whatever it is
            return context.abort(grpc.StatusCode.UNKNOWN, servicer.hide(f"{type(error).__name__}: {error}"))
        return context.abort_with_status(status)

    return answered
