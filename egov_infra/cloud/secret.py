"""Secrets of a rehearsal cloud: read as AWS Secrets Manager gives them, and made up where nobody keeps one.

What is read stays in memory. A seal stands for it in whatever is written down: the secret's name and version, which
change when it is rotated and say nothing of its value.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.session import Cloud
from egov_infra.plan.arn import arn
from egov_infra.plan.outline import SecretPlace

READ_SECRET = "aws:secretsmanager/getSecretVersion:getSecretVersion"  # noqa: S105 - the function's token
HIDDEN = "[secret]"
"""What stands in a text for people in place of a secret's value."""
_CURRENT = "AWSCURRENT"
_MADE_UP = "made-up"
_SEAL = re.compile(r"egov-secret:([^:]+):([^:]+)")


@dataclass(frozen=True, slots=True)
class SecretVersion:
    """The current version of a secret."""

    place: SecretPlace
    arn: str
    version: str
    value: str = field(repr=False)

    @property
    def is_made_up(self) -> bool:
        """Whether nobody keeps it: its value protects nothing, and everybody may know it."""
        return self.version == _MADE_UP

    @property
    def seal(self) -> str:
        """What is recorded in place of the value."""
        return f"egov-secret:{self.place.name}:{self.version}"

    def to_wire(self) -> dict[str, object]:
        """The answer of pulumi_aws' function, by wire names."""
        return {
            "arn": self.arn,
            "createdDate": "",
            "id": f"{self.arn}|{_CURRENT}",
            "secretArn": self.arn,
            "secretBinary": "",
            "secretId": self.place.name,
            "secretString": self.value,
            "versionId": self.version,
            "versionStage": _CURRENT,
            "versionStages": [_CURRENT],
        }


class SecretReader:
    """Reads each secret once, so that what a run shows is what it applies, and remembers what must stay hidden.

    A rehearsal asks nobody to copy a real key into it: where its cloud has no such secret, it makes a value up.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._found: dict[SecretPlace, SecretVersion | CloudError] = {}
        self._lock = threading.Lock()

    def read(self, place: SecretPlace) -> SecretVersion:
        """The current version of a secret. Raises CloudError, each time that it is asked for."""
        with self._lock:
            if place not in self._found:
                try:
                    self._found[place] = self._read(place)
                except CloudError as error:
                    self._found[place] = error
            found = self._found[place]
        if isinstance(found, CloudError):
            raise found
        return found

    def version(self, place: SecretPlace) -> str:
        """The version of a secret; empty if it cannot be read."""
        try:
            return self.read(place).version
        except CloudError:
            return ""

    @property
    def versions(self) -> tuple[SecretVersion, ...]:
        """What was read so far, in the order of reading."""
        with self._lock:
            return tuple(item for item in self._found.values() if isinstance(item, SecretVersion))

    def sealed(self, data: Any) -> Any:
        """Plain data in which each text that is a secret's value is its seal."""
        return _exchanged(data, {item.value: item.seal for item in self.versions})

    def opened(self, data: Any) -> Any:
        """The inverse of `sealed`, for seals of the versions that were read."""
        return _exchanged(data, {item.seal: item.value for item in self.versions})

    def hide(self, text: str) -> str:
        """A text for people, without the value of any secret that was read."""
        for value in sorted((item.value for item in self.versions), key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def _read(self, place: SecretPlace) -> SecretVersion:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - previews load no boto3

        client = self._cloud.client("secretsmanager", place.account, place.region)
        try:
            answer = client.get_secret_value(SecretId=place.name)
        except ClientError as error:
            detail = error.response["Error"]
            if detail["Code"] == "ResourceNotFoundException":
                return self._make_up(place)
            raise _error(place, str(detail["Code"]), str(detail.get("Message", ""))) from None
        except BotoCoreError as error:
            raise _error(place, type(error).__name__, str(error)) from None
        if not answer.get("SecretString"):
            raise _error(place, "NoText", "it holds no text")
        return SecretVersion(place, answer["ARN"], answer["VersionId"], answer["SecretString"])

    def _make_up(self, place: SecretPlace) -> SecretVersion:
        """A value that stays the same as long as the cloud lives."""
        text = f"{self._cloud.cloud_id} {place.account} {place.region} {place.name}"
        value = f"rehearsal-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        where = arn("secretsmanager", place.account, place.region, f"secret:{place.name}")
        return SecretVersion(place, where, _MADE_UP, value)


def seal_of(data: Any, name: str) -> str | None:
    """The seal of a secret in plain data, or None."""
    if isinstance(data, str):
        found = _SEAL.fullmatch(data)
        return data if found and found[1] == name else None
    items = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else ()
    return next((seal for item in items if (seal := seal_of(item, name)) is not None), None)


def _exchanged(data: Any, texts: Mapping[str, str]) -> Any:
    if not texts:
        return data
    if isinstance(data, str):
        return texts.get(data, data)
    if isinstance(data, Mapping):
        return {key: _exchanged(item, texts) for key, item in data.items()}
    if isinstance(data, list | tuple):
        return [_exchanged(item, texts) for item in data]
    return data


def _error(place: SecretPlace, code: str, reason: str) -> CloudError:
    return CloudError("secret", f"{place.name} of account {place.account}", "get_secret_value", code, reason)
