"""The document of the API (OpenAPI 3.1), written from the types that its handlers have."""

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from monitor.desk.api.endpoint import PREFIX, Endpoint, Shape, description
from monitor.desk.api.problem import CONTENT_TYPE, Told
from monitor.models import Role

_REF: Final = "#/components/schemas/{model}"
_ABOUT: Final = (
    "All that people do at the desk, for programs that act in a person's name. Every answer that is not what was asked "
    "for is a problem (RFC 9457): a sentence that says what was not done and why, and advice on what to do."
)
_NUMBER: Final = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the draft as you have read it.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f-]+"$', "maxLength": 60},
}
_WHY: Final = {
    401: "No token, or one that opens nothing any more.",
    403: "The token, or its person, may not do this.",
    404: "There is no such thing.",
    409: "The record does not do this as things stand.",
    412: "It has changed since you got it.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "What was sent is not what this address takes.",
    428: "If-Match is missing.",
    429: "That is too often, or too much at once; Retry-After says when to come back.",
    502: "The sample servers do not answer.",
}
_HEADERS: Final = {
    401: {"WWW-Authenticate": {"description": "How to show a token.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}},
}
_OUTSIDE: Final = (401, 404, 413, 422, 429)


def document(endpoints: Iterable[Endpoint]) -> str:
    """The whole document as JSON."""
    shapes = [(endpoint, Shape.of(endpoint.handler)) for endpoint in endpoints]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint, shape in shapes:
        paths.setdefault(PREFIX + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, shape)
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Ownup", "version": "1", "description": _ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(shape for _, shape in shapes),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "alerts": {"type": "http", "scheme": "bearer", "description": "The token of [alerts]."},
                "alerts_basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The name and password of [alerts].",
                },
            },
        },
    }
    return json.dumps(whole, ensure_ascii=False)


def _operation(endpoint: Endpoint, shape: Shape) -> Mapping[str, Any]:
    first, whole = description(endpoint.handler)
    told: dict[str, Any] = {
        "operationId": _name(endpoint),
        "summary": first,
        "description": whole if endpoint.outside else f"{whole}\n\nNeeds the role {endpoint.role}.",
        "parameters": _parameters(shape),
        "responses": {
            str(endpoint.status): _well(endpoint, shape),
            **{str(status): _problem(status) for status in statuses(endpoint, shape)},
        },
    }
    if endpoint.outside:
        told["security"] = [{"alerts": []}, {"alerts_basic": []}]
    if shape.given:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(shape.given)}}}
    return told


def statuses(endpoint: Endpoint, shape: Shape) -> Sequence[int]:
    """With which problems an endpoint may answer."""
    if endpoint.outside:
        return _OUTSIDE
    found = {401, *endpoint.also}
    if endpoint.role is not Role.VIEWER:
        found |= {403, 409}
    if shape.numbered:
        found |= {404}
    if shape.given:
        found |= {412, 413, 415, 422}
    if shape.query:
        found |= {422}
    if shape.versioned:
        found |= {428}
    return sorted(found)


def _name(endpoint: Endpoint) -> str:
    module = endpoint.handler.__module__.rpartition(".")[2]
    return f"{module}_{endpoint.handler.__name__}"


def _parameters(shape: Shape) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = [_NUMBER] if shape.numbered else []
    if shape.versioned:
        found.append(_IF_MATCH)
    if shape.query:
        schema = shape.query.model_json_schema()
        found += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _plain(one)}
            for name, one in schema["properties"].items()
        ]
    return found


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter that may be left out is never null: an address has no such word."""
    (kind, *_) = schema.get("anyOf", [schema])
    return {name: value for name, value in kind.items() if name != "title"}


def _well(endpoint: Endpoint, shape: Shape) -> Mapping[str, Any]:
    headers: dict[str, Any] = {}
    if shape.streams:
        return {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": _data(shape)}}}
    if "etag" in shape.answer.model_fields:
        headers["ETag"] = _header("The version: show it as If-Match.")
    if endpoint.makes:
        headers["Location"] = _header("Where the new thing is.")
    return {
        "description": HTTPStatus(endpoint.status).phrase,
        "headers": headers,
        "content": {"application/json": {"schema": _ref(shape.answer)}},
    }


def _data(shape: Shape) -> Mapping[str, Any]:
    """What stands behind each ``data:`` of a stream."""
    content = {"contentMediaType": "application/json", "contentSchema": _ref(shape.answer)}
    return {"type": "string", "description": f"The data of each event is a {shape.answer.__name__}.", **content}


def _header(why: str) -> Mapping[str, Any]:
    return {"description": why, "schema": {"type": "string"}}


def _problem(status: int) -> Mapping[str, Any]:
    return {
        "description": _WHY[status],
        "headers": _HEADERS.get(status, {}),
        "content": {CONTENT_TYPE: {"schema": _ref(Told)}},
    }


def _ref(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas(shapes: Iterable[Shape]) -> Mapping[str, Any]:
    wanted: dict[type[BaseModel], str] = {Told: "serialization"}
    for shape in shapes:
        wanted[shape.answer] = "serialization"
        if shape.given:
            wanted[shape.given] = "validation"
    _, schema = models_json_schema(list(wanted.items()), ref_template=_REF)  # type: ignore[arg-type] # the two are modes
    found: Mapping[str, Any] = schema["$defs"]
    return found
