"""What watches an account: trail, threat detection, logs, alarms, topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document, given

OTHER = {"owner": "other"}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"
OTHER_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/b"
SELECTOR = {
    "read_write_type": "All",
    "include_management_events": True,
    "data_resources": ({"type": "AWS::S3::Object", "values": ("arn:aws:s3",)},),
}
TRANSFORMATION = {"name": "Denied", "namespace": "erb", "value": "1", "default_value": "0", "unit": "Count"}


def _trail(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket="archive")
    world.make("aws:s3/bucket:Bucket", bucket="other")
    return {
        "name": "account",
        "s3_bucket_name": "archive",
        "s3_key_prefix": "trail",
        "is_multi_region_trail": True,
        "include_global_service_events": True,
        "enable_log_file_validation": True,
        "kms_key_id": KEY,
        "cloud_watch_logs_group_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail:*",
        "cloud_watch_logs_role_arn": f"arn:aws:iam::{ACCOUNT}:role/trail",
        "enable_logging": True,
        "event_selectors": (SELECTOR,),
        "tags": TAGS,
    }


def _feature(world: World) -> Mapping[str, Any]:
    detector = world.make("aws:guardduty/detector:Detector", enable=True)
    return {"detector_id": detector, "name": "S3_DATA_EVENTS", "status": "ENABLED"}


def _filter(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/logGroup:LogGroup", name="/erb")
    return {
        "log_group_name": "/erb",
        "name": "denied",
        "pattern": "AccessDenied",
        "metric_transformation": TRANSFORMATION,
    }


def _topic_policy(world: World) -> Mapping[str, Any]:
    return {"arn": world.make("aws:sns/topic:Topic", name="findings"), "policy": document("sns:Publish")}


def _subscription(world: World) -> Mapping[str, Any]:
    return {
        "topic": world.make("aws:sns/topic:Topic", name="findings"),
        "protocol": "sqs",
        "endpoint": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
        "filter_policy": '{"institution": ["erb"]}',
        "filter_policy_scope": "MessageAttributes",
        "raw_message_delivery": True,
        "redrive_policy": f'{{"deadLetterTargetArn": "arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}}',
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:cloudtrail/trail:Trail",
        _trail,
        {
            "s3_bucket_name": "other",
            "s3_key_prefix": "other",
            "is_multi_region_trail": False,
            "include_global_service_events": False,
            "enable_log_file_validation": False,
            "kms_key_id": OTHER_KEY,
            "cloud_watch_logs_group_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:other:*",
            "cloud_watch_logs_role_arn": f"arn:aws:iam::{ACCOUNT}:role/other",
            "enable_logging": False,
            "event_selectors": ({**SELECTOR, "read_write_type": "WriteOnly"},),
            "tags": OTHER,
        },
        call("cloudtrail", "stop_logging", Name="account"),
        "enable_logging",
    ),
    LifeCycle(
        "aws:guardduty/detector:Detector",
        given(enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", tags=TAGS),
        {"finding_publishing_frequency": "ONE_HOUR", "enable": False},
        call("guardduty", "update_detector", DetectorId="{id}", Enable=False),
        "enable",
    ),
    LifeCycle(
        "aws:guardduty/detectorFeature:DetectorFeature",
        _feature,
        {"status": "DISABLED"},
        call(
            "guardduty",
            "update_detector",
            DetectorId="{detector_id}",
            Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}],
        ),
        "status",
    ),
    LifeCycle(
        "aws:cloudwatch/logGroup:LogGroup",
        given(name="/erb", retention_in_days=400, kms_key_id=KEY, log_group_class="STANDARD", tags=TAGS),
        {"retention_in_days": 731, "tags": OTHER},
        call("logs", "delete_retention_policy", logGroupName="{id}"),
        "retention_in_days",
    ),
    LifeCycle(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        _filter,
        {"pattern": "Denied", "metric_transformation": {**TRANSFORMATION, "value": "2"}},
        call("logs", "delete_metric_filter", logGroupName="/erb", filterName="denied"),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        given(policy_name="route53", policy_document=document("logs:PutLogEvents")),
        {"policy_document": document("logs:CreateLogStream")},
        call("logs", "put_resource_policy", policyName="{id}", policyDocument=document("logs:*")),
        "policy_document",
    ),
    LifeCycle(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        given(
            name="age",
            actions_enabled=True,
            alarm_actions=("arn:aws:sns:af-south-1:110000000002:a",),
            ok_actions=("arn:aws:sns:af-south-1:110000000002:a",),
            insufficient_data_actions=("arn:aws:sns:af-south-1:110000000002:a",),
            alarm_description="age of messages",
            comparison_operator="GreaterThanThreshold",
            datapoints_to_alarm=2,
            dimensions={"QueueName": "q"},
            evaluation_periods=3,
            metric_name="ApproximateAgeOfOldestMessage",
            namespace="AWS/SQS",
            period=60,
            statistic="Maximum",
            threshold=300,
            treat_missing_data="notBreaching",
            unit="Seconds",
            tags=TAGS,
        ),
        {
            "actions_enabled": False,
            "alarm_actions": ("arn:aws:sns:af-south-1:110000000002:b",),
            "ok_actions": None,
            "insufficient_data_actions": None,
            "alarm_description": "other",
            "comparison_operator": "LessThanThreshold",
            "datapoints_to_alarm": 1,
            "dimensions": {"QueueName": "p"},
            "evaluation_periods": 1,
            "metric_name": "NumberOfMessagesSent",
            "namespace": "erb",
            "period": 300,
            "statistic": "Sum",
            "threshold": 0.5,
            "treat_missing_data": "breaching",
            "unit": "Count",
            "tags": OTHER,
        },
        call("cloudwatch", "delete_alarms", AlarmNames=["{id}"]),
        "",
    ),
    LifeCycle(
        "aws:sns/topic:Topic",
        given(
            name="findings.fifo",
            display_name="Findings",
            kms_master_key_id="alias/erb",
            fifo_topic=True,
            content_based_deduplication=False,
            signature_version=2,
            policy=document("sns:Publish"),
            tags=TAGS,
        ),
        {
            "display_name": "other",
            "kms_master_key_id": "alias/other",
            "content_based_deduplication": True,
            "signature_version": 1,
            "policy": document("sns:Subscribe"),
            "tags": OTHER,
        },
        call(
            "sns",
            "set_topic_attributes",
            TopicArn="{id}",
            AttributeName="KmsMasterKeyId",
            AttributeValue="alias/meddled",
        ),
        "kms_master_key_id",
    ),
    LifeCycle(
        "aws:sns/topicPolicy:TopicPolicy",
        _topic_policy,
        {"policy": document("sns:Subscribe")},
        call(
            "sns",
            "set_topic_attributes",
            TopicArn="{id}",
            AttributeName="Policy",
            AttributeValue=document("sns:*"),
        ),
        "policy",
    ),
    LifeCycle(
        "aws:sns/topicSubscription:TopicSubscription",
        _subscription,
        {
            "filter_policy": '{"institution": ["psptb"]}',
            "filter_policy_scope": "MessageBody",
            "raw_message_delivery": False,
            "redrive_policy": f'{{"deadLetterTargetArn": "arn:aws:sqs:{REGION}:{ACCOUNT}:other"}}',
        },
        call("sns", "unsubscribe", SubscriptionArn="{id}"),
        "",
    ),
)
