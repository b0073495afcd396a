"""`claim`: something that one institution only may have, gathered over the whole estate."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.value import keyword_normal_form
from egov_infra.plan.office.place import rule_priority
from egov_infra.policy.subject import Kind, model_kind
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class Claim:
    """What is claimed, and by whom."""

    namespace: str
    """domain, account, sender-id, keyword, ussd-path, office-priority."""
    key: str
    """What is claimed, such as the name of a domain."""
    owners: tuple[str, ...]
    """Slugs of the institutions that claim it, sorted."""
    places: tuple[str, ...]
    """Where each claim stands, as file:line:column."""


def claims(loaded: LoadedInstitution) -> Iterator[tuple[str, str, Path]]:
    """Namespace, key and path of everything that an institution claims."""
    institution = loaded.institution
    for index, domain in enumerate(institution.domains):
        yield "domain", domain.name, ("domains", index, "name")
    if institution.tenancy is not None:
        for name, environment in institution.tenancy.environments.items():
            yield "account", environment.account, ("tenancy", "environments", name, "account")
    office = institution.services.e_office
    if office is not None:
        priority = rule_priority(institution.slug, office)
        yield "office-priority", str(priority), ("services", "e_office", "priority")
    gateway = institution.gateway
    if gateway is None:
        return
    for index, sender in enumerate(gateway.sender_ids):
        yield "sender-id", sender.text.casefold(), ("gateway", "sender_ids", index, "text")
    for index, sms in enumerate(gateway.sms):
        key = f"{sms.short_code}#{keyword_normal_form(sms.keyword)}"
        yield "keyword", key, ("gateway", "sms", index, "keyword")
    for index, ussd in enumerate(gateway.ussd):
        key = f"{ussd.code}/{'/'.join(map(str, ussd.path))}"
        yield "ussd-path", key, ("gateway", "ussd", index, "path")


KIND: Kind = model_kind("claim", Claim)
