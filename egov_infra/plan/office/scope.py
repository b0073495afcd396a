"""What the parts of an institution's e-office share while it is planned."""

from __future__ import annotations

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.model.services import EOffice
from egov_infra.plan import names
from egov_infra.plan.account.shared import alarms_topic_arn
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.office.place import ACCOUNT, host
from egov_infra.plan.resource import PlannedResource
from egov_infra.source.frozen import frozen


@frozen
class OfficeScope:
    """The stack `<slug>.e-office` while it is planned."""

    stack: StackBuilder
    institution: Institution
    office: EOffice
    estate: Estate
    tags: dict[str, str]
    key: PlannedResource
    """The institution's own key."""

    def add(self, *path: str | int) -> Adder:
        """An adder for a part of the e-office."""
        return self.stack.at("services", "e_office", *path)

    @property
    def slug(self) -> str:
        """The institution's short name."""
        return self.institution.slug

    @property
    def name(self) -> str:
        """Begins the names of what the institution has in the account."""
        return f"e-office-{self.slug}"

    @property
    def host(self) -> str:
        """Where its officers work."""
        return host(self.slug, self.estate)

    @property
    def audit_group(self) -> str:
        """The log group of what officers do."""
        return f"/egov/e-office/{self.slug}/audit"

    @property
    def alarms(self) -> tuple[str, ...]:
        """Where alarms go."""
        return (alarms_topic_arn(self.estate, ACCOUNT),)

    def bucket(self, role: str) -> str:
        """The name of one of its buckets."""
        return names.bucket(self.stack.account, self.slug, "office", role)

    def arn(self, service: str, resource: str) -> str:
        """A resource of the account."""
        return arn(service, self.stack.account, self.stack.region, resource)
