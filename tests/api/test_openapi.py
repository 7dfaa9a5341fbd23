"""/openapi.json says what the contract says, and what the program does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.house.test_every_route_names_its_caller import ROUTES

#: method and path → the fields of the body, as the contract has them (`?` may be left out)
CONTRACT: dict[str, str] = {
    "POST /session": "login password code?",
    "GET /session": "",
    "DELETE /session": "",
    "PUT /session/password": "current new",
    "GET /classes": "",
    "GET /classes/{class_id}": "",
    "GET /classes/{class_id}/register": "",
    "GET /lessons": "",
    "GET /work-types": "",
    "GET /subjects": "",
    "GET /terms": "",
    "GET /pupils/{pupil_id}/diary/weeks/{monday}": "",
    "GET /pupils/{pupil_id}/marks": "",
    "GET /marks/{mark_id}/history": "",
    "GET /trail": "",
    "GET /marks/{mark_id}/receipt": "",
    "GET /classes/{class_id}/register/difference": "",
    "GET /classes/{class_id}/register/moments": "",
    "GET /log/checkpoint": "",
    "GET /log/checkpoints": "",
    "GET /log/checkpoints/{size}": "",
    "GET /log/consistency": "",
    "GET /log/keys": "",
    "POST /log/verification": "text",
    "POST /log/checks": "check_id kind year? until?",
    "GET /log/checks": "",
    "GET /log/checks/{check_id}": "",
    "POST /lessons": "lesson_id class_id subject_id teacher_id date number subgroup_id? room?",
    "POST /lessons/{lesson_id}/topic": "topic kind? title?",
    "POST /lessons/{lesson_id}/cancel": "reason",
    "POST /lessons/{lesson_id}/move": "date number",
    "POST /lessons/{lesson_id}/attendance": "entries others_stay?",
    "POST /lessons/{lesson_id}/homework": "homework_id text due_date individual_for?",
    "POST /lessons/{lesson_id}/no-homework": "",
    "POST /lessons/{lesson_id}/marks": "marks",
    "POST /lessons/{lesson_id}/annulments": "marks reason_code reason?",
    "POST /lessons/{lesson_id}/debts": "debts",
    "POST /lessons/{lesson_id}/debts/{debt_id}/resolution": "mark_id?",
    "POST /marks/{mark_id}/corrections": "saw value reason_code reason?",
    "POST /marks/{mark_id}/annulment": "saw reason_code reason?",
    "POST /marks/{mark_id}/comments": "comment",
    "POST /classes/{class_id}/term-marks": "subject_id term marks",
    "POST /classes/{class_id}/term-marks/corrections": (
        "pupil_id subject_id term saw value reason_code reason?"
    ),
    "POST /classes/{class_id}/term-marks/annulment": (
        "pupil_id subject_id term saw reason_code reason?"
    ),
    "POST /classes/{class_id}/terms/{term}/closing": "",
    "GET /classes/{class_id}/terms/{term}/closing": "",
    "POST /classes/{class_id}/terms/{term}/reopening": "order_no",
    "GET /classes/{class_id}/results": "",
    "GET /classes/{class_id}/term-marks": "",
    "POST /classes/{class_id}/year-marks": "subject_id marks",
    "POST /classes/{class_id}/exam-marks": "subject_id marks date",
    "POST /classes/{class_id}/final-marks": "subject_id marks",
    "GET /classes/{class_id}/council-decisions": "",
    "POST /classes/{class_id}/council-decisions": "protocol_no protocol_date decisions",
    "GET /pupils/{pupil_id}/terms": "",
    "GET /pupils/{pupil_id}/finals": "",
    "GET /correction-requests": "",
    "POST /correction-requests": "request_id mark_id saw value? reason_code text",
    "POST /correction-requests/{request_id}/approval": "order_no? term_mark?",
    "POST /correction-requests/{request_id}/rejection": "text",
    "POST /pupils/{pupil_id}/consents": "guardian_id purpose since until? paper? scan?",
    "POST /pupils/{pupil_id}/consents/withdrawal": "guardian_id purpose",
    "GET /pupils/{pupil_id}/consents": "",
    "GET /pupils/{pupil_id}/consents/{position}/paper": "",
    "GET /pupils/{pupil_id}/consents/{position}/scan": "",
    "GET /classes/{class_id}/consents": "",
    "GET /people/{person_id}/erasure": "",
    "POST /people/{person_id}/erasure": "basis payload_ids?",
    "GET /people/{person_id}/erasure/act": "",
}
QUERIES = {
    "/classes/{class_id}/register": {"subject_id", "subgroup_id", "term", "as_of"},
    "/classes/{class_id}/register/difference": {"subject_id", "subgroup_id", "term", "from", "to"},
    "/lessons": {"date", "teacher_id"},
    "/log/consistency": {"from", "to"},
    "/marks/{mark_id}/receipt": {"position"},
    "/pupils/{pupil_id}/marks": {"from", "to", "subject_id"},
    "/trail": {"class_id", "pupil_id", "subject_id", "by", "kind", "from", "to", "flag"},
}


@pytest.fixture
def described(client: TestClient) -> dict[str, Any]:
    """/openapi.json."""
    answer: dict[str, Any] = client.get("/openapi.json").json()
    return answer


def fields(described: dict[str, Any], operation: dict[str, Any]) -> str:
    """The fields of a body, in order, `?` after those that may be left out."""
    body = operation.get("requestBody")
    if body is None:
        return ""
    name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    schema = described["components"]["schemas"][name]
    required = schema.get("required", [])
    return " ".join(one + ("" if one in required else "?") for one in schema["properties"])


def test_the_contract_is_kept(described: dict[str, Any]) -> None:
    for name, body in CONTRACT.items():
        method, path = name.split()
        operation = described["paths"][f"/api/v1{path}"][method.lower()]
        assert fields(described, operation) == body, name
    for path, query in QUERIES.items():
        parameters = described["paths"][f"/api/v1{path}"]["get"]["parameters"]
        assert query <= {one["name"] for one in parameters if one["in"] == "query"}, path


def test_every_route_is_described(described: dict[str, Any]) -> None:
    there = {route.path for route in ROUTES.values() if route.path.startswith("/api/")}

    assert there | {"/healthz", "/readyz", "/metrics"} == set(described["paths"])


def test_every_answer_has_an_example_or_a_schema(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            [good] = [v for k, v in operation["responses"].items() if k.startswith("2")]
            contents = good.get("content", {}).values() or [{}]
            shown = all("example" in one or one.get("schema") for one in contents)
            assert (
                shown
                or method == "delete"
                or path.startswith("/api/v1/session/")
                or (path in {"/readyz", "/metrics"})
            ), (method, path)


def test_reads_say_how_they_wait_and_are_repeated(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        if "get" in operations and path.startswith("/api/v1/"):
            names = {one["name"] for one in operations["get"]["parameters"]}
            assert {"min_position", "If-None-Match"} <= names, path


def test_nothing_in_it_names_a_machine(described: dict[str, Any]) -> None:
    assert "127.0.0.1" not in json.dumps(described)


def test_alive_ready_and_measured(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert ready.json()["schools"] == {
        "kukarino": {"ready": True, "lag_facts": 0, "lag_s": 0.0, "troubles": []}
    }
    measured = client.get("/metrics").text
    assert 'letopis_projection_lag_facts{school="kukarino"} 0' in measured
    assert 'letopis_requests_total{status="200"}' in measured
    assert "letopis_database_up 1" in measured
