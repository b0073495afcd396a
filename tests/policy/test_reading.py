from __future__ import annotations

import pytest

from egov_infra.policy.policies import Policies
from egov_infra.policy.reading import fields_of, related_types, words_of
from egov_infra.policy.rule import Rule


def _rule(policies: Policies, name: str) -> Rule:
    return next(rule for rule in policies.rules if rule.id == name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "mail-dkim-key-old",
            {
                ("subject", "dkim"),
                ("subject", "dkim", "*", "is_revoked"),
                ("subject", "dkim", "*", "age_days"),
            },
        ),
        (
            "gateway-queue-unwatched",
            {
                ("related aws:cloudwatch/metricAlarm:MetricAlarm",),
                ("related aws:cloudwatch/metricAlarm:MetricAlarm", "*", "alarm_actions"),
            },
        ),
        (
            "tenancy-bucket-policy-open",
            {
                ("subject", "policy", "Statement"),
                ("subject", "policy", "Statement", "*", "Effect"),
                ("subject", "policy", "Statement", "*", "Principal"),
                ("subject", "policy", "Statement", "*", "Condition"),
            },
        ),
        (
            "gateway-route-public",
            {("subject", "auth"), ("institution", "classification")},
        ),
    ],
)
def test_fields_are_found_through_macros_relations_and_policies(
    name: str, expected: set[tuple[str, ...]], policies: Policies
) -> None:
    """Paths begin at a variable or at what is related; parameters are no field."""
    assert fields_of(_rule(policies, name)) == expected


def test_types_and_words_of_a_rule(policies: Policies) -> None:
    """What it asks about besides its own type, and the texts that stand in it, those of patterns too."""
    assert related_types(_rule(policies, "tenancy-port-open-to-world")) == {
        "aws:ec2/securityGroup:SecurityGroup"
    }
    assert words_of(_rule(policies, "mail-dmarc-subdomains-weak")) == ("reject",)
    assert {"nida", "phone"} <= set(words_of(_rule(policies, "gateway-personal-data-in-path")))
