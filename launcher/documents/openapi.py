"""How an OpenAPI 3.1 document is put together: operations as values, bodies from pydantic models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

Document = dict[str, Any]
Body = Any
"""A pydantic model, or a union of models told apart by `type`."""


@dataclass(frozen=True)
class Answer:
    status: int
    means: str
    body: Body | None = None
    headers: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    """Of bytes, where it is no JSON."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked. `parameters` and `headers` are names defined in the document's components."""

    method: str
    path: str
    name: str
    summary: str
    answers: tuple[Answer, ...]
    body: Body | None = None
    parameters: tuple[str, ...] = ()
    description: str = ""
    media_types: tuple[str, ...] = ()
    """Of the bytes that it takes, where its body is no JSON."""


@dataclass(frozen=True)
class Api:
    title: str
    version: str
    description: str
    server: str
    server_means: str
    security: Mapping[str, Document]
    operations: Sequence[Operation]
    parameters: Mapping[str, Document] = field(default_factory=dict)
    headers: Mapping[str, Document] = field(default_factory=dict)


def document(api: Api) -> Document:
    bodies = _unique(body for operation in api.operations for body in (operation.body, *(answer.body for answer in operation.answers)))
    schemas = _schemas(bodies)
    paths: Document = {}
    for operation in api.operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas.references)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": api.version, "description": api.description},
        "servers": [{"url": api.server, "description": api.server_means}],
        "security": [{scheme: [] for scheme in api.security}],
        "paths": paths,
        "components": {
            "schemas": schemas.definitions,
            "parameters": dict(api.parameters),
            "headers": dict(api.headers),
            "securitySchemes": dict(api.security),
        },
    }


@dataclass(frozen=True)
class _Schemas:
    definitions: Document
    references: Mapping[Any, Document]


def _schemas(bodies: Sequence[Body]) -> _Schemas:
    keyed: list[tuple[Body, Literal["validation"], TypeAdapter[Any]]] = [(body, "validation", TypeAdapter(body)) for body in bodies]
    references, whole = TypeAdapter.json_schemas(keyed, ref_template="#/components/schemas/{model}")
    return _Schemas(whole.get("$defs", {}), {body: references[(body, "validation")] for body in bodies})


def _operation(operation: Operation, references: Mapping[Any, Document]) -> Document:
    made: Document = {"operationId": operation.name, "summary": operation.summary}
    if operation.description:
        made["description"] = operation.description
    if operation.parameters:
        made["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in operation.parameters]
    if operation.body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": references[operation.body]}}}
    if operation.media_types:
        made["requestBody"] = {"required": True, "content": {name: {} for name in operation.media_types}}
    made["responses"] = {str(answer.status): _answer(answer, references) for answer in operation.answers}
    return made


def _answer(answer: Answer, references: Mapping[Any, Document]) -> Document:
    made: Document = {"description": answer.means}
    if answer.headers:
        made["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in answer.headers}
    if answer.body is not None:
        made["content"] = {"application/json": {"schema": references[answer.body]}}
    if answer.media_types:
        made["content"] = {name: {} for name in answer.media_types}
    return made


def _unique(bodies: Iterable[Body | None]) -> list[Body]:
    found: list[Body] = []
    for body in bodies:
        if body is not None and body not in found:
            found.append(body)
    return found
