"""Amazon CloudWatch alarms."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

_ALARM = (
    "actions_enabled alarm_actions alarm_description comparison_operator datapoints_to_alarm dimensions "
    "evaluation_periods insufficient_data_actions metric_name namespace ok_actions period statistic threshold "
    "treat_missing_data unit"
)


_PUT = Call("put_metric_alarm")
METRIC_ALARM = Adapter(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    properties=f"name {_ALARM} tags",
    id="{name}",
    names={"name": "AlarmName", "dimensions": "Dimensions", "ok_actions": "OKActions"},
    create=_PUT,
    reads=(Call("describe_alarms", {"AlarmNames": ["{name}"]}, at="MetricAlarms[0]"),),
    steps=(Step(_ALARM, _PUT),),
    tags=Tags(params={"ResourceARN": "{arn}"}),
    delete=Call("delete_alarms", {"AlarmNames": ["{name}"]}),
    outputs={"arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"},
    defaults={"actions_enabled": True},
)

ADAPTERS = (METRIC_ALARM,)
