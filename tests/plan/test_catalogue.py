from __future__ import annotations

import pytest

from egov_infra.plan.catalogue import (
    CATALOGUE_FILE,
    ShapeError,
    UnknownTypeError,
    aws_type,
    camel,
    from_wire,
    to_wire,
    tokens,
)


def test_is_what_pulumi_aws_says_today() -> None:
    """The committed catalogue is not stale; `python -m egov_infra.engine.describe_types` writes it anew."""
    from egov_infra.engine.describe_types import describe, listed

    assert CATALOGUE_FILE.read_text(encoding="utf-8") == describe(listed())


def test_every_type_compiles() -> None:
    """Each token of the catalogue gives a type that knows its own name."""
    assert [aws_type(token).token for token in tokens()] == list(tokens())


def test_misspelt_type_is_told_what_was_meant() -> None:
    """An unknown type names the nearest one."""
    with pytest.raises(UnknownTypeError, match=r"no AWS type 's3.Buckets' .* did you mean 's3.Bucket'\?"):
        aws_type("s3.Buckets")


def test_wire_names_go_there_and_back() -> None:
    """Nested names change case, free keys such as tags do not."""
    inputs = {
        "bucket": "b",
        "rules": [
            {"id": "keep", "status": "Enabled", "noncurrent_version_expiration": {"noncurrent_days": 30}}
        ],
    }
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    wired = to_wire(token, inputs)
    assert wired == {
        "bucket": "b",
        "rules": [{"id": "keep", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}],
    }
    assert from_wire(token, wired) == inputs
    assert to_wire("aws:kms/key:Key", {"tags": {"cost-code": "x_y"}}) == {"tags": {"cost-code": "x_y"}}


def test_outputs_that_are_no_inputs_change_case_too() -> None:
    """A certificate's proofs reach the program under the names that it reads."""
    outputs = {"domain_validation_options": [{"resource_record_name": "x"}]}
    assert to_wire("aws:acm/certificate:Certificate", outputs) == {
        "domainValidationOptions": [{"resourceRecordName": "x"}]
    }


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            {"bucket": "b", "rules": ({"id": "x", "statu": "Enabled"},)},
            r"^rules\[0\]: no property 'statu'; did you mean 'status'\?$",
        ),
        ({"bucket": 1}, r"^bucket: expects text, has 1$"),
        ({"bucket": "b", "rules": {"id": "x"}}, r"^rules: expects a tuple"),
        ({"bucket": "b", "rules": ({"id": "x"},)}, r"^rules\[0\]: misses status$"),
        ({}, r"^misses bucket$"),
    ],
)
def test_wrong_shape_names_its_place(inputs: dict[str, object], message: str) -> None:
    """A wrong input is an error with the path to it."""
    with pytest.raises(ShapeError, match=message):
        aws_type("s3.BucketLifecycleConfiguration").check(inputs, [])  # type: ignore[arg-type]


def test_camel_case_keeps_digits() -> None:
    """Names with digits have the wire names that pulumi_aws gives them."""
    assert (camel("is_ipv6_enabled"), camel("name")) == ("isIpv6Enabled", "name")
