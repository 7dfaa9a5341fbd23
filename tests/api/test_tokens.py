"""Personal tokens: shown once, good for what they say, never for what needs a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.auth.scopes import Scope
from api.deps import CALLERS, anyone
from projections.projector import Projector
from tests.api.ground import PASSWORD, Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import COLUMN, FIVE, TYPO, give
from tests.cast import CLASS_7A, PETYA
from tests.domain.seventh_a import WEDNESDAY
from tests.house.test_every_route_names_its_caller import ROUTES, callers

At = Callable[[str], Desk]
UNTIL = "2026-10-01T00:00:00+03:00"
DIARY = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
ALL = [str(scope) for scope in Scope]


class Program:
    """A program that shows a token."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self.headers = {"authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """A request under /api/v1."""
        self._client.cookies.clear()
        sent = self.headers | {"idempotency-key": str(uuid4())} | headers
        return self._client.request(method, f"/api/v1{path}", json=body, headers=sent)

    def get(self, path: str) -> Response:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Response:
        return self.ask("POST", path, body or {})


def issue(person: Desk, *scopes: str, until: str = UNTIL, key: str | None = None) -> Response:
    return person.post("/tokens", {"name": "отчёты", "scopes": scopes, "until": until}, key)


def program(client: TestClient, person: Desk, *scopes: str) -> Program:
    answer = issue(person, *scopes)
    assert answer.status_code == 201, answer.text
    return Program(client, answer.json()["token"])


def test_a_token_is_shown_once_and_not_kept(desk: At, kukarino: str) -> None:
    anna, key = desk("anna"), str(uuid4())

    first, again = issue(anna, "read:journal", key=key), issue(anna, "read:journal", key=key)

    token = first.json()["token"]
    assert token.startswith("lt_")
    assert len(token) >= 3 + 43  # 256 bits
    assert again.json() == first.json() | {"token": None}
    [shown] = anna.get("/tokens").json()["tokens"]
    assert shown == {k: v for k, v in first.json().items() if k != "token"}
    with psycopg.connect(kukarino) as conn:
        [row] = conn.execute("SELECT api_token::text FROM school_kukarino.api_token").fetchall()
    assert token not in row[0]


def test_the_same_key_for_another_token_is_refused(desk: At) -> None:
    anna, key = desk("anna"), str(uuid4())
    issue(anna, "read:journal", key=key)

    assert refusal(issue(anna, "read:trail", key=key)) == (422, "request.key_reused")


