"""`account`: an AWS account, shared or of an institution, with what each account has once; missing things show here."""

from __future__ import annotations

from typing import Any

from egov_infra.model.estate import Estate
from egov_infra.plan.account.baseline import BOUNDARY
from egov_infra.plan.account.platform import archive_bucket, findings_bus_arn
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.subject import Kind, Subject, model_kind
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

_CLOSED = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@frozen
class Account:
    """An account, by the stack that holds what it has once."""

    number: str
    """Its number, of twelve digits."""
    stack: str
    """Name of the stack, such as `erb.tenancy.prod`."""
    log_archive: str
    """The platform's bucket that keeps the logs of every account."""
    trail_buckets: tuple[str, ...]
    """Buckets to which the account's trails go."""
    is_watched: bool
    """Whether threat detection is planned."""
    tells_findings: bool
    """Whether its findings are sent to the platform's bus."""
    is_closed: bool
    """Whether no bucket of the account can be opened to the public, whatever its own settings say."""
    has_boundary: bool
    """Whether the boundary is planned that every role of the account stands under."""


def find_account(stack: StackPlan, estate: Estate) -> Subject | None:
    """The account whose own stack this is; None for a stack that stands in an account beside it."""
    owner, part, *rest = stack.name.split(".")
    path: Path
    if owner == PLATFORM:
        path = ("accounts", part)
    elif part == "tenancy":
        path = (part, "environments", *rest)
    else:
        return None
    by_type = stack.by_type()

    def values(token: str, name: str) -> list[Any]:
        return [item.inputs.get(name) for item in by_type.get(token, ()) if item.account == stack.account]

    blocks = by_type.get("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", ())
    facts = Account(
        number=stack.account,
        stack=stack.name,
        log_archive=archive_bucket(estate),
        trail_buckets=tuple(values("aws:cloudtrail/trail:Trail", "s3_bucket_name")),
        is_watched="aws:guardduty/detector:Detector" in by_type,
        tells_findings=findings_bus_arn(estate) in values("aws:cloudwatch/eventTarget:EventTarget", "arn"),
        is_closed=any(all(block.inputs.get(name) is True for name in _CLOSED) for block in blocks),
        has_boundary=BOUNDARY in values("aws:iam/policy:Policy", "name"),
    )
    return Subject(facts, f"account/{stack.account}", path)


KIND: Kind = model_kind("account", Account)
