from __future__ import annotations

import subprocess
import sys
from typing import get_type_hints

import egov_infra
from egov_infra import model
from egov_infra.manifest.schema import records_of


def test_every_public_name_leads_to_what_it_says() -> None:
    """A name of `__all__` is loaded from its room, and none is listed in vain."""
    assert sorted(egov_infra._ROOMS) == sorted(egov_infra.__all__)
    assert [getattr(egov_infra, name).__name__ for name in egov_infra.__all__] == list(egov_infra.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any module, so that `hasattr` and imports behave."""
    assert not hasattr(egov_infra, "Maildomain")


def test_components_and_gate_are_typed() -> None:
    """A type checker sees the real classes, not whatever is loaded when asked for."""
    gate: type[egov_infra.Gate] = egov_infra.Gate
    assert get_type_hints(gate.admit)["stack"] is str


def test_model_has_every_record_of_a_manifest() -> None:
    """Whoever writes an institution in Python imports one module; each application blueprint has its own."""
    records = {
        record for record in records_of(model.Institution) if not issubclass(record, model.Application)
    }
    assert sorted(model.__all__) == sorted({*(record.__name__ for record in records), "Application"})


def test_importing_the_face_loads_neither_pulumi_nor_the_model() -> None:
    """Start-up is a budget: what is public costs nothing until it is used."""
    script = "import sys, egov_infra; print([n for n in ('pulumi', 'pydantic', 'boto3') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
