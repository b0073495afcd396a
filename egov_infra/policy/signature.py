"""Ed25519 signatures (RFC 8032) of bundle locks. `bundle.sig` is the base64 of the 64 bytes over the bytes of `bundle.lock`.

Any tool can make one: `openssl pkeyutl -sign -rawin -inkey key.pem -in bundle.lock | base64 -w0 > bundle.sig`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import pathlib
from typing import TYPE_CHECKING

from egov_infra.source.diagnostic import Diagnostic, InputError, Place

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LENGTH = 64
_MISSING = "needs the cryptography package: pip install 'egov-infra[sign]'"


def find_signer(lock: bytes, signature: pathlib.Path, key: pathlib.Path) -> str:
    """The name of the public key that signed a lock. Raises InputError if it did not, or if that cannot be told."""
    public = _public_key(key)
    if not signature.is_file():
        message = "the lock is not signed, and a signature is demanded: `egov-infra policy sign` makes one"
        raise _fault(signature, "bundle-unsigned", message)
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - only a demanded signature needs it

    name = key_name(public)
    try:
        public.verify(_decoded(signature), lock)
    except InvalidSignature:
        message = f"is no signature of this lock by key {name}: sign it anew, or the key is another's"
        raise _fault(signature, "bundle-signature", message) from None
    return name


def sign(lock: bytes, key: pathlib.Path) -> tuple[bytes, str]:
    """The content of `bundle.sig`, and the name of the public key. Raises InputError for what is no private key."""
    private = _private_key(key)
    return base64.b64encode(private.sign(lock)) + b"\n", key_name(private.public_key())


def key_name(key: Ed25519PublicKey) -> str:
    """SHA-256 of a public key (SubjectPublicKeyInfo, DER), in 16 hexadecimal digits."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]


def _public_key(path: pathlib.Path) -> Ed25519PublicKey:
    content = _read(path)
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    except ImportError:
        raise _fault(path, "bundle-key", f"a signature {_MISSING}") from None
    try:
        key = load_pem_public_key(content)
    except ValueError:
        raise _fault(path, "bundle-key", "no public key in PEM form (SubjectPublicKeyInfo)") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _fault(path, "bundle-key", "no key for Ed25519")
    return key


def _private_key(path: pathlib.Path) -> Ed25519PrivateKey:
    content = _read(path)
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
    except ImportError:
        raise _fault(path, "bundle-key", f"signing {_MISSING}") from None
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError:
        message = "under a passphrase: sign by `openssl pkeyutl -sign -rawin`, which asks for it"
        raise _fault(path, "bundle-key", message) from None
    except ValueError:
        raise _fault(path, "bundle-key", "no private key in PEM form (PKCS #8)") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _fault(path, "bundle-key", "no key for Ed25519")
    return key


def _read(path: pathlib.Path) -> bytes:
    if path == pathlib.Path():  # nobody means a folder: a variable of CI is empty
        raise _fault(path, "bundle-key", "a signature is demanded, and no key is named")
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _fault(path, "bundle-key", f"the key cannot be read: {reason}") from None


def _decoded(path: pathlib.Path) -> bytes:
    try:
        found = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, binascii.Error):
        found = b""
    if len(found) != _LENGTH:
        raise _fault(path, "bundle-signature", f"is not the base64 of {_LENGTH} bytes")
    return found


def _fault(path: pathlib.Path, code: str, message: str) -> InputError:
    return InputError([Diagnostic(Place(str(path)), code, message)])
