from __future__ import annotations

from collections.abc import Iterator

import pytest

from egov_infra.cloud.compare import Comparison
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.secret import SecretReader, seal_of
from egov_infra.cloud.session import Cloud, in_process
from egov_infra.plan.outline import SecretPlace
from egov_infra.plan.value import SecretRef

PLACE = SecretPlace("110000000003", "af-south-1", "erb/key")


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty cloud inside this process."""
    with in_process() as found:
        yield found


def _keep(cloud: Cloud, **content: object) -> str:
    """Put a secret in; gives its version."""
    client = cloud.client("secretsmanager", PLACE.account, PLACE.region)
    return str(client.create_secret(Name=PLACE.name, **content)["VersionId"])


def test_what_somebody_keeps_is_read_once(cloud: Cloud) -> None:
    """A run applies what it has shown, whoever rotates meanwhile; the next one reads anew."""
    version = _keep(cloud, SecretString="kilimanjaro-5895")
    reader = SecretReader(cloud)
    first = reader.read(PLACE)
    assert (first.value, first.version, first.is_made_up) == ("kilimanjaro-5895", version, False)
    client = cloud.client("secretsmanager", PLACE.account, PLACE.region)
    client.put_secret_value(SecretId=PLACE.name, SecretString="meru-4566")
    assert reader.read(PLACE) is first
    assert SecretReader(cloud).read(PLACE).value == "meru-4566"


def test_what_nobody_keeps_is_made_up(cloud: Cloud) -> None:
    """The same in each run against one cloud, and another for each secret."""
    other = SecretPlace(PLACE.account, PLACE.region, "erb/other")
    reader = SecretReader(cloud)
    found = reader.read(PLACE)
    assert (found.is_made_up, found.value.startswith("rehearsal-")) == (True, True)
    assert SecretReader(cloud).read(PLACE).value == found.value != reader.read(other).value


def test_what_cannot_be_read_is_an_error_each_time(cloud: Cloud) -> None:
    """Bytes are no key that a header can hold: the secret is named, and its version is empty."""
    _keep(cloud, SecretBinary=b"\x00\x01")
    reader = SecretReader(cloud)
    for _ in range(2):
        with pytest.raises(CloudError, match=r"secret erb/key of account 110000000003: .* it holds no text"):
            reader.read(PLACE)
    assert (reader.version(PLACE), reader.versions) == ("", ())


def test_seal_stands_for_a_value_and_says_nothing_of_it(cloud: Cloud) -> None:
    """It changes with the version, is found again by the secret's name, and opens for who has read the secret."""
    version = _keep(cloud, SecretString="kilimanjaro-5895")
    reader = SecretReader(cloud)
    data = {"api_key": {"key": "X-Key", "value": "kilimanjaro-5895"}, "rest": ["kilimanjaro", 1, None, True]}
    assert reader.sealed(data) == data
    seal = reader.read(PLACE).seal
    sealed = reader.sealed(data)
    assert sealed == {**data, "api_key": {"key": "X-Key", "value": seal}}
    assert seal == f"egov-secret:erb/key:{version}"
    assert reader.opened(sealed) == data
    assert (seal_of([sealed], "erb/key"), seal_of([sealed], "erb")) == (seal, None)
    assert SecretReader(cloud).opened(sealed) == sealed


def test_value_is_hidden_from_people(cloud: Cloud) -> None:
    """In any text, and in what a traceback might show."""
    _keep(cloud, SecretString="kilimanjaro-5895")
    reader = SecretReader(cloud)
    found = reader.read(PLACE)
    assert reader.hide("bad value 'kilimanjaro-5895' of kilimanjaro") == "bad value '[secret]' of kilimanjaro"
    assert "kilimanjaro" not in repr(found)


def test_comparison_says_nothing_of_a_secret() -> None:
    """Whatever is live: it would be shown."""
    comparison = Comparison(frozenset(), frozenset(), frozenset(), {})
    assert list(comparison.differences("s", "value", SecretRef("erb/key"), "kilimanjaro-5895")) == []
