from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from egov_infra.policy.bundle import bundle_digest, digests, lock_text
from egov_infra.policy.demand import Demand, Seal, demand_of, sealed
from egov_infra.policy.signature import sign
from egov_infra.source.diagnostic import InputError

LOCKED = Demand(locked=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small policies folder, under its lock."""
    found = tmp_path / "policies"
    (found / "mail").mkdir(parents=True)
    (found / "mail" / "a.yaml").write_text("a: 1\n")
    (found / "mail" / "b.yaml").write_text("b: 1\n")
    (found / "waivers.yaml").write_text("waivers: []\n")
    (found / "bundle.lock").write_text(lock_text(found, "1.2.3"))
    return found


def _key(folder: Path, name: str, encryption: KeySerializationEncryption | None = None) -> tuple[Path, Path]:
    """A private key and its public one, as files outside of the policies."""
    private = Ed25519PrivateKey.generate()
    paths = folder.parent / f"{name}.pem", folder.parent / f"{name}.pub"
    paths[0].write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    )
    paths[1].write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return paths


def _signed(folder: Path, private: Path) -> str:
    content, name = sign((folder / "bundle.lock").read_bytes(), private)
    (folder / "bundle.sig").write_bytes(content)
    return name


def _said(folder: Path, demand: Demand) -> list[str]:
    with pytest.raises(InputError) as caught:
        sealed(folder, demand)
    return [str(item).replace(f"{folder.parent}/", "") for item in caught.value.diagnostics]


def test_policies_that_are_as_their_lock_says_are_sealed(folder: Path) -> None:
    """Waivers are reviewed on their own: they may change, and so may what Python leaves behind."""
    (folder / "waivers.yaml").write_text("waivers: [x]\n")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"")
    files = digests(folder)
    assert list(files) == ["mail/a.yaml", "mail/b.yaml"]
    assert sealed(folder, LOCKED) == Seal("1.2.3", bundle_digest(files), None)


def test_digest_is_what_sha256sum_says(folder: Path) -> None:
    """Anybody can compute it without us."""
    command = "LC_ALL=C; export LC_ALL; sha256sum mail/a.yaml mail/b.yaml | sha256sum | cut -d' ' -f1"
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert bundle_digest(digests(folder)) == done.stdout.strip()


def test_everything_that_does_not_fit_shows_at_once_at_its_line(folder: Path) -> None:
    """A changed file, one that is missing, and one that is in no lock."""
    (folder / "mail" / "a.yaml").write_text("a: 2\n")
    (folder / "mail" / "b.yaml").unlink()
    (folder / "mail" / "c.yaml").write_text("c: 1\n")
    hint = "`egov-infra policy lock` writes the lock anew"
    assert _said(folder, LOCKED) == [
        f"policies/bundle.lock:4:1 bundle-extra mail/c.yaml is not among the files; {hint}",
        f"policies/bundle.lock:5:16 bundle-digest mail/a.yaml has digest {digests(folder)['mail/a.yaml']}; {hint}",
        f"policies/bundle.lock:6:3 bundle-missing no file mail/b.yaml; {hint}",
    ]


def test_a_lock_that_was_changed_by_hand_is_told(folder: Path) -> None:
    """Its own digest no longer fits, even where every file does."""
    lock = folder / "bundle.lock"
    old = digests(folder)["mail/a.yaml"]
    (folder / "mail" / "a.yaml").write_text("a: 2\n")
    lock.write_text(lock.read_text().replace(old, digests(folder)["mail/a.yaml"]))
    assert [item.split()[:2] for item in _said(folder, LOCKED)] == [
        ["policies/bundle.lock:3:9", "bundle-lock"]
    ]


def test_a_lock_that_is_none_is_refused(folder: Path) -> None:
    """Malformed, or not there."""
    (folder / "bundle.lock").write_text("version: 1.2.3\ndigest: 12\nfiles: {}\n")
    assert _said(folder, LOCKED) == [
        "policies/bundle.lock:2:9 value-type digest: number 12 where text belongs: put it in quotes"
    ]
    (folder / "bundle.lock").unlink()
    message = "the policies have no lock, and one is demanded: `egov-infra policy lock` writes it"
    assert _said(folder, LOCKED) == [f"policies/bundle.lock bundle-unlocked {message}"]


def test_links_are_in_no_lock(folder: Path) -> None:
    """Rules behind a linked folder would be read, and be in no digest."""
    (folder / "mail" / "gone").symlink_to(folder.parent)
    said = "policies/mail/gone bundle-link a link: what it leads to is in no lock"
    assert _said(folder, LOCKED) == [said]
    with pytest.raises(InputError, match="bundle-link"):
        lock_text(folder, "1.0.0")


def test_nothing_is_demanded_unless_somebody_does(folder: Path) -> None:
    """Authors change rules without a lock; a lock that does not fit hinders nobody."""
    (folder / "mail" / "a.yaml").write_text("a: 2\n")
    assert sealed(folder, Demand()) is None
    assert demand_of({}) == demand_of({"EGOV_INFRA_POLICY_LOCKED": "0"}) == Demand()
    assert demand_of({"EGOV_INFRA_POLICY_LOCKED": "1"}) == LOCKED
    environment = {"EGOV_INFRA_POLICY_KEY": "/keys/a.pub"}
    assert demand_of(environment) == Demand(key=Path("/keys/a.pub"))
    assert demand_of(environment, key=Path("b.pub")) == Demand(key=Path("b.pub"))


def test_policies_signed_by_the_trusted_key_are_sealed_by_it(folder: Path) -> None:
    """The seal names the key."""
    private, public = _key(folder, "a")
    name = _signed(folder, private)
    assert sealed(folder, Demand(key=public)) == Seal("1.2.3", bundle_digest(digests(folder)), name)


def test_a_demanded_signature_is_never_satisfied_by_its_absence(folder: Path) -> None:
    """Neither without a signature, nor without a lock, nor with a key that is not there or not named."""
    _, public = _key(folder, "a")
    unsigned = "the lock is not signed, and a signature is demanded: `egov-infra policy sign` makes one"
    assert _said(folder, Demand(key=public)) == [f"policies/bundle.sig bundle-unsigned {unsigned}"]
    assert _said(folder, Demand(key=folder.parent / "no.pub")) == [
        "no.pub bundle-key the key cannot be read: no such file or directory"
    ]
    empty = demand_of({"EGOV_INFRA_POLICY_KEY": ""})
    assert _said(folder, empty) == [". bundle-key a signature is demanded, and no key is named"]
    (folder / "bundle.lock").unlink()
    assert _said(folder, Demand(key=public))[0].startswith("policies/bundle.lock bundle-unlocked")


def test_a_signature_of_something_else_is_refused(folder: Path) -> None:
    """Of another lock, by another key, of the wrong length, or no base64 at all; misfits of the lock show beside it."""
    private, public = _key(folder, "a")
    other, _ = _key(folder, "b")
    _signed(folder, other)
    assert [item.split()[:2] for item in _said(folder, Demand(key=public))] == [
        ["policies/bundle.sig", "bundle-signature"]
    ]
    _signed(folder, private)
    (folder / "mail" / "a.yaml").write_text("a: 2\n")
    (folder / "bundle.lock").write_text(lock_text(folder, "1.2.3"))
    (folder / "mail" / "b.yaml").unlink()
    assert [item.split()[1] for item in _said(folder, Demand(key=public))] == [
        "bundle-missing",
        "bundle-signature",
    ]
    for content in (b"", b"AAAA", b"\xff not base64"):
        (folder / "bundle.sig").write_bytes(content)
        assert "policies/bundle.sig bundle-signature is not the base64 of 64 bytes" in _said(
            folder, Demand(key=public)
        )


def test_a_file_that_is_no_key_is_refused(folder: Path) -> None:
    """A text, a private key in place of a public one, and keys for something else; a passphrase is not asked for."""
    private, public = _key(folder, "a")
    hidden, _ = _key(folder, "b", BestAvailableEncryption(b"secret"))
    _signed(folder, private)
    assert _said(folder, Demand(key=private)) == [
        "a.pem bundle-key no public key in PEM form (SubjectPublicKeyInfo)"
    ]
    curve = generate_private_key(SECP256R1()).public_key()
    public.write_bytes(curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert _said(folder, Demand(key=public)) == ["a.pub bundle-key no key for Ed25519"]
    for path, said in (
        (public, "no private key in PEM form"),
        (hidden, "under a passphrase: sign by `openssl"),
    ):
        with pytest.raises(InputError, match=f"bundle-key {said}"):
            sign(b"", path)


def test_nothing_of_it_is_loaded_unless_it_is_demanded() -> None:
    """Start-up is a budget."""
    program = (
        "import sys; from egov_infra.policy.policies import load_policies; from egov_infra.manifest.load import open_estate; "
        "import pathlib; load_policies(open_estate(pathlib.Path('stacks/estate'))); "
        "sys.exit(any(name.startswith(('cryptography', 'egov_infra.policy.signature', 'egov_infra.policy.bundle')) for name in sys.modules))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=root).returncode == 0
