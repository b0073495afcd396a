"""A register of professionals: who is registered, and the certificates that prove it, which nobody can delete."""

from __future__ import annotations

from egov_infra.model.applications.professional_register import ProfessionalRegister
from egov_infra.plan import names
from egov_infra.plan.access_policy import statement
from egov_infra.plan.application.needs import Needs, added_up
from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.web import WEB_NEEDS, add_web
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set

_UPLOAD = ("s3:GetObject", "s3:PutObject")
_ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
_DAYS_PER_YEAR = 365
NEEDS = added_up((WEB_NEEDS, Needs(actions=(*_UPLOAD, *_ENCRYPT))))


def plan(scope: ApplicationScope) -> None:
    """The application, and a locked bucket for certificates."""
    application, ground = scope.application, scope.ground
    assert isinstance(application, ProfessionalRegister)
    bucket = names.bucket(scope.stack.account, ground.name, "certificates")
    add_bucket_set(
        scope.add,
        BucketSet(
            "certificates",
            bucket,
            ground.tags,
            key_arn=ground.key_arn,
            locked_days=application.certificate_years * _DAYS_PER_YEAR,
            log_bucket=ground.log_bucket,
        ),
    )
    may = (
        statement(None, _UPLOAD, (f"{bucket_arn(bucket)}/*",)),
        statement(None, _ENCRYPT, (ground.key_arn,)),
    )
    add_web(scope, {"CERTIFICATES_BUCKET": bucket}, may)
