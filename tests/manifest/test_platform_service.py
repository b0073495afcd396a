"""Bad input about applications of the platform: each is an error at its own line of `estate.yaml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from egov_infra.manifest.load import open_estate
from egov_infra.plan.addresses import LOCK_FILE, Lock, read_addresses, read_lock, write_lock
from egov_infra.plan.context import PlanContext
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.source.diagnostic import InputError


def _change(path: Path, old: str, new: str) -> int:
    """Replace a text where it stands first; gives its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _judged(estate: Path, policies: Policies) -> list[tuple[str, int | None]]:
    source = open_estate(estate)
    today = source.estate.today()
    assert today is not None
    judgement = judge_estate(source, policies, PlanContext(source.estate, today, read_addresses(estate)))
    return [(item.rule, item.place.line) for item in judgement.findings]


DIGEST = "9c1f0d1be2a7c3f4586e7d9a0b1c2d3e4f5061728394a5b6c7d8e9f00112a3b4"


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        (
            f"dawati@sha256:{DIGEST}",
            "dawati:latest",
            "value-wrong",
            (
                "helpdesk.application.image: 'registry.example.go.tz/ega/dawati:latest' is not an image by digest: "
                "registry/name@sha256: and 64 hexadecimal digits"
            ),
        ),
        ("tier: T2", "tier: T7", "value-unknown", "'T7' is not one of T0, T1, T2, T3"),
        (
            "web_host: tiketi.dawati.ega.go.tz",
            "web_host: tiketi.ega.go.tz",
            "application-host",
            "tiketi.ega.go.tz lies not in dawati.ega.go.tz",
        ),
        (
            "network: {prefix_length: 24}",
            "network: {prefix_length: 25}",
            "application-network",
            "the application of helpdesk needs a network of /24 or larger: its load balancer takes two subnets of /27",
        ),
        (
            "secrets:\n      SESSION_KEY: {store: secretsmanager, ",
            "secrets: {SESSION_KEY: {store: secretsmanager}} #",
            "key-missing",
            "misses 'helpdesk.application.secrets.SESSION_KEY.name'",
        ),
    ],
)
def test_wrong_application_of_the_platform_is_an_error_at_its_line(
    old: str, new: str, code: str, message: str, own_estate: Path
) -> None:
    """One cause, one message, where it stands."""
    line = _change(own_estate / "estate.yaml", old, new)
    with pytest.raises(InputError) as caught:
        open_estate(own_estate)
    found = [(item.place.line, item.code, item.message) for item in caught.value.diagnostics]
    assert found == [(line, code, message)]


def test_estate_without_the_class_of_shared_accounts_is_refused(own_estate: Path) -> None:
    """Their networks would have no range, and no place at the hub."""
    _change(own_estate / "estate.yaml", "    shared: {supernets", "    training: {supernets")
    with pytest.raises(InputError) as caught:
        open_estate(own_estate)
    assert [item.code for item in caught.value.diagnostics] == ["class-missing"]


def test_no_environment_is_of_the_class_of_shared_accounts(own_estate: Path) -> None:
    """It would have a way to their networks over the hub."""
    _change(own_estate / "institutions" / "erb.yaml", "    test: {", "    shared: {")
    with pytest.raises(InputError) as caught:
        open_estate(own_estate).read("erb")
    assert [item.message for item in caught.value.diagnostics] == ["no environment class 'shared'"]


def test_application_without_a_range_is_named(own_estate: Path, policies: Policies) -> None:
    """As an environment is; and one in a range of somebody else is, with both lines."""
    path = own_estate / LOCK_FILE
    ranges = read_lock(own_estate).ranges
    path.write_bytes(write_lock(Lock({key: ranges[key] for key in ranges if key != "platform/helpdesk"})))
    with pytest.raises(InputError) as caught:
        _judged(own_estate, policies)
    assert [(item.code, item.message) for item in caught.value.diagnostics] == [
        ("range-missing", "platform/helpdesk has no range: run egov-infra addresses assign")
    ]
    path.write_bytes(write_lock(Lock({**ranges, "platform/helpdesk": ranges["erb/prod"]})))
    with pytest.raises(InputError) as caught:
        _judged(own_estate, policies)
    assert [item.code for item in caught.value.diagnostics] == ["range-overlap"]


@pytest.mark.parametrize(
    ("old", "new", "rule", "at"),
    [
        (
            "delegated_on: 2018-07-01",
            "delegated_on: 2020-07-01",
            "services-host-undelegated",
            "image: registry.example.go.tz/ega/dawati",
        ),
        (
            "interval_minutes: 120",
            "interval_minutes: 180",
            "tenancy-backup-too-rare",
            "backup: {interval_minutes: 180",
        ),
        ("10.50.0.0/20", "10.50.0.0/24", "tenancy-range-outside-supernet", "network: {prefix_length: 24}"),
    ],
)
def test_what_is_unsafe_about_an_application_of_the_platform_is_a_finding_at_its_line(
    old: str, new: str, rule: str, at: str, own_estate: Path, policies: Policies
) -> None:
    """The rules of institutions' applications, networks and backups look at it too."""
    path = own_estate / "estate.yaml"
    _change(path, old, new)
    text = path.read_text(encoding="utf-8")
    assert _judged(own_estate, policies) == [(rule, text[: text.index(at)].count("\n") + 1)]
