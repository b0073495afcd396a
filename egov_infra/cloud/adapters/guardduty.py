"""Amazon GuardDuty."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step

DETECTOR = Adapter(
    type="aws:guardduty/detector:Detector",
    service="guardduty",
    properties="enable finding_publishing_frequency tags",
    id="{detector_id}",
    answers={"enable": "Status == 'ENABLED'"},
    create=Call("create_detector", {"Enable": "{enable}"}),
    reads=(Call("get_detector"),),
    steps=(Step("enable finding_publishing_frequency", Call("update_detector")),),
    delete=Call("delete_detector"),
    outputs={"arn": "arn:aws:guardduty:{region}:{account}:detector/{detector_id}", "account_id": "{account}"},
    missing=("BadRequestException",),
    defaults={"enable": True, "finding_publishing_frequency": "SIX_HOURS"},
    listing=Call("list_detectors", at="DetectorIds", is_paged=True),
    is_single=True,
)

FEATURE = Adapter(
    type="aws:guardduty/detectorFeature:DetectorFeature",
    service="guardduty",
    properties="detector_id name status",
    id="{detector_id}/{name}",
    create=Call("update_detector", inside="Features[]"),
    reads=(Call("get_detector", at="Features[?Name=='{name}'] | [0]"),),
    steps=(Step("status", Call("update_detector", inside="Features[]")),),
    delete=Call("update_detector", {"Features": [{"Name": "{name}", "Status": "DISABLED"}]}),
    missing=("BadRequestException",),
    stays="a feature of a detector is switched off, never removed",
)

ADAPTERS = (DETECTOR, FEATURE)
