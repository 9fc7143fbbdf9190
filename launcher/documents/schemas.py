"""One JSON Schema per message, as it is on the bus: personal fields sealed. And one of the envelope around all of them."""

import json
from typing import Any

from chassis.privacy import sealed_schema
from contracts.envelope import Contract, Envelope

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENVELOPE_FILE = "schemas/envelope.json"


def file_of(contract: type[Contract]) -> str:
    return f"schemas/{contract.type_name()}.v{contract.schema_version}.json"


def schema_of(contract: type[Contract]) -> dict[str, Any]:
    owned = {"x-owner": contract.owner, "x-readers": list(contract.readers)}
    return {"$schema": DIALECT, "$id": contract.dataschema(), **owned, **sealed_schema(contract)}


def envelope_schema() -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": "urn:cheqiao:schema:envelope", **Envelope.model_json_schema()}


def as_json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
