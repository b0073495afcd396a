"""What the parts of an institution's gateway share while it is planned, and the platform's names that they use."""

from __future__ import annotations

from egov_infra.model.estate import Estate, Role
from egov_infra.model.gateway import Gateway
from egov_infra.model.institution import Institution
from egov_infra.plan import names
from egov_infra.plan.account.shared import alarms_topic_arn, key_alias
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.value import StackRef
from egov_infra.source.frozen import frozen

ACCOUNT: Role = "gmp"
"""Role of the shared account of the mobile platform."""
STACK = f"{PLATFORM}.{ACCOUNT}"
TABLE = "gmp-dispatch"
"""The dispatch table."""
KEY_ALIAS = key_alias(ACCOUNT)
"""The key of what the gateway keeps for a while."""


@frozen
class GatewayScope:
    """The stack `<slug>.gateway` while it is planned."""

    stack: StackBuilder
    institution: Institution
    gateway: Gateway
    estate: Estate
    tags: dict[str, str]

    def add(self, *path: str | int) -> Adder:
        """An adder for a part of the gateway."""
        return self.stack.at("gateway", *path)

    def name(self, *words: str, limit: int = 64) -> str:
        """A name in the account that all institutions share: the slug and words."""
        return names.shortened("-".join((self.institution.slug, *words)), limit)

    def arn(self, service: str, resource: str) -> str:
        """A resource of the account."""
        return arn(service, self.stack.account, self.stack.region, resource)

    @property
    def alarms(self) -> tuple[str, ...]:
        """Where alarms go."""
        return (alarms_topic_arn(self.estate, ACCOUNT),)


def shared(output: str) -> StackRef:
    """An output of the platform's stack."""
    return StackRef(STACK, output)
