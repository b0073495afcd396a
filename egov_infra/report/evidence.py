"""Evidence: what was judged, by which rules, with which verdicts; every digest can be recomputed."""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

import egov_infra
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.up import Prepared
from egov_infra.plan.canonical import canonical_json, plan_digest
from egov_infra.report.document import describe_finding, describe_judgement

VERSION = 1


def policies_digest(folder: pathlib.Path) -> str:
    """SHA-256 over every file of a policies folder: names and contents, in the order of names."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def evidence(prepared: Prepared, store: Store, estate_digest: str) -> str:
    """Evidence of a judgement as JSON. Holds no time of day: the same inputs give the same bytes."""
    judgement = prepared.judgement
    owners = {selected.plan.owner for selected, _ in prepared.stacks}
    content: dict[str, Any] = {
        "version": VERSION,
        "tool": {"name": "egov-infra", "version": egov_infra.__version__},
        "summary": describe_judgement(judgement, prepared.decision),
        "digests": {
            "estate": estate_digest,
            "policies": policies_digest(judgement.policies.folder),
            "manifests": {
                slug: digest for slug, digest in sorted(judgement.digests.items()) if slug in owners
            },
            "plans": {selected.plan.name: plan_digest(selected.plan) for selected, _ in prepared.stacks},
            "states": {
                selected.plan.name: hashlib.sha256(store.load(selected.plan.name).to_json()).hexdigest()
                for selected, _ in prepared.stacks
            },
        },
        "rules": {rule.id: judgement.evaluated.get(rule.id, 0) for rule in judgement.policies.rules},
        "findings": [describe_finding(finding) for finding in judgement.findings],
    }
    content["digest"] = hashlib.sha256(canonical_json(content)).hexdigest()
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
