"""AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Tags


def _in_order(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    """Proofs in the order of the names; AWS lists the first name among the alternatives too."""
    names = [answer["DomainName"], *answer.get("SubjectAlternativeNames", ())]
    options = sorted(answer.get("DomainValidationOptions", ()), key=lambda o: names.index(o["DomainName"]))
    proofs = [
        {
            "DomainName": option["DomainName"],
            "ResourceRecordName": option["ResourceRecord"]["Name"].rstrip("."),
            "ResourceRecordType": option["ResourceRecord"]["Type"],
            "ResourceRecordValue": option["ResourceRecord"]["Value"],
        }
        for option in options
        if "ResourceRecord" in option
    ]
    others = [name for name in names[1:] if name != names[0]]
    return {**answer, "SubjectAlternativeNames": others, "Proofs": proofs, "Methods": options}


CERTIFICATE = Adapter(
    type="aws:acm/certificate:Certificate",
    service="acm",
    properties="domain_name subject_alternative_names validation_method key_algorithm tags",
    id="{certificate_arn}",
    create=Call("request_certificate"),
    reads=(Call("describe_certificate", at="Certificate"),),
    answers={"validation_method": "Methods[0].ValidationMethod"},
    tags=Tags(
        "add_tags_to_certificate",
        "remove_tags_from_certificate",
        "list_tags_for_certificate",
        {"CertificateArn": "{certificate_arn}"},
    ),
    delete=Call("delete_certificate"),
    outputs={"arn": "CertificateArn", "status": "Status", "domain_validation_options": "Proofs"},
    decode=_in_order,
    listing=Call("list_certificates", at="CertificateSummaryList[].CertificateArn", is_paged=True),
)

VALIDATION = Adapter(
    type="aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    properties="certificate_arn",
    local="validation_record_fqdns",
    id="{certificate_arn}",
    create=Call("describe_certificate"),
    reads=(Call("describe_certificate", at="Certificate"),),
    waiter="certificate_validated",
    delete=None,
    gone="Certificate.Status != 'ISSUED'",
    stays="a validation is a wait; an issued certificate stays issued",
)

ADAPTERS = (CERTIFICATE, VALIDATION)
