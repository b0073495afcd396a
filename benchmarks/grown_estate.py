"""The sample estate many times over: every institution again under other names, so that nothing clashes."""

from __future__ import annotations

import json
import pathlib
import shutil
from typing import Any

import yaml

from egov_infra.manifest.register import write_manifest

_SHORT_CODE, _USSD_CODE = "15200", "*152*00#"
"""What all institutions share: each copy of the estate gets its own."""


def grow(estate: pathlib.Path, folder: pathlib.Path, times: int) -> None:
    """Write `times` as many institutions to a folder; 2 to 10 times. Addresses are still to be assigned."""
    (folder / "institutions").mkdir(parents=True)
    shutil.copy(estate / "addresses.lock.json", folder)
    shared = _shared(_read((estate / "estate.yaml").read_text()), times)
    (folder / "estate.yaml").write_text(json.dumps(shared, default=str, indent=1))
    for number, path in enumerate(sorted((estate / "institutions").iterdir())):
        shutil.copy(path, folder / "institutions")
        text = path.read_text()
        for copy in range(1, times):
            manifest = write_manifest(_renamed(text, number, copy))
            (folder / "institutions" / f"{path.stem}-{copy}.yaml").write_text(manifest)


def _read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _shared(estate: Any, times: int) -> Any:
    """What institutions share, with room for all of them."""
    for account in estate["accounts"].values():
        for quota in account.get("quotas", {}).values():
            quota["value"] *= times
    gateway = estate["gateway"]
    for key, name in (("short_codes", "number"), ("ussd", "code")):
        gateway[key] += [
            {**code, name: _coded(code[name], copy)} for code in gateway[key] for copy in range(1, times)
        ]
    return estate


def _coded(text: str, copy: int) -> str:
    return {_SHORT_CODE: f"1520{copy}", _USSD_CODE: f"*152*0{copy}#"}[text]


def _renamed(text: str, number: int, copy: int) -> Any:
    """The manifest of the same institution under another name, with all that only one may hold."""
    for domain in _read(text)["domains"]:
        label, _, rest = domain["name"].partition(".")
        text = text.replace(domain["name"], f"{label}-{copy}.{rest}")
    manifest = _read(text)
    identity = manifest["institution"]
    for key in identity.keys() & {"slug", "parent"}:
        identity[key] += f"-{copy}"
    for environment in manifest.get("tenancy", {}).get("environments", {}).values():
        environment["account"] = f"21{copy}{environment['account'][3:]}"
    gateway = manifest.get("gateway", {})
    for sender in gateway.get("sender_ids", ()):
        sender["text"] = f"S{number:04}{copy}"
    for route in gateway.get("sms", ()):
        route["short_code"] = _coded(route["short_code"], copy)
    for route in gateway.get("ussd", ()):
        route["code"] = _coded(route["code"], copy)
    return manifest
