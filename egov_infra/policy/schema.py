"""JSON Schema of policies, for editors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from egov_infra.manifest.schema import schema_of
from egov_infra.policy.framework_file import FrameworkFile
from egov_infra.policy.profile import ProfileFile, RuleSetting
from egov_infra.policy.rule import Rule
from egov_infra.policy.rule_file import RuleFile


def rule_schema() -> str:
    """The schema of a rule's file, as text."""
    return schema_of(RuleFile)


def framework_schema() -> str:
    """The schema of a framework's file, as text."""
    return schema_of(FrameworkFile)


def profile_schema() -> str:
    """The schema of a profile over any rules, as text."""
    return schema_of(ProfileFile)


def profile_schema_over(rules: Sequence[Rule]) -> str:
    """The schema of a profile over these rules, as text: it names each, with what its parameters may be."""
    schema = json.loads(profile_schema())
    single = schema["properties"]["rules"]
    single["additionalProperties"] = False
    single["properties"] = {rule.id: _setting(rule) for rule in rules}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _setting(rule: Rule) -> dict[str, Any]:
    declared = {name: one.schema_part() for name, one in rule.metadata.parameters.items()}
    return {
        "$ref": f"#/$defs/{RuleSetting.__name__}",
        "description": rule.metadata.title,
        "properties": {"parameters": {"properties": declared, "additionalProperties": False}},
    }
