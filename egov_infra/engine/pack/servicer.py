"""Pulumi's analyzer protocol, spoken directly, so that each resource is converted once and unknown stays unknown.

The methods are the RPCs of the `Analyzer` service, by their names there (`pulumi/analyzer.proto`).
"""

# ruff: noqa: N802 - the names of the protocol

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

import egov_infra
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.gate import Gate
from egov_infra.engine.pack.describe import describe_pack
from egov_infra.engine.pack.review import Review
from egov_infra.engine.provider.answer import clean
from egov_infra.policy.outside import looks_outside
from egov_infra.source.diagnostic import InputError

OpenGate = Callable[[str | None], Gate]
"""Gives the gate of the estate that a stack's configuration names, or of the nearest one. Raises InputError, RefusedError."""


class PolicyPack(analyzer_pb2_grpc.AnalyzerServicer):
    """The rules of an estate's profile over what an engine is about to do to one stack."""

    def __init__(self, open_gate: OpenGate) -> None:
        self._open_gate = open_gate
        self._named: str | None = None
        self._stack = ""
        self._review: Review | None = None
        self._lock = threading.Lock()

    @clean
    def Handshake(self, _request: Any) -> Any:
        """Nothing to agree on."""
        return proto.AnalyzerHandshakeResponse()

    @clean
    def ConfigureStack(self, request: Any) -> Any:
        """Which stack it is, and which estate if its configuration says so (`egov:estate`)."""
        with self._lock:
            self._stack, self._review = request.stack, None
            named = request.config.get("egov:estate") or None
            if named != self._named:
                self._named = named
                self.__dict__.pop("_gate", None)
        return proto.AnalyzerStackConfigureResponse()

    @clean
    def GetPluginInfo(self, _request: Any) -> Any:
        """The version."""
        return plugin_pb2.PluginInfo(version=egov_infra.__version__)

    @clean
    def GetAnalyzerInfo(self, _request: Any) -> Any:
        """Every rule that looks at resources, under its own name."""
        with self._lock:
            gate = self._gate
            rules = (rule for rule in gate.policies.rules if looks_outside(rule.kind.name))
            return describe_pack(rules, gate.policies, gate.context.today)

    @clean
    def Configure(self, _request: Any) -> Any:
        """Nothing: what a rule does is the profile's to say, not the stack's."""
        return empty_pb2.Empty()

    @clean
    def Remediate(self, _request: Any) -> Any:
        """Nothing is changed on the way."""
        return proto.RemediateResponse()

    @clean
    def Analyze(self, request: Any) -> Any:
        """What is wrong with a resource, before anything is done to it."""
        with self._lock:
            return proto.AnalyzeResponse(diagnostics=self._reviewed(lambda review: review.one(request)))

    @clean
    def AnalyzeStack(self, request: Any) -> Any:
        """What is wrong with the stack as a whole, and what could not be said before."""
        with self._lock:
            return proto.AnalyzeResponse(
                diagnostics=self._reviewed(lambda review: review.whole(request.resources))
            )

    @clean
    def Cancel(self, _request: Any) -> Any:
        """Nothing is running that would take long."""
        return empty_pb2.Empty()

    def hide(self, text: str) -> str:
        """A text for people; no secret is ever read into one here."""
        return text

    def _reviewed(self, look: Callable[[Review], Any]) -> Any:
        if self._review is None:
            if not self._stack:
                raise FailedError("the engine has not said which stack this is")
            gate = self._gate
            try:
                self._review = Review(gate, self._stack)
            except InputError as error:
                raise FailedError(str(error)) from None
        return look(self._review)

    @cached_property
    def _gate(self) -> Gate:
        try:
            return self._open_gate(self._named)
        except (InputError, RefusedError) as error:
            raise FailedError(str(error)) from None
