"""What can be wrong with a waiver by itself, whatever was judged."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence

from egov_infra.manifest.fault import Fault
from egov_infra.model.estate import Estate
from egov_infra.plan.names import PLATFORM
from egov_infra.policy.finding import Severity
from egov_infra.policy.profile import WaiverLimits
from egov_infra.policy.rule import Rule
from egov_infra.policy.waiver import LONGEST_DAYS, Register, Waiver
from egov_infra.policy.withdrawn import Withdrawn
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest


@frozen
class Terms:
    """By what waivers are judged."""

    rules: Mapping[str, Rule]
    """The rules that run."""
    waiting: Collection[str]
    """Ids of rules that the profile leaves out: a waiver of one waits for a profile in which it runs."""
    withdrawn: Mapping[str, Withdrawn]
    """Rules that are no more."""
    limits: WaiverLimits
    estate: Estate
    slugs: Collection[str]
    """Every institution of the estate."""
    today: datetime.date

    def waits(self, waiver: Waiver) -> bool:
        """Whether its rule does not run in this profile."""
        return waiver.rule not in self.rules and waiver.rule in self.waiting


def faults_of(waiver: Waiver, terms: Terms) -> Iterator[Fault]:
    """Everything wrong with a waiver, each at its field."""
    rule = terms.rules.get(waiver.rule)
    if rule is None:
        yield _unknown_rule(waiver, terms)
    elif not rule.metadata.waivable:
        yield Fault(("rule",), "waiver-forbidden", f"{rule.id} cannot be waived")
    if waiver.institution not in (*terms.slugs, PLATFORM):
        hint = closest(waiver.institution, terms.slugs)
        yield Fault(("institution",), "waiver-orphaned", f"no institution {waiver.institution!r}", hint)
    yield from _dates(waiver, rule, terms.today)
    if rule is not None and rule.metadata.severity != "low":
        message = f"a wildcard is for rules of low severity, {rule.id} is {rule.metadata.severity}"
        for field, value in (("subject", waiver.subject), ("values_digest", waiver.values_digest)):
            if value == "*":
                yield Fault((field,), "waiver-broad", message)
    if _plain(waiver.author) == _plain(waiver.approver):
        message = f"{waiver.author} approved their own request"
        yield Fault(("approver",), "waiver-self-approved", message)
    if rule is not None:
        yield from _approval(waiver, rule, terms.estate)


def faults_between(register: Register, terms: Terms) -> Iterator[tuple[int, Fault]]:
    """What is wrong with waivers beside each other: number of the waiver, and the fault."""
    for number in range(len(register.waivers)):
        earlier = repeats(register.waivers, number)
        if earlier is not None:
            message = f"repeats the waiver at {register.place(earlier)}: one finding has one waiver"
            yield number, Fault(("subject",), "waiver-duplicate", message)
    for severity in terms.limits.ceiling:
        over = ceiling_fault(register.waivers, terms, severity)
        if over is not None:
            yield over


def repeats(waivers: Sequence[Waiver], number: int) -> int | None:
    """Number of an earlier waiver that is about the same finding, or None."""
    return next((earlier for earlier in range(number) if waivers[earlier].covers(waivers[number])), None)


def ceiling_fault(waivers: Sequence[Waiver], terms: Terms, severity: Severity) -> tuple[int, Fault] | None:
    """Number of the first waiver above what the profile allows, and what to say of it; None if there is none."""
    limit, numbers = terms.limits.ceiling.get(severity), in_force(waivers, terms, severity)
    if limit is None or len(numbers) <= limit:
        return None
    message = f"waivers in force of rules of severity {severity}: {len(numbers)}; the profile allows {limit}"
    return numbers[limit], Fault(("rule",), "waiver-ceiling", message)


def in_force(waivers: Sequence[Waiver], terms: Terms, severity: Severity) -> Sequence[int]:
    """Numbers of the waivers of rules of a severity that run, in whose life today lies."""
    return [
        number
        for number, waiver in enumerate(waivers)
        if waiver.rule in terms.rules
        and terms.rules[waiver.rule].metadata.severity == severity
        and waiver.is_in_force(terms.today)
    ]


def _unknown_rule(waiver: Waiver, terms: Terms) -> Fault:
    gone = terms.withdrawn.get(waiver.rule)
    if gone is not None:
        return Fault(("rule",), "waiver-withdrawn", f"{gone}: remove the waiver")
    hint = closest(waiver.rule, (*terms.rules, *terms.waiting))
    return Fault(("rule",), "waiver-rule", f"no rule {waiver.rule!r}", hint)


def _dates(waiver: Waiver, rule: Rule | None, today: datetime.date) -> Iterator[Fault]:
    approved, expires = waiver.approved_on, waiver.expires_on
    if approved > today:
        yield Fault(("approved_on",), "waiver-future", f"approved on {approved}, which is yet to come")
    days = (expires - approved).days
    if days < 0:
        message = f"expires on {expires}, before it was approved on {approved}"
        yield Fault(("expires_on",), "waiver-reversed", message)
        return
    if expires < today:
        message = f"expired on {expires}: remove it, or have it approved anew"
        yield Fault(("expires_on",), "waiver-expired", message)
    if rule is None:
        return
    severity = rule.metadata.severity
    if days > (longest := LONGEST_DAYS[severity]):
        last = approved + datetime.timedelta(longest)
        message = f"lasts {days} days; a rule of severity {severity} allows {longest}, until {last}"
        yield Fault(("expires_on",), "waiver-long", message)


def _approval(waiver: Waiver, rule: Rule, estate: Estate) -> Iterator[Fault]:
    domain = certified_domain(rule)
    member = next((member for member in estate.staff if member.name == waiver.approver), None)
    certified = [item.until for item in member.certifications if item.domain == domain] if member else []
    if certified and waiver.approved_on <= max(certified):
        return
    if member is None:
        message = f"{waiver.approver} is not among the staff of the estate"
    elif not certified:
        message = f"{waiver.approver} is not certified for {domain}"
    else:
        message = f"{waiver.approver} was certified for {domain} until {max(certified)}, not on {waiver.approved_on}"
    names = [] if member else [one.name for one in estate.staff]
    yield Fault(("approver",), "waiver-unapproved", message, closest(waiver.approver, names))


def certified_domain(rule: Rule) -> str:
    """The domain for which who approves a waiver of a rule is certified."""
    return rule.domain if rule.domain != "estate" else "tenancy"


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
