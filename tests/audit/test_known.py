from __future__ import annotations

from collections.abc import Callable

from egov_infra.audit.known import Known
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan
from tests.audit.conftest import forget_all_but_ids

HERE, THERE, ELSEWHERE = "110000000002", "110000000003", "110000000004"
IDENTITY = "aws:sesv2/emailIdentity:EmailIdentity"


def _stack() -> StackPlan:
    """One name in two accounts, each in another region."""
    stack = StackBuilder("erb.sample", "erb", HERE, "af-south-1")
    for role, account, region in (
        ("here", HERE, "af-south-1"),
        ("there", THERE, "us-east-1"),
    ):
        stack.at(account=account, region=region)("sesv2.EmailIdentity", role, email_identity="erb.go.tz")
    return stack.build()


def test_id_is_known_in_its_account_and_region_only(make: Callable[[StackPlan], None], store: Store) -> None:
    """The same name in another account or region is another thing, and so is another type."""
    make(_stack())
    known = Known([store.load("erb.sample")])
    asked = {
        (account, region): known.has(account, IDENTITY, "erb.go.tz", region)
        for account in (HERE, THERE, ELSEWHERE)
        for region in ("af-south-1", "us-east-1", None)
    }
    assert {place for place, is_known in asked.items() if is_known} == {
        (HERE, "af-south-1"),
        (HERE, None),
        (THERE, "us-east-1"),
        (THERE, None),
    }
    assert not known.has(HERE, "aws:sesv2/configurationSet:ConfigurationSet", "erb.go.tz", None)
    assert not known.has(HERE, IDENTITY, "other.go.tz", None)


def test_what_is_left_to_delete_is_known(make: Callable[[StackPlan], None], store: Store) -> None:
    """Somebody declared it once, and the state still has it; ids are enough."""
    make(_stack())
    forget_all_but_ids(store)
    checkpoint = store.load("erb.sample")
    assert Known([checkpoint]).has(HERE, IDENTITY, "erb.go.tz")
    assert not Known([]).has(HERE, IDENTITY, "erb.go.tz")
