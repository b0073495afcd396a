from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from egov_infra.policy.load import DOMAINS, load_rules
from egov_infra.policy.policies import Policies
from egov_infra.policy.schema import framework_schema, profile_schema, profile_schema_over, rule_schema
from egov_infra.source.document import read_document


def _data(path: Path) -> Any:
    return json.loads(json.dumps(read_document(path, path.name).data))


def _validator(text: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def profiles(policies: Policies) -> jsonschema.Draft202012Validator:
    """What an editor is given for profiles over the bundled rules."""
    return _validator(profile_schema_over(load_rules(policies.folder)))


@pytest.mark.parametrize(
    ("name", "text"),
    [("rule", rule_schema()), ("profile", profile_schema()), ("framework", framework_schema())],
)
def test_committed_schema_is_what_the_records_say(root: Path, name: str, text: str) -> None:
    """`make docs` writes it anew; every key of it is described."""
    assert (root / "docs" / "reference" / f"{name}.schema.json").read_text(encoding="utf-8") == text
    schema = json.loads(text)
    bare = [
        f"{definition['title']}.{key}"
        for definition in (schema, *schema["$defs"].values())
        for key, field in definition.get("properties", {}).items()
        if "description" not in field
    ]
    assert bare == []


def test_schemas_take_the_bundled_policies(root: Path, profiles: jsonschema.Draft202012Validator) -> None:
    """Every rule, every profile and every framework."""
    rules, frameworks = _validator(rule_schema()), _validator(framework_schema())
    folder = root / "policies"
    for path in (path for domain in DOMAINS for path in (folder / domain).glob("*.yaml")):
        assert [error.message for error in rules.iter_errors(_data(path))] == []
    for path in (folder / "profiles").glob("*.yaml"):
        assert [error.message for error in profiles.iter_errors(_data(path))] == []
    for path in (folder / "frameworks").glob("*.yaml"):
        assert [error.message for error in frameworks.iter_errors(_data(path))] == []


@pytest.mark.parametrize(
    "setting",
    [
        {"mail-dkim-key-odd": {"action": "warn"}},
        {"mail-dkim-key-old": {"acton": "warn"}},
        {"mail-dkim-key-old": {"parameters": {"max_age_day": 90}}},
        {"mail-dkim-key-old": {"parameters": {"max_age_days": 0}}},
        {"mail-spf-open-ended": {"parameters": {"qualifiers": ["+"]}}},
        {"mail-spf-uses-ptr": {"parameters": {"limit": 1}}},
    ],
)
def test_schema_over_rules_refuses_what_loading_refuses(
    root: Path, profiles: jsonschema.Draft202012Validator, setting: dict[str, Any]
) -> None:
    """An editor underlines an unknown rule, an unknown parameter and a value that it may not have."""
    data = _data(root / "policies" / "profiles" / "default.yaml")
    assert not profiles.is_valid({**data, "rules": setting})
