from __future__ import annotations

import re
from pathlib import Path

import pytest

from egov_infra.manifest.load import open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.judge import judge_estate
from egov_infra.policy.policies import Policies
from egov_infra.source.diagnostic import InputError

IMAGE = "4f6a1c9e0b7d4c2f8e3a5b6d7c8f9e0a1b2c3d4e5f60718293a4b5c6d7e8f901"


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "code", "message"),
    [
        (
            "      environment: prod\n",
            "",
            "    - name: register",
            "key-missing",
            "misses 'services.applications[0].environment'",
        ),
        (
            "      environment: prod",
            "      environment: prd",
            "prd",
            "reference-unknown",
            "no environment 'prd'",
        ),
        (
            f"@sha256:{IMAGE}",
            ":latest",
            ":latest",
            "value-wrong",
            (
                "services.applications[0].image: 'registry.example.go.tz/erb/register:latest' is not an image by "
                "digest: registry/name@sha256: and 64 hexadecimal digits"
            ),
        ),
        (
            "blueprint: professional-register",
            "blueprint: profesional-register",
            "profesional-register",
            "value-unknown",
            "'profesional-register' is not one of e-ticketing, professional-register",
        ),
        (
            "      blueprint: professional-register\n",
            "",
            "    - name: register",
            "key-missing",
            "misses 'services.applications[0].blueprint'",
        ),
        (
            "blueprint: professional-register",
            "blueprint: professional-register\n      certificate_yaers: 3",
            "certificate_yaers",
            "key-unknown",
            "unknown key 'certificate_yaers'",
        ),
        (
            "blueprint: professional-register",
            "blueprint: professional-register\n      status_keyword: ERB",
            "status_keyword",
            "key-unknown",
            "unknown key 'status_keyword'",
        ),
        (
            "blueprint: professional-register",
            "blueprint: professional-register\n      host: register.erb.co.tz",
            "host: register",
            "application-host",
            "register.erb.co.tz lies in no domain of this institution",
        ),
        (
            "blueprint: professional-register",
            "blueprint: professional-register\n      host: www.erb.go.tz",
            "host: www",
            "application-host",
            "www.erb.go.tz has another use already",
        ),
        (
            "network: {prefix_length: 24}",
            "network: {prefix_length: 25}",
            "prefix_length: 25",
            "application-network",
            "application 'register' needs a network of /24 or larger: its load balancer takes two subnets of /27",
        ),
    ],
)
def test_wrong_application_is_an_error_at_its_line(
    old: str, new: str, at: str, code: str, message: str, own_estate: Path
) -> None:
    """One cause, one message, where it stands."""
    path = own_estate / "institutions" / "erb.yaml"
    text = path.read_text(encoding="utf-8").replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_estate(own_estate).read("erb")
    found = [(item.place.line, item.code, item.message) for item in caught.value.diagnostics]
    assert found == [(_line(text, at), code, message)]


def test_misspelt_key_is_looked_for_in_all_blueprints(own_estate: Path) -> None:
    """Whichever blueprint it is of."""
    path = own_estate / "institutions" / "erb.yaml"
    text = path.read_text(encoding="utf-8")
    text = re.sub("blueprint: .*", "blueprint: e-ticketing\n      release_minuets: 3", text)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_estate(own_estate).read("erb")
    assert [item.suggestion for item in caught.value.diagnostics] == ["release_minutes"]


def test_keyword_that_the_institution_does_not_hold_is_a_finding_at_its_line(
    own_estate: Path, policies: Policies
) -> None:
    """And nothing else is wrong with it."""
    path = own_estate / "institutions" / "erb.yaml"
    text = path.read_text(encoding="utf-8")
    wanted = "blueprint: e-ticketing\n      tier: T2\n      status_keyword: TIKETI"
    text = text.replace("blueprint: professional-register", wanted)
    path.write_text(text, encoding="utf-8")
    source = open_estate(own_estate)
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(own_estate))
    judgement = judge_estate(source, policies, context)
    found = [(item.rule, item.place.line, item.message) for item in judgement.findings]
    assert found == [
        (
            "services-status-unanswered",
            _line(text, "status_keyword"),
            "register: the keyword TIKETI is none of ERB, ERBHALI that the institution holds",
        )
    ]
