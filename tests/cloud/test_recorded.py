from __future__ import annotations

from egov_infra.cloud.recorded import RECORDED_ONLY
from egov_infra.cloud.registry import live_types
from egov_infra.plan.catalogue import aws_type


def test_no_type_is_both_live_and_recorded_only() -> None:
    """What an adapter serves is never simulated."""
    assert set(RECORDED_ONLY) & set(live_types()) == set()


def test_recorded_types_stand_in_the_catalogue_and_say_why() -> None:
    """Each is a real type with the rehearsal cloud's error, and simulates outputs that the type has."""
    for token, recorded in RECORDED_ONLY.items():
        assert set(recorded.outputs) <= aws_type(token).outputs
        assert recorded.error


def test_simulated_outputs_are_stable_and_marked() -> None:
    """The same resource gets the same outputs in every run, another one others."""
    key = RECORDED_ONLY["aws:route53/keySigningKey:KeySigningKey"]
    first, again, other = key.simulate("urn:a", {}), key.simulate("urn:a", {}), key.simulate("urn:b", {})
    assert first == again != other
    assert first[0].startswith("simulated-")
    assert ":simulated:" in first[1]["arn"]
