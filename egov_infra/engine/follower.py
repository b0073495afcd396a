"""What the Pulumi CLI says while it works on a stack, as steps, counts and clean errors.

Events: `sdk/go/common/apitype/events.go` of Pulumi. A step that fails is told by a diagnostic on its resource.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from pulumi.automation.events import DiagnosticEvent, EngineEvent, OpType, StepEventMetadata

from egov_infra.engine.checkpoint import STACK_TYPE
from egov_infra.engine.preview import Action

_ACTIONS: Mapping[OpType, Action] = {
    # a replacement also tells of `replace` and `delete-replaced`: it is one step
    OpType.SAME: Action.SAME,
    OpType.CREATE: Action.CREATE,
    OpType.UPDATE: Action.UPDATE,
    OpType.CREATE_REPLACEMENT: Action.REPLACE,
    OpType.DELETE: Action.DELETE,
}
_COLOUR = re.compile(r"<\{%[^%]*%\}>")
_WRONG_ACCOUNT = re.compile(r"account id not allowed", re.IGNORECASE)
"""How the official provider refuses an account that is not among its `allowed_account_ids`."""
_OVERALL = ("update failed", "destroy failed")


class Follower:
    """Listens to one operation on one stack. Called from a thread of the Automation API; it must not raise."""

    def __init__(self, stack: str, told: Callable[[Action, str, str], None]) -> None:
        """`told` hears of each finished step: action, type, logical name."""
        self._stack = stack
        self._told = told
        self.counts: Counter[Action] = Counter()
        self.errors: list[str] = []
        self.refusals: list[str] = []

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.res_outputs_event is not None:
            self._finish(event.res_outputs_event.metadata)
        elif event.diagnostic_event is not None and event.diagnostic_event.severity == "error":
            self._fail(event.diagnostic_event)

    def _finish(self, step: StepEventMetadata) -> None:
        action = _ACTIONS.get(step.op)
        if action is not None and step.type.startswith("aws:"):
            self.counts[action] += 1
            self._told(action, step.type, step.urn.rpartition("::")[2])

    def _fail(self, diagnostic: DiagnosticEvent) -> None:
        text = _COLOUR.sub("", diagnostic.message).strip()
        if _WRONG_ACCOUNT.search(text):
            self.refusals.append(text)
        elif text not in _OVERALL:
            whose = _label(diagnostic.urn) or f"{self._stack}:"
            self.errors.append(text if text.startswith(whose) else f"{whose} {text}")


def _label(urn: str | None) -> str:
    """Type and logical name of a resource, as our own errors have them; empty for the program itself."""
    if not urn or f"::{STACK_TYPE}::" in urn:
        return ""
    return f"{urn.split('::')[2].rpartition('$')[2]} {urn.rpartition('::')[2]}:"
