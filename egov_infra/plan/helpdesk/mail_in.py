"""Mail to the desk: Amazon SES takes it for all institutions, keeps it encrypted, and a queue tells the desk."""

from __future__ import annotations

from egov_infra.plan import names
from egov_infra.plan.access_policy import service, statement
from egov_infra.plan.account.shared import SharedAccount, alarms_topic_arn
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.bucket_set import (
    BucketSet,
    add_bucket_set,
    bucket_may_tell,
)
from egov_infra.plan.domain.certificate_authority import add_certificate_authorities
from egov_infra.plan.domain.mail import add_identity
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.domain.scope import DomainScope
from egov_infra.plan.domain.zone import add_zone
from egov_infra.plan.helpdesk.place import ACCOUNT, KEY_ALIAS
from egov_infra.plan.names import role_of
from egov_infra.plan.queue_set import QueueSet, add_queue_set, queue_arn
from egov_infra.plan.record import dmarc, spf, tls_rpt
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value

RULE_SET = "desk"
KEPT_DAYS = 90
"""How long a mail is kept beside its ticket."""
PREFIX, ROLE = "desk", "mail-in"
SENDER = "bounce"
"""Subdomain that answers have as envelope sender."""


def add_mail_zone(shared: SharedAccount) -> PlannedResource:
    """Plan the zone of the addresses, and the identity that takes and answers mail; returns the zone."""
    host, path = shared.estate.helpdesk.mail_host, ("helpdesk", "mail_host")
    zone = add_zone(shared.stack.at(*path), f"zone-{role_of(host)}", host, f"Helpdesk: {host}", shared.tags)
    records = RecordSets(shared.stack, zone, host)
    scope = DomainScope(host, shared.stack, zone, records, shared.estate, shared.tags, path)
    reports = shared.estate.mail.reports
    records.add("@", "MX", f"10 inbound-smtp.{shared.stack.region}.amazonaws.com", path=path)
    records.add_text("@", spf.render((), "-all"), path=path)
    text = dmarc.render("reject", "reject", "reject", is_testing=False, report_to=(reports.mailbox,))
    records.add_text("_dmarc", text, path=path)
    records.add_text("_smtp._tls", tls_rpt.render(reports.tls_mailbox), path=path)
    add_certificate_authorities(scope)
    add_identity(scope, SENDER, path)
    records.flush()
    return zone


def mail_bucket(account: str) -> str:
    """The bucket that keeps mail."""
    return names.bucket(account, "desk", "mail")


def log_bucket(account: str) -> str:
    """The bucket that takes access logs."""
    return names.bucket(account, "desk", "access-logs")


def add_mail_in(shared: SharedAccount, key: PlannedResource, logs: PlannedResource) -> PlannedResource:
    """Plan the bucket that keeps mail, the queue that tells of it, and the rule that takes it; returns the queue.

    One rule takes the mail of every institution, for a rule set holds 200 rules (Amazon SES quotas).
    """
    estate, add, account = shared.estate, shared.add, shared.stack.account
    name = mail_bucket(account)
    bucket = add_bucket_set(
        add,
        BucketSet(
            "mail",
            name,
            shared.tags,
            key_arn=key.arn,
            expire_days=KEPT_DAYS,
            log_bucket=logs,
            statements=(_ses_may_write(shared, name),),
        ),
    )
    wanted = QueueSet(
        prefix=PREFIX,
        role=ROLE,
        key=KEY_ALIAS,
        tries=5,
        retry_seconds=900,
        alarms=(alarms_topic_arn(estate, ACCOUNT),),
        tags=shared.tags,
        statements=(bucket_may_tell(name, account, queue_arn(account, add.region, PREFIX, ROLE)),),
        waiting_seconds=60 * min(level.response_minutes for level in estate.helpdesk.service_levels.values()),
    )
    queue = add_queue_set(add, wanted)
    policy = f"{add.stack.owner}-{ACCOUNT}-{ROLE}-queue-policy"
    add(
        "s3.BucketNotification",
        "mail-notification",
        opts=Options(depends_on=(policy,)),
        bucket=bucket.id,
        queues=({"id": ROLE, "queue_arn": queue.arn, "events": ("s3:ObjectCreated:*",)},),
    )
    rules = add("ses.ReceiptRuleSet", "mail-rules", rule_set_name=RULE_SET)
    add(
        "ses.ReceiptRule",
        "mail-rule",
        opts=Options(depends_on=(f"{add.stack.owner}-{ACCOUNT}-mail-policy",)),
        name=ROLE,
        rule_set_name=rules.output("rule_set_name"),
        enabled=True,
        recipients=(estate.helpdesk.mail_host,),
        scan_enabled=True,
        tls_policy="Require",
        s3_actions=({"bucket_name": bucket.id, "object_key_prefix": f"{ROLE}/", "position": 1},),
    )
    add("ses.ActiveReceiptRuleSet", "mail-rules-active", rule_set_name=rules.output("rule_set_name"))
    return queue


def _ses_may_write(shared: SharedAccount, bucket: str) -> dict[str, Value]:
    """SES may put mail there, by this account's rule only (Amazon SES developer guide, receiving permissions)."""
    rule = arn(
        "ses", shared.stack.account, shared.stack.region, f"receipt-rule-set/{RULE_SET}:receipt-rule/{ROLE}"
    )
    own: dict[str, Value] = {
        "StringEquals": {"aws:SourceAccount": shared.stack.account, "aws:SourceArn": rule}
    }
    return statement(service("ses"), "s3:PutObject", f"{bucket_arn(bucket)}/*", own, sid="Mail")
