"""A shared account: what each of them has before it serves anything."""

from __future__ import annotations

from dataclasses import dataclass

from egov_infra.model.estate import Estate, Role
from egov_infra.plan.access_policy import account, policy, service, statement
from egov_infra.plan.account.baseline import add_account_baseline
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tags import platform_tags
from egov_infra.plan.value import Value

LOG_DAYS = 400
KEY_DELETION_DAYS = 30
_ENCRYPT = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_PUBLISH = ("kms:Decrypt", "kms:GenerateDataKey*")


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """The stack `platform.<role>` while it is planned."""

    stack: StackBuilder
    estate: Estate
    role: Role
    tags: dict[str, str]

    @property
    def add(self) -> Adder:
        """An adder for what the account itself causes."""
        return self.stack.at("accounts", self.role)


def open_shared_account(estate: Estate, role: Role, may: tuple[str, ...] = ()) -> SharedAccount:
    """Begin the stack of a shared account, with the account's baseline; `may` widens its permissions boundary."""
    own = estate.accounts[role]
    stack = StackBuilder(f"{PLATFORM}.{role}", PLATFORM, own.account, own.region)
    tags = platform_tags(role, estate.mail.certificates.incident_mailbox)
    add_account_baseline(stack, estate, tags, ("accounts", role), may=may)
    return SharedAccount(stack, estate, role, tags)


def key_alias(role: Role) -> str:
    """The alias of a shared account's key, known before the key exists."""
    return f"alias/egov-{role}"


def alarms_topic_arn(estate: Estate, role: Role) -> str:
    """The topic that a shared account's alarms are sent to."""
    own = estate.accounts[role]
    return arn("sns", own.account, own.region, "egov-alarms")


def add_key(shared: SharedAccount) -> PlannedResource:
    """Plan the account's key and its alias. Log groups, topics and alarms of this account may use it."""
    number, region = shared.stack.account, shared.stack.region
    groups = arn("logs", number, region, "log-group:*")
    of_logs: dict[str, Value] = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    own: dict[str, Value] = {"StringEquals": {"aws:SourceAccount": number}}
    key = shared.add(
        "kms.Key",
        "key",
        opts=Options(protect=True),
        description=f"Data of {shared.stack.name}",
        enable_key_rotation=True,
        deletion_window_in_days=KEY_DELETION_DAYS,
        policy=policy(
            statement("Account", account(number), ("kms:*",)),
            statement("Logs", service(f"logs.{region}"), _ENCRYPT, condition=of_logs),
            statement("Alarms", service("cloudwatch"), _PUBLISH, condition=own),
        ),
        tags=shared.tags,
    )
    shared.add("kms.Alias", "key-alias", name=key_alias(shared.role), target_key_id=key.output("key_id"))
    return key


def add_alarms_topic(shared: SharedAccount, key: PlannedResource) -> PlannedResource:
    """Plan the topic of the account's alarms, and the mailbox that hears them."""
    topic = shared.add("sns.Topic", "alarms", name="egov-alarms", kms_master_key_id=key.id, tags=shared.tags)
    shared.add(
        "sns.TopicSubscription",
        "alarms-mail",
        topic=topic.arn,
        protocol="email",
        endpoint=shared.estate.mail.certificates.incident_mailbox,
    )
    return topic
