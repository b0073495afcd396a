"""Amazon S3."""

from __future__ import annotations

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding

HOLDINGS = (
    Holding(
        "bucket",
        "s3",
        Call("list_buckets", at="Buckets[].{id: Name}", is_paged=True),
        "holds data that nobody classified",
        types=("aws:s3/bucket:Bucket",),
        is_global=True,
    ),
)
