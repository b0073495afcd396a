from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from egov_infra.audit.known import Known
from egov_infra.audit.record import Undeclared, Unknown
from egov_infra.audit.undeclared import find_undeclared
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.plan.resource import StackPlan
from tests.audit.stacks import ACCOUNT, REGION, sample

OTHER = "110000000003"


def _find(
    cloud: Cloud, store: Store, *places: tuple[str, str]
) -> tuple[tuple[Undeclared, ...], tuple[Unknown, ...]]:
    with ThreadPoolExecutor(4) as pool:
        known = Known(store.load(stack) for stack in store.stacks())
        return find_undeclared(cloud, places, known, pool)


def test_what_is_applied_is_declared_where_it_is(
    make: Callable[[StackPlan], None], store: Store, cloud: Cloud
) -> None:
    """A bucket, a zone and an API of a stack are not listed, but others beside them are, each once."""
    make(sample())
    places = ((ACCOUNT, REGION), (ACCOUNT, "us-east-1"), (OTHER, REGION))
    assert _find(cloud, store, *places) == ((), ())
    cloud.client("s3", ACCOUNT, "us-east-1").create_bucket(Bucket="shadow")
    cloud.client("sesv2", OTHER, REGION).create_email_identity(EmailIdentity="shadow.go.tz")
    cloud.client("iam", ACCOUNT, REGION).create_user(UserName="shadow")
    undeclared, unknown = _find(cloud, store, *places)
    assert [(item.account, item.region, item.kind, item.id) for item in undeclared] == [
        (ACCOUNT, "us-east-1", "bucket", "shadow"),
        (ACCOUNT, "us-east-1", "user", "shadow"),
        (OTHER, REGION, "mail identity", "shadow.go.tz"),
    ]
    assert str(undeclared[0]) == f"{ACCOUNT} us-east-1 bucket shadow: holds data that nobody classified"
    assert unknown == ()


def test_what_may_not_be_listed_is_unknown(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Want of permission for one kind in one account is said, and the others are listed all the same."""
    cloud.client("iam", ACCOUNT, REGION).create_user(UserName="shadow")
    client = cloud.client("s3", ACCOUNT, "us-east-1")

    def refuse(operation: str, _params: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    monkeypatch.setattr(client, "_make_api_call", refuse)
    undeclared, unknown = _find(cloud, store, (ACCOUNT, REGION), (OTHER, REGION))
    assert [item.id for item in undeclared] == ["shadow"]
    assert unknown == (
        Unknown(
            ACCOUNT,
            "us-east-1",
            "bucket",
            f"bucket in account {ACCOUNT}, us-east-1: list_buckets failed: AccessDenied: no",
        ),
    )
