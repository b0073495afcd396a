"""AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call, given

CERTIFICATE = "aws:acm/certificate:Certificate"


def _validation(world: World) -> Mapping[str, Any]:
    arn = world.make(CERTIFICATE, domain_name="erb.go.tz", validation_method="DNS")
    return {"certificate_arn": arn, "validation_record_fqdns": ("_x.erb.go.tz",)}


LIFE_CYCLES = (
    LifeCycle(
        CERTIFICATE,
        given(
            domain_name="erb.go.tz",
            subject_alternative_names=("www.erb.go.tz", "a.erb.go.tz"),
            validation_method="DNS",
            key_algorithm="RSA_2048",
            tags=TAGS,
        ),
        {"tags": {"owner": "other"}},
        call("acm", "remove_tags_from_certificate", CertificateArn="{id}", Tags=[{"Key": "owner"}]),
        "tags",
    ),
    LifeCycle(
        "aws:acm/certificateValidation:CertificateValidation",
        _validation,
        None,
        call("acm", "delete_certificate", CertificateArn="{id}"),
        "",
    ),
)
