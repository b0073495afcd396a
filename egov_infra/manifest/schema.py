"""JSON Schema of manifests, for editors: generated from the model, never edited.

Descriptions are the texts under the fields of the model's classes, read from their source when the schema is made, so
that `check` does not pay for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.source.field_text import field_texts

MODELS: Mapping[str, type[BaseModel]] = {"institution": Institution, "estate": Estate}


def json_schema(name: str) -> str:
    """The schema of a kind of file, as text. Raises KeyError for an unknown kind."""
    return schema_of(MODELS[name])


def schema_of(model: type[BaseModel]) -> str:
    """The schema of a model, as text; the text under each field is its description."""
    schema = model.model_json_schema(by_alias=True)
    texts = {cls.__name__: _field_texts(cls) for cls in records_of(model)}
    for definition in (schema, *schema.get("$defs", {}).values()):
        described = texts.get(definition.get("title", ""), {})
        for key, field in definition.get("properties", {}).items():
            text = described.get(key)
            if text:
                field["description"] = text
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def records_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and every model that it is made of."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        found = waiting.pop()
        if isinstance(found, type) and issubclass(found, BaseModel):
            if found in seen:
                continue
            seen.add(found)
            yield found
            waiting.extend(field.annotation for field in found.model_fields.values())
        else:
            waiting.extend(getattr(found, "__args__", ()))


def _field_texts(cls: type[BaseModel]) -> dict[str, str]:
    """Key of each field to the text under it, also where it is inherited."""
    bases = [base for base in reversed(cls.__mro__) if issubclass(base, BaseModel) and base is not BaseModel]
    texts = {name: text for base in bases for name, text in field_texts(base).items()}
    return {
        cls.model_fields[name].alias or name: text for name, text in texts.items() if name in cls.model_fields
    }
