"""Evidence: what was judged, by which rules, with which verdicts; every digest can be recomputed."""

from __future__ import annotations

import hashlib
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import egov_infra
from egov_infra.engine.run import States
from egov_infra.engine.up import Prepared
from egov_infra.manifest.load import EstateSource
from egov_infra.plan.addresses import LOCK_FILE
from egov_infra.plan.canonical import canonical_json, plan_digest
from egov_infra.report.document import describe_finding, describe_judgement
from egov_infra.report.portable import portable

VERSION = 1


def evidence(
    prepared: Prepared, states: States, source: EstateSource, selectors: Sequence[str], target: str
) -> str:
    """Evidence of a judgement as JSON. Holds no time of day and no place of the checkout: the same inputs give the same bytes."""
    content = collect(prepared, states, source, selectors, target)
    return json.dumps({**content, "digest": digest_of(content)}, indent=2, ensure_ascii=False) + "\n"


def collect(
    prepared: Prepared, states: States, source: EstateSource, selectors: Sequence[str], target: str
) -> dict[str, Any]:
    """The content of evidence, without the digest over it."""
    judgement = portable(prepared.judgement, source.folder)
    owners = {selected.plan.owner for selected, _ in prepared.stacks}
    plans = sorted((selected.plan for selected, _ in prepared.stacks), key=lambda plan: plan.name)
    summary = describe_judgement(judgement, prepared.decision)
    del summary["ending_waivers"]  # it warns whoever reads today; the record is read later
    return {
        "version": VERSION,
        "tool": {"name": "egov-infra", "version": egov_infra.__version__},
        "target": target,
        "selectors": list(selectors),
        "summary": summary,
        "digests": {
            "estate": source.digest,
            "addresses": _file_digest(source.folder / LOCK_FILE),
            "policies": policies_digest(judgement.policies.folder),
            "profile": judgement.policies.profile.digest,
            "all_manifests": hashlib.sha256(canonical_json(judgement.digests)).hexdigest(),
            "manifests": {
                slug: digest for slug, digest in sorted(judgement.digests.items()) if slug in owners
            },
            "plans": {plan.name: plan_digest(plan) for plan in plans},
            "states": _state_digests([plan.name for plan in plans], states),
        },
        "rules": {rule.id: judgement.evaluated.get(rule.id, 0) for rule in judgement.policies.rules},
        "findings": [describe_finding(finding) for finding in judgement.findings],
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a record without its digest, in hexadecimal."""
    inner = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(canonical_json(inner)).hexdigest()


def policies_digest(folder: pathlib.Path) -> str:
    """SHA-256 over every file of a policies folder: names and contents, in the order of names."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _file_digest(path: pathlib.Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _state_digests(stacks: Sequence[str], states: States) -> dict[str, str | None]:
    """Stack to the digest of its state; None for one that was never applied."""
    recorded = frozenset(states.stacks())
    return {
        name: hashlib.sha256(states.load(name).to_json()).hexdigest() if name in recorded else None
        for name in stacks
    }