def test_a_program_does_what_its_token_says(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    reader = program(client, anna, "read:journal")
    writer = program(client, anna, "write:journal")

    assert reader.get("/classes").status_code == 200
    assert reader.get("/subjects").status_code == 200
    assert refusal(reader.post(f"/lessons/{lesson}/marks", COLUMN)) == (403, "token.out_of_scope")
    assert refusal(writer.get("/classes")) == (403, "token.out_of_scope")
    assert writer.post(f"/lessons/{lesson}/marks", COLUMN).status_code == 200


def test_the_fact_keeps_the_token_as_its_session(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    issued = issue(anna, "write:journal").json()
    written = Program(client, issued["token"]).post(f"/lessons/{lesson}/marks", COLUMN).json()

    [given] = desk("vera").get(f"/marks/{FIVE}/history", min_position=written["position"]).json()

    assert given["session"] == issued["token_id"]


def test_a_reading_leaves_a_line_with_the_token_as_its_session(
    client: TestClient, desk: At, kukarino: str
) -> None:
    issued = issue(desk("olga"), "read:diary").json()
    assert Program(client, issued["token"]).get(DIARY).status_code == 200

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            "SELECT act, subject, outcome FROM school_kukarino.access_log WHERE session_id = %s",
            (issued["token_id"],),
        ).fetchall()
    assert lines == [("diary", PETYA, "ok")]


def test_a_family_gets_the_diary_and_nothing_else(client: TestClient, desk: At) -> None:
    for login in ("olga", "petya"):
        person = desk(login)
        for scope in set(ALL) - {"read:diary"}:
            assert refusal(issue(person, scope)) == (403, "token.scope")
        assert program(client, person, "read:diary").get(DIARY).status_code == 200


def test_a_token_is_cut_by_the_rights_of_the_day(client: TestClient, desk: At) -> None:
    everything = program(client, desk("oleg"), "read:diary")  # a father without consent
    assert everything.get(DIARY).json()["code"] == "consent.required"

    anna = program(client, desk("anna"), *ALL)
    assert anna.get("/trail").status_code == 404
    assert refusal(anna.get(DIARY)) == (403, "diary.not_yours")


def test_a_token_never_corrects_another_day(
    client: TestClient, desk: At, clock: Clock, projector: Projector
) -> None:
    anna = desk("anna")
    give(anna)
    writer = program(client, anna, "write:journal")
    clock.forward(timedelta(days=1))

    refused = writer.post(f"/marks/{FIVE}/corrections", TYPO)

    assert refusal(refused) == (403, "token.out_of_scope")


def test_a_token_corrects_a_slip_of_today(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    give(anna)
    writer = program(client, anna, "write:journal")

    assert writer.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 200


def known(path: str) -> str:
    """The path with ids that exist."""
    ids = {
        "class_id": CLASS_7A,
        "pupil_id": PETYA,
        "monday": "2026-08-31",
        "year": "2026",
        "term": "1",
    }
    names = [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]
    return path.format(**{name: ids.get(name, str(uuid4())) for name in names})


#: What a token of each scope opens: everything else refuses it, routes of tomorrow too.
OPENED: dict[str, set[str]] = {
    "read:diary": {
        "GET /api/v1/changes",
        "GET /api/v1/pupils/{pupil_id}/diary/weeks/{monday}/acknowledgement",
        "GET /api/v1/pupils/{pupil_id}/forecast",
        "GET /api/v1/pupils/{pupil_id}/letter",
        "GET /api/v1/pupils/{pupil_id}/letter/pdf",
        "GET /api/v1/pupils/{pupil_id}/progress",
        "GET/HEAD /api/v1/pupils/{pupil_id}/diary/weeks/{monday}",
        "GET /api/v1/lessons/{lesson_id}/files",
        "GET /api/v1/lessons/{lesson_id}/files/{file_id}",
        "GET /api/v1/pupils/{pupil_id}/marks",
        "GET /api/v1/pupils/{pupil_id}/looks",
        "GET /api/v1/marks/{mark_id}/history",
        "GET /api/v1/marks/{mark_id}/receipt",
        "GET /api/v1/pupils/{pupil_id}/attendance",
        "GET /api/v1/pupils/{pupil_id}/comments",
        "GET /api/v1/pupils/{pupil_id}/comments/{comment_id}/history",
        "GET /api/v1/pupils/{pupil_id}/finals",
        "GET /api/v1/pupils/{pupil_id}/outcomes",
        "GET /api/v1/pupils/{pupil_id}/terms",
    },
    "read:journal": {
        "GET /api/v1/changes",
        "GET /api/v1/classes",
        "GET /api/v1/classes/{class_id}",
        "GET /api/v1/classes/{class_id}/homework",
        "GET /api/v1/classes/{class_id}/register",
        "GET /api/v1/classes/{class_id}/register/difference",
        "GET /api/v1/classes/{class_id}/register/moments",
        "GET /api/v1/classes/{class_id}/sheet",
        "GET /api/v1/lessons",
        "GET /api/v1/lessons/{lesson_id}/files",
        "GET /api/v1/lessons/{lesson_id}/files/{file_id}",
        "GET /api/v1/marks/{mark_id}/history",
        "GET /api/v1/marks/{mark_id}/receipt",
        "GET /api/v1/absences",
        "GET /api/v1/availability",
        "GET /api/v1/classes/{class_id}/attendance-weeks/{week}",
        "GET /api/v1/classes/{class_id}/council-decisions",
        "GET /api/v1/classes/{class_id}/lacks",
        "GET /api/v1/classes/{class_id}/lesson-plan",
        "GET /api/v1/classes/{class_id}/outcomes",
        "GET /api/v1/classes/{class_id}/pupil-comments",
        "GET /api/v1/classes/{class_id}/results",
        "GET /api/v1/classes/{class_id}/term-marks",
        "GET /api/v1/classes/{class_id}/terms/{term}/closing",
        "GET /api/v1/classes/{class_id}/timetable",
        "GET /api/v1/compliance",
        "GET /api/v1/compliance/debts",
        "GET /api/v1/compliance/delays",
        "GET /api/v1/compliance/teachers/{teacher_id}/sheet",
        "GET /api/v1/correction-requests",
        "GET /api/v1/inspections",
        "GET /api/v1/inspections/duty",
        "GET /api/v1/remarks",
        "GET /api/v1/remarks/{remark_id}",
        "GET /api/v1/reminders",
        "GET /api/v1/classes/{class_id}/forecast",
        "GET /api/v1/classes/{class_id}/register/others",
        "GET /api/v1/report-runs",
        "GET /api/v1/report-runs/{run_id}",
        "GET /api/v1/report-runs/{run_id}/file",
        "GET /api/v1/reports",
        "GET /api/v1/reports/{form}",
        "GET /api/v1/reports/{form}/pdf",
        "GET /api/v1/reports/{form}/xlsx",
        "GET /api/v1/years/{year}/regulation/history",
    },
    "read:trail": {
        "GET /api/v1/changes",
        "GET /api/v1/attempts",
        "GET /api/v1/trail",
        "GET /api/v1/log/checkpoints",
        "GET /api/v1/log/checks",
        "GET /api/v1/log/checks/{check_id}",
        "GET /api/v1/red-flags",
    },
    "write:journal": set(),
}
ANYBODYS = {
    f"GET /api/v1/{one}"
    for one in (
        *("terms", "subjects", "work-types", "years", "regulation"),
        *("years/{year}/bells", "years/{year}/calendar"),
    )
}  # what is taught, and when: no names, no marks
TEACHERS_WRITES = {
    name
    for name, route in ROUTES.items()
    if name.startswith("POST /api/v1/")
    and any(getattr(d.call, "__name__", "") == "teacher" for d in route.dependant.dependencies)  # type: ignore[attr-defined]
}

#: a teacher's writes that say more than a lesson: a person does them, with the password at hand
A_PERSONS = {
    f"POST /api/v1/{one}"
    for one in (
        *("classes/{class_id}/attendance-reasons", "classes/{class_id}/comprehensive-works"),
        "classes/{class_id}/attendance-weeks/{week}/confirmation",
        *("classes/{class_id}/defences", "classes/{class_id}/defences/{defence_id}/corrections"),
        "classes/{class_id}/defences/{defence_id}/annulment",
        *("lessons/{lesson_id}/files", "lessons/{lesson_id}/files/{file_id}/removal"),
        *("classes/{class_id}/exam-marks", "classes/{class_id}/exam-marks/corrections"),
        *("classes/{class_id}/final-marks", "classes/{class_id}/final-marks/corrections"),
        *("classes/{class_id}/year-marks", "classes/{class_id}/year-marks/corrections"),
        *("classes/{class_id}/metasubject-levels", "classes/{class_id}/pupil-comments"),
        *("correction-requests", "remarks/{remark_id}/resolution"),
        "classes/{class_id}/sheet",
        "classes/{class_id}/forecast/annotations",
    )
}


@pytest.mark.parametrize("scope", ALL)
def test_a_token_opens_what_is_listed_and_nothing_else(
    client: TestClient, desk: At, scope: str
) -> None:
    vera = program(client, desk("vera"), scope)
    reading = scope.startswith("read:")
    expected = OPENED[scope] | (ANYBODYS if reading else TEACHERS_WRITES - A_PERSONS)
    opened = set()
    for name, route in ROUTES.items():
        method, _, path = name.partition(" ")
        if path.startswith("/api/v1/") and anyone not in callers(route):
            answer = vera.ask(method.partition("/")[0], known(path.removeprefix("/api/v1")), {})
            if "json" not in answer.headers["content-type"] or (
                answer.json().get("code") != "token.out_of_scope"
            ):
                opened.add(name)

    assert opened == expected


def test_every_caller_type_asks_a_program_what_its_token_is_good_for() -> None:
    silent = {
        one.__name__
        for one in CALLERS
        if one.__name__ != "anyone" and "within" not in one.__code__.co_names
    }

    assert {name for name in silent if not name.startswith("fresh")} == set()
    assert silent  # those ask by being fresh: `Caller.fresh` lets no program pass


def test_a_token_and_a_cookie_at_once_are_refused(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    reader = program(client, anna, "read:journal")

    answer = reader.ask("GET", "/classes", **anna.cookie)

    assert refusal(answer) == (422, "request.two_identities")


def test_a_program_needs_no_origin_but_json_all_the_same(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    lesson, writer = lesson_of(anna), program(client, anna, "write:journal")
    elsewhere = {"origin": "https://reports.example", "sec-fetch-site": "cross-site"}

    topic = writer.ask("POST", f"/lessons/{lesson}/topic", {"topic": "Дроби"}, **elsewhere)
    assert topic.status_code == 200
    form = client.post(
        f"/api/v1/lessons/{lesson}/topic", data={"topic": "Дроби"}, headers=writer.headers
    )
    assert refusal(form) == (415, "request.not_json")


def test_an_empty_authorization_does_not_wash_a_forged_write(client: TestClient, desk: At) -> None:
    headers = desk("anna").cookie | {"origin": "https://evil.example", "authorization": "Basic x"}

    answer = client.delete("/api/v1/session", headers=headers)

    assert refusal(answer) == (403, "request.cross_site")


def test_pages_know_no_tokens(client: TestClient, desk: At) -> None:
    reader = program(client, desk("anna"), *ALL)

    answer = client.get("/", headers=reader.headers, follow_redirects=False)

    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "until", ["2026-09-02T00:00:00+03:00", "2027-09-05T00:00:00+03:00", "2026-10-01T00:00:00"]
)
def test_a_token_lasts_a_year_at_most(desk: At, until: str) -> None:
    assert issue(desk("anna"), "read:journal", until=until).status_code == 422


def test_a_token_runs_out(client: TestClient, desk: At, clock: Clock) -> None:
    reader = program(client, desk("anna"), "read:journal")
    clock.forward(timedelta(days=29))

    assert refusal(reader.get("/classes")) == (401, "token.unknown")


def test_a_revoked_token_is_refused_at_the_next_request(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    issued = issue(anna, "read:journal").json()
    reader = Program(client, issued["token"])
    assert reader.get("/classes").status_code == 200
    path = f"/tokens/{issued['token_id']}/revocation"
    assert desk("boris").post(path).status_code == 404

    first, again = anna.post(path), anna.post(path)

    assert first.status_code == 200
    assert again.json() == first.json()
    assert refusal(reader.get("/classes")) == (401, "token.unknown")
    assert anna.get("/tokens").json() == {"tokens": []}


def test_a_new_password_ends_the_tokens(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    reader = program(client, anna, "read:journal")

    new = {"current": PASSWORD, "new": "чайка над волнами"}
    assert anna.send("PUT", "/session/password", new).status_code == 204

    assert refusal(reader.get("/classes")) == (401, "token.unknown")


def test_the_twenty_first_token_is_refused(desk: At) -> None:
    anna = desk("anna")
    for _ in range(20):
        assert issue(anna, "read:journal").status_code == 201

    assert refusal(issue(anna, "read:journal")) == (409, "token.too_many")


def test_it_is_noted_when_a_token_was_used_last(client: TestClient, desk: At, clock: Clock) -> None:
    anna = desk("anna")
    reader = program(client, anna, "read:journal")
    assert anna.get("/tokens").json()["tokens"][0]["last_used"] is None

    reader.get("/classes")

    assert WEDNESDAY.isoformat() in anna.get("/tokens").json()["tokens"][0]["last_used"]
