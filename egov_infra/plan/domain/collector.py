"""The zone of the host that takes reports about every institution's mail."""

from __future__ import annotations

from egov_infra.plan.account.shared import SharedAccount
from egov_infra.plan.domain.record_set import RecordSets
from egov_infra.plan.domain.zone import add_zone
from egov_infra.plan.names import role_of
from egov_infra.plan.record import dmarc, spf
from egov_infra.plan.resource import PlannedResource


def add_collector(shared: SharedAccount) -> PlannedResource:
    """Plan the zone: it takes reports, agrees to those of others' domains, and never sends.

    A receiver sends reports of `erb.go.tz` to another domain only if that one agrees at
    `erb.go.tz._report._dmarc.<host>` (RFC 9990, verifying external destinations); a wildcard agrees for all.
    """
    mail, path = shared.estate.mail, ("mail", "reports")
    host = mail.reports.host
    add = shared.stack.at(*path)
    zone = add_zone(add, f"zone-{role_of(host)}", host, f"Reports about mail: {host}", shared.tags)
    records = RecordSets(shared.stack, zone, host)
    records.add_text("*._report._dmarc", "v=DMARC1;", path=path)
    exchangers = {
        f"{item.preference} {item.host}" for exchange in mail.exchanges.values() for item in exchange.hosts
    }
    records.add("@", "MX", *sorted(exchangers), path=path)
    records.add_text("@", spf.render((), "-all"), path=path)
    text = dmarc.render("reject", "reject", "reject", is_testing=False, report_to=(mail.reports.mailbox,))
    records.add_text("_dmarc", text, path=path)
    records.flush()
    return zone


def add_ses_account(shared: SharedAccount) -> None:
    """Plan the account's settings of Amazon SES: who bounced or complained gets no further mail."""
    shared.add(
        "sesv2.AccountSuppressionAttributes", "ses-suppression", suppressed_reasons=("BOUNCE", "COMPLAINT")
    )
    shared.add(
        "sesv2.AccountVdmAttributes",
        "ses-deliverability",
        vdm_enabled="ENABLED",
        dashboard_attributes={"engagement_metrics": "DISABLED"},
        guardian_attributes={"optimized_shared_delivery": "ENABLED"},
    )
