"""/openapi.json: what FastAPI cannot see by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.examples import illustrate
from api.reports import XLSX
from api.v1.diary import WEEK, WEEK_EXAMPLE

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "по-русски, для человека"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "по-русски, для человека"},
        "code": {"type": "string", "description": "постоянное имя отказа"},
    },
    "example": {
        "type": "urn:letopis:problem:mark.changed_meanwhile",
        "title": "Уже изменено",
        "status": 409,
        "detail": "Отметка уже исправлена на 4.",
        "code": "mark.changed_meanwhile",
        "value": "4",
    },
}
MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "required": False,
    "description": "ждать (до 2 секунд), пока чтение дойдёт до этой позиции журнала",
    "schema": {"type": "integer", "minimum": 0},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETag прежнего ответа: если ничего не изменилось, ответ 304",
    "schema": {"type": "string"},
}
UUID_SCHEMA = {"type": "string", "format": "uuid"}
DIARY = {
    "tags": ["Дневник"],
    "summary": "Diary Week",
    "description": "A week of a pupil's diary, as one ready document.",
    "operationId": "diary_week",
    "parameters": [
        {"name": "pupil_id", "in": "path", "required": True, "schema": UUID_SCHEMA},
        {
            "name": "monday",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "date"},
        },
    ],
    "responses": {
        "200": {
            "description": "Successful Response",
            "content": {"application/json": {"example": WEEK_EXAMPLE}},
        }
    },
}


#: files that are made at once: what they are
FILES = {
    "/api/v1/classes/{class_id}/sheet": XLSX,
    "/api/v1/years/{year}/oneroster": "application/zip",
    "/api/v1/copies/{copy_id}/file": "application/zip",
}


def describe(app: FastAPI) -> None:
    """Complete the description: problems everywhere, positions and tags of reads, the diary."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(schema: dict[str, Any]) -> None:
    schema["paths"].setdefault(WEEK, {})["get"] = DIARY
    schema["components"]["schemas"]["Problem"] = PROBLEM
    answer = {
        "description": "Отказ",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = answer
            if method == "get" and path.startswith("/api/v1/"):
                operation["parameters"] = [
                    *operation.get("parameters", []),
                    MIN_POSITION,
                    IF_NONE_MATCH,
                ]
    for path, media in FILES.items():
        answer = schema["paths"][path]["get"]["responses"]["200"]
        answer.setdefault("content", {}).setdefault(media, {})
    illustrate(schema)
