from __future__ import annotations

import pytest

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.preview import Action, Step, changed_properties, preview_stack
from egov_infra.engine.rehearsal import apply_stack
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan

TOKEN = "aws:cloudwatch/logGroup:LogGroup"


def _plan(account: str, region: str) -> StackPlan:
    builder = StackBuilder("erb.tenancy.test", "erb", account, region)
    builder.at()("cloudwatch.LogGroup", "audit", name="/erb/audit", retention_in_days=30)
    return builder.build()


@pytest.mark.parametrize(
    ("account", "region", "moved"),
    [
        ("210000000018", "af-south-1", None),
        ("210000000017", "af-south-1", ("account",)),
        ("210000000018", "us-east-1", ("region",)),
        ("210000000017", "us-east-1", ("account", "region")),
    ],
)
def test_move_is_shown_as_a_replacement(
    store: Store, cloud: Cloud, account: str, region: str, moved: tuple[str, ...] | None
) -> None:
    """What was made elsewhere goes, so the guard must see it, though every input stays as it was."""
    apply_stack(_plan("210000000018", "af-south-1"), store, cloud, lambda _: {}, lambda *_: None)
    shown = preview_stack(_plan(account, region), store.load("erb.tenancy.test"), lambda _: {})
    assert shown.changes == (
        () if moved is None else (Step(Action.REPLACE, TOKEN, "erb-tenancy-test-audit", moved),)
    )


def test_false_in_a_document_is_not_zero() -> None:
    """To Python they are equal; to AWS one of them is an error."""
    assert changed_properties({"policy": '{"a":false}'}, {"policy": '{"a":0}'}) == ("policy",)
    assert changed_properties({"policy": '{"a":["x"]}'}, {"policy": '{"a":"x"}'}) == ()
