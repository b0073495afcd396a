"""A shared account: what each of them has before it serves anything."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.model.estate import Estate, Role
from egov_infra.plan.access_policy import policy
from egov_infra.plan.account.baseline import add_account_baseline
from egov_infra.plan.alarms import TOPIC, add_alarms_topic
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.key import add_symmetric_key, kept_by, used_by_alarms, used_by_logs
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.tags import platform_tags
from egov_infra.plan.value import Value
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

KEY_DELETION_DAYS = 30


@frozen
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


def shared_account(estate: Estate, role: Role) -> SharedAccount:
    """Begin the stack of a shared account."""
    own = estate.accounts[role]
    stack = StackBuilder(f"{PLATFORM}.{role}", PLATFORM, own.account, own.region)
    tags = platform_tags(role, estate.mail.certificates.incident_mailbox)
    return SharedAccount(stack, estate, role, tags)


def open_shared_account(estate: Estate, role: Role, may: tuple[str, ...] = ()) -> SharedAccount:
    """Begin the stack of a shared account, with the account's baseline; `may` widens its permissions boundary."""
    shared = shared_account(estate, role)
    add_account_baseline(shared.stack, estate, shared.tags, ("accounts", role), may=may)
    return shared


def application_path(role: Role) -> Path:
    """Where the application of a shared account stands in `estate.yaml`."""
    return (role.replace("-", "_"), "application")


def application_host(estate: Estate, role: Role) -> str:
    """Under which name the public reaches the application of a shared account; `*.` stands for all names there."""
    hosts: Mapping[Role, str] = {
        "e-office": f"*.{estate.e_office.host}",
        "helpdesk": estate.helpdesk.web_host,
    }
    return hosts[role]


def key_alias(role: Role) -> str:
    """The alias of a shared account's key, known before the key exists."""
    return f"alias/egov-{role}"


def alarms_topic_arn(estate: Estate, role: Role) -> str:
    """The topic that a shared account's alarms are sent to."""
    own = estate.accounts[role]
    return arn("sns", own.account, own.region, TOPIC)


def add_key(shared: SharedAccount, *more: dict[str, Value]) -> PlannedResource:
    """Plan the account's key and its alias. Log groups, topics and alarms may use it, and whom `more` statements name."""
    number, region = shared.stack.account, shared.stack.region
    statements = (kept_by(number), used_by_logs(number, region), used_by_alarms(number), *more)
    description = f"Data of {shared.stack.name}"
    key = add_symmetric_key(
        shared.add, "key", description, KEY_DELETION_DAYS, policy(*statements), shared.tags
    )
    shared.add("kms.Alias", "key-alias", name=key_alias(shared.role), target_key_id=key.output("key_id"))
    return key


def add_alarms(shared: SharedAccount, key: PlannedResource) -> PlannedResource:
    """Plan the topic of the account's alarms; the incident mailbox hears them."""
    mailbox = shared.estate.mail.certificates.incident_mailbox
    return add_alarms_topic(shared.add, key, "mail", mailbox, shared.tags)
