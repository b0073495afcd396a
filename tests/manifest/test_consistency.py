from __future__ import annotations

from egov_infra.manifest.consistency import check_institution
from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.institution import Institution


def test_a_secret_that_several_routes_would_send_is_named_once(erb: LoadedInstitution) -> None:
    """One cause, one message, where the secret stands."""
    data = erb.institution.model_dump(by_alias=True)
    (route,) = data["gateway"]["http"]
    data["gateway"]["http"] = (route, {**route, "path": "/v1/firms/{number}"})
    data["gateway"]["targets"]["register"]["secret"] = {"store": "secretsmanager", "name": "erb/register"}
    found = [(fault.path, fault.code) for fault in check_institution(Institution.model_validate(data))]
    assert found == [(("gateway", "targets", "register", "secret"), "target-secret")]


def test_application_whose_names_would_be_too_long_is_named(erb: LoadedInstitution) -> None:
    """One character less, and the longest of its resources has a name that fits."""
    data = erb.institution.model_dump(by_alias=True)
    data["institution"]["slug"] = "e" * 29
    (application,) = data["services"]["applications"]
    found = []
    for length in (25, 26):
        data["services"]["applications"] = ({**application, "name": "r" * length},)
        found.append([fault.code for fault in check_institution(Institution.model_validate(data))])
    assert found == [[], ["name-long"]]
