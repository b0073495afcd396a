from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from egov_infra.cli.main import root as command_line
from egov_infra.engine.gate import Gate
from egov_infra.policy.bundle import verify
from egov_infra.policy.demand import KEY_VARIABLE, LOCKED_VARIABLE
from egov_infra.source.diagnostic import InputError
from tests.cli.repository import Repository


def _run(*words: str) -> str:
    """What a command says on stdout. Raises what it raises."""
    done = CliRunner().invoke(command_line, list(words), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies that a test may change."""
    return Path(shutil.copytree(root / "policies", tmp_path / "policies"))


@pytest.fixture
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A private key, and the public one; outside of any repository."""
    tmp_path = tmp_path_factory.mktemp("keys")
    key = Ed25519PrivateKey.generate()
    private, public = tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_the_lock_of_our_own_policies_fits(root: Path) -> None:
    """Whoever changes a rule, a profile or a framework runs `egov-infra policy lock`, and commits bundle.lock with it."""
    try:
        verify(root / "policies")
    except InputError as error:
        pytest.fail(f"run `.venv/bin/egov-infra policy lock`, and commit policies/bundle.lock:\n{error}")


def test_lock_is_written_checked_and_kept_while_nothing_changes(policies: Path) -> None:
    """Its version stays until another one is given; what differs is named by --check, which writes nothing."""
    named = ("--policies", str(policies))
    (policies / "bundle.lock").unlink()
    said = _run("policy", "lock", *named)
    assert said.startswith("policies 1.0.0: ")
    assert _run("policy", "lock", "--release", "1.1.0", *named).startswith("policies 1.1.0: ")
    before = (policies / "bundle.lock").read_bytes()
    assert _run("policy", "lock", *named).startswith("policies 1.1.0: ")
    assert _run("policy", "lock", "--check", *named).startswith("policies 1.1.0 as their lock says: ")
    rule = policies / "mail" / "zone-unsigned.yaml"
    rule.write_text(f"{rule.read_text()}# changed\n")
    with pytest.raises(InputError, match=r"bundle-digest mail/zone-unsigned\.yaml"):
        _run("policy", "lock", "--check", *named)
    assert (policies / "bundle.lock").read_bytes() == before


def test_signature_goes_with_the_lock_that_it_is_of(policies: Path, keys: tuple[Path, Path]) -> None:
    """A lock that stays keeps it, another lock removes it; policies that are not as it says are not signed."""
    named = ("--policies", str(policies))
    _run("policy", "lock", *named)
    assert "signed by key" in _run("policy", "sign", "--key", str(keys[0]), *named)
    _run("policy", "lock", *named)
    assert (policies / "bundle.sig").exists()
    (policies / "mail" / "zone-unsigned.yaml").unlink()
    with pytest.raises(InputError, match="bundle-missing"):
        _run("policy", "sign", "--key", str(keys[0]), *named)
    _run("policy", "lock", *named)
    assert not (policies / "bundle.sig").exists()


GATES = (
    ["check", "ESTATE"],
    ["plan", "erb", "--estate", "ESTATE"],
    ["up", "erb", "--estate", "ESTATE"],
    ["audit", "erb", "--estate", "ESTATE"],
    ["evidence", "erb", "--estate", "ESTATE"],
)


@pytest.mark.parametrize("words", GATES, ids=lambda words: words[0])
def test_what_the_environment_demands_holds_for_every_gate(
    own_estate: Path, policies: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """No option is needed: CI sets the variable once."""
    (policies / "bundle.lock").unlink()
    monkeypatch.setenv(LOCKED_VARIABLE, "1")
    named = [str(own_estate) if word == "ESTATE" else word for word in words]
    with pytest.raises(InputError, match="bundle-unlocked"):
        _run(*named, "--policies", str(policies))


def test_the_program_demands_it_too(
    own_estate: Path, policies: Path, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine hands the environment on; a signature opens."""
    _run("policy", "lock", "--policies", str(policies))
    monkeypatch.setenv(KEY_VARIABLE, str(keys[1]))
    with pytest.raises(InputError, match="bundle-unsigned"):
        Gate.of(own_estate, policies)
    _run("policy", "sign", "--key", str(keys[0]), "--policies", str(policies))
    seal = Gate.of(own_estate, policies).policies.seal
    assert seal is not None
    assert seal.key is not None


def test_whoever_reads_or_writes_rules_is_not_hindered(
    own_estate: Path, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing follows from what these commands show."""
    monkeypatch.setenv(LOCKED_VARIABLE, "1")
    (policies / "bundle.lock").unlink()
    named = ("--estate", str(own_estate), "--policies", str(policies))
    for words in (
        ("policy", "list"),
        ("policy", "frameworks"),
        ("waiver", "list"),
        ("waiver", "lint"),
        ("policy", "test", "mail-zone-unsigned"),
    ):
        assert _run(*words, *named)


def test_signed_policies_may_weaken(repository: Repository, keys: tuple[Path, Path]) -> None:
    """What only the base's policies refuse is listed, and blocks no more; another profile is not of the signature."""
    folder, (private, public) = repository.folder, keys
    estate = str(folder / "estate")
    named = ("--policies", str(folder / "policies"))
    repository.rewrite("dmarc: {policy: reject,", "dmarc: {policy: none,")
    repository.rewrite("must: |\n  ", "must: |\n  true ||\n  ", "policies/mail/dmarc-not-enforced.yaml")
    words = ("check", estate, "--base", "HEAD")
    code, found = repository.run(*words)
    assert (code, len(found["weakened"]), found["weakened_is_lifted"]) == (1, 1, False)
    _run("policy", "lock", *named)
    assert repository.run(*words, "--locked")[0] == 1
    _run("policy", "sign", "--key", str(private), *named)
    code, found = repository.run(*words, "--trust", str(public))
    assert (code, len(found["weakened"]), found["weakened_is_lifted"]) == (0, 1, True)
    repository.rewrite("profile: default", "profile: gov-uk-mail", "estate/estate.yaml")
    code, found = repository.run(*words, "--trust", str(public))
    assert (code, found["weakened_is_lifted"]) == (1, False)


def test_a_change_does_not_bring_the_key(repository: Repository, keys: tuple[Path, Path]) -> None:
    """A key that lies in the repository of the policies demands nothing: who changes these could change it."""
    folder, (private, public) = repository.folder, keys
    named = ("--policies", str(folder / "policies"))
    _run("policy", "lock", *named)
    _run("policy", "sign", "--key", str(private), *named)
    words = ("check", str(folder / "estate"))
    assert repository.run(*words, "--trust", str(public))[0] == 0
    own = shutil.copy(public, folder / "own.pub")
    with pytest.raises(InputError, match="bundle-key lies in the repository of the policies"):
        repository.run(*words, "--trust", str(own))
