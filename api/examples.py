"""Examples of requests and answers, made of what the schema says about each field.

A field says its own by `examples=[…]`; what many fields have in common is said here by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LACKING = "…"  # no example is known: a house test finds it
DEEPEST = 12

BY_FORMAT: dict[str, Any] = {
    "uuid": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "date": "2026-11-23",
    "date-time": "2026-11-23T09:41:07+00:00",
    "time": "08:30:00",
    "uri": "https://reports.example/letopis",
}
#: of fields that say nothing themselves
BY_NAME: dict[str, Any] = {
    "about": "выписка из журнала за четверть",
    "act": "Акт об уничтожении персональных данных от 23.11.2026",
    "actions": "сбор, хранение, изменение, уничтожение",
    "address": "г. Кукарино, ул. Школьная, д. 5",
    "aim": "ведение электронного журнала и дневника",
    "applicant": "Петрова Ольга Ивановна",
    "clause": "2.1.4",
    "comment": "Старается, но торопится",
    "contact": "+7 900 000-00-00",
    "data": "фамилия, имя, отметки, посещаемость",
    "document": "паспорт 0000 000000",
    "failure": "такого адреса нет",
    "field": "fill_days",
    "file": "0JfQsNGJ0LjRgtCw",
    "good_until": "2026-12-07T09:41:07+00:00",
    "ground": "ст. 9 Федерального закона № 152-ФЗ",
    "homework": "§ 12, № 412",
    "job": "take_snapshots",
    "label": "Срок заполнения журнала",
    "login": "petrova.oi",
    "name": "Петрова Ольга Ивановна",
    "new": "9",
    "new_text": "9 дней",
    "old": "7",
    "old_text": "7 дней",
    "operator": "МКОУ Кукаринская ОШ",
    "outcome": "asked",
    "password": "oblako-60-samovar",
    "patronymic": "Ивановна",
    "plan_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "processor": "нет",
    "reason": "перепутала строки",
    "refused": "7а: класс уже закрыт",
    "room": "214",
    "scan": "JVBERi0xLjcK",
    "scope": "read:journal",
    "status": "alive",
    "term": "до окончания обучения",
    "text": "Проверьте, пожалуйста, тему урока 23 ноября",
    "title": "Квадратные уравнения",
    "topic": "Работа в электронном журнале",
    "version": "2",
    "word": "Работа сдана на перемене",
}
BY_TYPE: dict[str, Any] = {"number": 4.25, "boolean": True, "null": None}
NUMBERS = {"year": 2026, "position": 4127, "number": 2, "grade_level": 7}
CSV = "Класс;Урок;Состояние\r\n7а;2;LATE\r\n"


class Examples:
    """Makes examples by the schemas of one description."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def of(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """What a value of the schema looks like. name: of the field that it is in."""
        if "$ref" in schema:
            return self.of(self._schemas[schema["$ref"].rsplit("/", 1)[1]], name, depth + 1)
        for said in ("example", "const", "default"):
            if schema.get(said) is not None and (said != "default" or schema[said] not in ([], "")):
                return schema[said]
        if schema.get("examples"):
            return schema["examples"][0]
        if schema.get("enum"):
            return schema["enum"][0]
        return self._made(schema, name, depth)

    def _made(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kinds = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if kinds:
            first = next((one for one in kinds if one.get("type") != "null"), kinds[0])
            return self.of(first, name, depth + 1)
        if schema.get("type", "string") == "string" and not {"format", "properties"} & set(schema):
            return BY_FORMAT["uuid"] if name.endswith("_id") else BY_NAME.get(name, LACKING)
        if schema.get("type") == "integer":
            return NUMBERS.get(name, max(1, schema.get("minimum", 1)))
        if depth > DEEPEST:
            return LACKING
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, depth)
        if schema.get("type") == "array":
            items = schema.get("prefixItems") or [schema.get("items", {})]
            return [self.of(one, name.removesuffix("s"), depth + 1) for one in items]
        if schema.get("format") in BY_FORMAT:
            return BY_FORMAT[schema["format"]]
        return BY_TYPE.get(schema.get("type", ""), LACKING)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        fields = schema.get("properties", {})
        if fields:
            return {name: self.of(one, name, depth + 1) for name, one in fields.items()}
        more = schema.get("additionalProperties")
        if not isinstance(more, Mapping):
            return {}
        names = schema.get("propertyNames", {})
        return {str(self.of(names, "key", depth + 1)): self.of(more, "value", depth + 1)}


def illustrate(description: dict[str, Any]) -> None:
    """Every body and every good answer of JSON gets an example, where it has none of its own."""
    examples = Examples(description["components"]["schemas"])
    for operations in description["paths"].values():
        for operation in operations.values():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [
                answer.get("content", {})
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            ]
            for content in contents:
                for media, kind in content.items():
                    _illustrate(media, kind, examples)


def _illustrate(media: str, kind: dict[str, Any], examples: Examples) -> None:
    if "example" in kind or "examples" in kind:
        return
    if media == "text/csv":
        kind["example"] = CSV
    elif media == "application/json":
        kind["example"] = examples.of(kind["schema"])
    else:  # a file: nothing that one could read
        kind["schema"] = {"type": "string", "format": "binary"}
