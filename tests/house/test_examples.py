"""Every operation of the API has examples, and the program accepts what they show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from api.examples import LACKING
from tests.house.test_every_route_names_its_caller import APP, ROUTES

DESCRIPTION = APP.openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body, and what a good answer brings."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).values()


def words(value: Any) -> Iterator[str]:
    """Every text in an example, names of members too."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from words(one)
    elif isinstance(value, list):
        for one in value:
            yield from words(one)
    elif isinstance(value, str):
        yield value


def test_no_operation_lacks_an_example() -> None:
    lacking = [
        name
        for name, operation in OPERATIONS.items()
        for content in contents(operation)
        if content.get("schema", {}).get("format") != "binary"
        and (content.get("example") is None or LACKING in set(words(content["example"])))
    ]
    assert not lacking, "give the field examples=[…], the route responses=example(…), or BY_NAME"


def test_no_answer_is_left_out() -> None:
    silent = {
        name
        for name, operation in OPERATIONS.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and status != "204" and not answer.get("content")
    }
    assert not silent


def test_no_operation_is_without_a_summary_and_a_description() -> None:
    assert [name for name, one in OPERATIONS.items() if not one.get("summary")] == []
    assert [name for name, one in OPERATIONS.items() if not one.get("description")] == []


@pytest.mark.parametrize(
    "name", sorted(name for name, one in OPERATIONS.items() if "requestBody" in one)
)
def test_what_an_example_asks_for_is_accepted(name: str) -> None:
    route = ROUTES[name]
    assert isinstance(route, APIRoute)
    [body] = route.dependant.body_params
    [content] = OPERATIONS[name]["requestBody"]["content"].values()
    try:
        known: Any = body.field_info.annotation
        TypeAdapter(known).validate_python(content["example"])
    except ValidationError as fault:
        pytest.fail(f"{content['example']}: {fault}")
