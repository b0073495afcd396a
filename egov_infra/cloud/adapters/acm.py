"""AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import TAGS, Codec


def _options(_identifier: str, inputs: Inputs, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Proofs in the order in which the names were declared."""
    names = [inputs.get("domain_name"), *(inputs.get("subject_alternative_names") or ())]
    by_name = {
        option["DomainName"]: option.get("ResourceRecord", {})
        for option in answer.get("DomainValidationOptions", ())
    }
    return [
        {
            "domain_name": name,
            "resource_record_name": record["Name"].rstrip("."),
            "resource_record_type": record["Type"],
            "resource_record_value": record["Value"],
        }
        for name in names
        if name is not None and (record := by_name.get(name))
    ]


def _find(client: Any, inputs: Inputs) -> str | None:
    wanted = {inputs["domain_name"], *(inputs.get("subject_alternative_names") or ())}
    for page in client.get_paginator("list_certificates").paginate():
        for summary in page["CertificateSummaryList"]:
            found = client.describe_certificate(CertificateArn=summary["CertificateArn"])["Certificate"]
            if {found["DomainName"], *found.get("SubjectAlternativeNames", ())} == wanted:
                return str(summary["CertificateArn"])
    return None


CERTIFICATE = Adapter(
    type="aws:acm/certificate:Certificate",
    service="acm",
    create="request_certificate",
    id=lambda answer, _inputs: str(answer["CertificateArn"]),
    read="describe_certificate",
    scope={"CertificateArn": "id"},
    answer="Certificate",
    find=_find,
    delete="delete_certificate",
    missing=frozenset(("ResourceNotFoundException",)),
    facets=(
        Facet(
            (
                Property("domain_name", "DomainName"),
                Property("validation_method", "ValidationMethod", "-"),
            ),
            on_create=True,
        ),
        Facet(
            (Property("subject_alternative_names", "SubjectAlternativeNames", "-", Codec(list, list)),),
            on_create=True,
        ),
        Facet(
            (Property("tags", "Tags", codec=TAGS),),
            put="add_tags_to_certificate",
            get="list_tags_for_certificate",
            scope={"CertificateArn": "id"},
        ),
    ),
    outputs={
        "arn": "CertificateArn",
        "status": "Status",
        "domain_validation_options": _options,
        # AWS lists the first name among the alternatives
        "subject_alternative_names": lambda _identifier, _inputs, answer: (
            sorted(set(answer.get("SubjectAlternativeNames", ())) - {answer.get("DomainName")}) or None
        ),
        "validation_method": lambda _identifier, _inputs, answer: next(
            (option["ValidationMethod"] for option in answer.get("DomainValidationOptions", ())), None
        ),
    },
    replaces=frozenset(("domain_name", "subject_alternative_names", "validation_method")),
)


def _read_validation(client: Any, identifier: str, inputs: Inputs) -> dict[str, Any] | None:
    try:
        client.describe_certificate(CertificateArn=identifier)
    except client.exceptions.ResourceNotFoundException:
        return None
    return {"certificate_arn": identifier, "validation_record_fqdns": inputs.get("validation_record_fqdns")}


def _await(client: Any, inputs: Inputs) -> str:
    """Wait until the certificate is issued: 60 times 5 s at most; the rehearsal cloud issues at once."""
    client.get_waiter("certificate_validated").wait(
        CertificateArn=inputs["certificate_arn"], WaiterConfig={"Delay": 5, "MaxAttempts": 60}
    )
    return str(inputs["certificate_arn"])


VALIDATION = Adapter(
    type="aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    custom=Custom(
        create=_await,
        read=_read_validation,
        update=None,
        delete=lambda _client, _identifier, _inputs: None,
        properties=frozenset(("certificate_arn", "validation_record_fqdns")),
        settable=frozenset(),
    ),
    replaces=frozenset(("certificate_arn", "validation_record_fqdns")),
)

ADAPTERS = (CERTIFICATE, VALIDATION)
