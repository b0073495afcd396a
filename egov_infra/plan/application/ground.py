"""What a hosted service stands on: network, key, alarms and names of the account that holds it."""

from __future__ import annotations

from egov_infra.plan import names
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder
from egov_infra.plan.log_retention import LOG_DAYS
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import Value
from egov_infra.source.frozen import frozen


@frozen
class Ground:
    """Handed to every piece; the same for all pieces of one service."""

    add: Adder
    """Adds what the service causes, in the account and region in which it runs."""
    name: str
    """Begins the names of what the service has in the account, such as `erb-register`."""
    tags: dict[str, str]
    vpc_id: Value
    subnets: tuple[Value, ...]
    """Private subnets, one a zone, in two zones or more."""
    front_subnets: tuple[Value, ...]
    """Subnets that the public reaches, for load balancers and nothing else."""
    key_arn: Value
    """The key that encrypts what the service keeps."""
    alarms: tuple[Value, ...]
    """Topics that alarms tell."""
    log_bucket: str
    """Name of the bucket that takes access logs; its policy lets load balancers and S3 deliver there."""
    backup_plan_id: Value
    """The backup plan that copies what the service keeps."""
    after: tuple[str, ...] = ()
    """What must be there before roles and load balancer, where it stands in the very same stack: permissions boundary,
    way to the internet, policy of the log bucket."""
    is_draining: bool = False
    """Whether what holds no data is to be taken down: AWS then no longer guards it against deletion."""
    is_closing: bool = False
    """Whether what holds data is, too."""

    def called(self, *words: str, limit: int = 64) -> str:
        """A name in the account."""
        return names.shortened("-".join((self.name, *words)), limit)

    def arn(self, service: str, resource: str) -> str:
        """A resource of the account."""
        return arn(service, self.add.account, self.add.region, resource)


def add_log_group(ground: Ground, role: str, name: str) -> PlannedResource:
    """Plan a log group that keeps its events as long as the classification asks, with the service's key."""
    return ground.add(
        "cloudwatch.LogGroup",
        role,
        name=name,
        retention_in_days=LOG_DAYS[ground.tags["classification"]],
        kms_key_id=ground.key_arn,
        tags=ground.tags,
    )
