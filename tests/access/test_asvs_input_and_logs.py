"""OWASP ASVS 5.0.0: what comes in, what goes out, in which order, and what is noted of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from projections.postgres.database import schema_of
from projections.projector import Projector
from tests.acceptance import test_killed_writers
from tests.api import (
    test_asvs_access,
    test_marks,
    test_scans,
    test_session,
    test_suspicion,
)
from tests.api.ground import SLUG, Desk
from tests.cast import ANSWER, CLASS_7A, PETYA
from tests.domain import test_engine_faults
from tests.house import test_golden_facts, test_permission_page
from tests.projections import test_poison, test_projector, test_roles, test_wall
from tests.projections.seals import test_attacks
from tests.scheduler import test_courier
from tests.write_door import test_looking

At = Callable[[str], Desk]

HELD: dict[str, list[tuple[ModuleType, str]]] = {
    "V1.5.2 a stored fact is read by a list of topics": [
        (test_golden_facts, "test_an_unknown_topic_stops_the_program"),
        (test_poison, "test_a_school_with_an_unknown_fact_stands_before_it_and_the_others_go_on"),
    ],
    "V2.2.2 the server checks every value": [(test_marks, "test_one_bad_mark_and_none_is_given")],
    "V2.3.3 all or nothing": [
        (test_marks, "test_one_bad_mark_and_none_is_given"),
        (test_projector, "test_a_transaction_that_fails_leaves_neither_rows_nor_memory"),
        (test_engine_faults, "test_a_lost_answer_of_a_commit_never_doubles_a_fact"),
        (test_killed_writers, "test_killed_and_retried_writers_leave_every_fact_exactly_once"),
    ],
    "V3.3.3 the cookie is bound to the host": [
        (test_session, "test_the_cookie_over_https_is_bound_to_the_host"),
    ],
    "V3.4.6 nobody frames a page": [
        (test_session, "test_every_answer_carries_the_security_headers"),
    ],
    "V3.5.3 looking writes nothing": [(test_looking, "test_looking_changes_no_fact")],
    "V5.2.1 V5.2.2 V5.2.3 files are what their bytes are": [
        (test_scans, "test_refused_with_what_is_taken_in"),
        (test_scans, "test_what_follows_a_picture_is_gone"),
    ],
    "V6.4.4 a lost factor is taken away by somebody who knows the person": [
        (test_asvs_access, "test_v6_4_3_a_new_password_does_not_go_past_the_second_factor"),
    ],
    "V7.4.5 the administration ends sessions": [
        (test_suspicion, "test_all_sessions_and_tokens_end_at_the_next_request"),
    ],
    "V8.1.2 the fields are written down": [
        (test_permission_page, "test_the_page_is_that_of_the_code"),
    ],
    "V8.2.2 rows are behind a second wall": [
        (test_wall, "test_a_mother_sees_her_child_and_no_classmate"),
    ],
    "V13.2.2 each role of the database does its own": [
        (test_roles, "test_every_grant_is_on_the_table"),
        (test_roles, "test_no_role_of_the_program_may_rewrite_the_log"),
    ],
    "V14.3.1 the browser forgets": [(test_session, "test_signing_out_ends_the_session")],
    "V16.4.2 V16.4.3 lines stay, and their hash leaves the house": [
        (test_roles, "test_triggers_stop_the_superuser_too"),
        (test_attacks, "test_an_update_of_a_row_is_found_and_the_row_is_named"),
        (test_courier, "test_seals_are_published_with_the_lines_of_witnesses_and_the_keys"),
    ],
}
NASTY = "Дроби <script>alert(1)</script> \"'&<img src=x onerror=alert(2)>"


@pytest.mark.parametrize("item", HELD)
def test_the_tests_of_an_item_are_there(item: str) -> None:
    for module, name in HELD[item]:
        assert callable(getattr(module, name, None)), f"{item}: {module.__name__}.{name}"


def test_v1_2_1_what_somebody_typed_is_shown_and_not_run(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna, mark = desk("anna"), str(uuid4())
    lesson = anna.get("/lessons", date="2026-09-02").json()["lessons"][0]["lesson_id"]
    answers = [
        anna.post(f"/lessons/{lesson}/topic", {"topic": NASTY, "kind": "CONTROL", "title": NASTY}),
        anna.post(
            f"/lessons/{lesson}/homework",
            {"homework_id": str(uuid4()), "text": NASTY, "due_date": "2026-09-03"},
        ),
        anna.post(
            f"/lessons/{lesson}/marks",
            {
                "marks": [
                    {
                        "mark_id": mark,
                        "pupil_id": PETYA,
                        "value": "4",
                        "work_type_id": ANSWER,
                        "comment": NASTY,
                    }
                ]
            },
        ),
        anna.post(
            f"/marks/{mark}/corrections",
            {"saw": "4", "value": "5", "reason_code": "OTHER", "reason": NASTY},
        ),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 200], [a.text for a in answers]
    position = answers[-1].json()["position"]
    subject = anna.get("/lessons", date="2026-09-02").json()["lessons"][0]["subject_id"]
    pages = {
        "anna": [f"/classes/{CLASS_7A}/register?subject_id={subject}", "/"],
        "olga": [f"/pupils/{PETYA}/diary/2026-08-31"],
        "vera": ["/trail", f"/classes/{CLASS_7A}/past?subject_id={subject}"],
    }
    shown = 0
    for login, paths in pages.items():
        cookie = {"cookie": f"{desk(login).cookie['cookie']}; letopis_position={position}"}
        for path in paths:
            text = client.get(path, headers=cookie).text
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            shown += text.count("&lt;script&gt;alert(1)")
    assert shown >= len(pages)


class Lesson(RuleBasedStateMachine):
    """V2.3.1: a lesson is held, marks are given, corrected, annulled, and the term is closed: each
    only after what it needs, whatever order somebody tries.
    """

    desk: At
    lesson: str

    def __init__(self) -> None:
        super().__init__()
        self.mark = str(uuid4())
        self.value: str | None = None
        self.annulled = False

    @rule(value=st.sampled_from(["2", "3", "4", "5", "6", "0", "н", ""]))
    def give(self, value: str) -> None:
        new = {
            "mark_id": self.mark,
            "pupil_id": PETYA,
            "value": value,
            "work_type_id": ANSWER,
        }
        answer = self.desk("anna").post(f"/lessons/{self.lesson}/marks", {"marks": [new]})
        if value not in {"2", "3", "4", "5"}:
            assert answer.status_code == 422, answer.text
        elif self.value is None and not self.annulled:
            assert answer.status_code == 200, answer.text
            self.value = value
        else:
            assert answer.status_code in {200, 409}, answer.text

    @rule(value=st.sampled_from(["2", "3", "4", "5"]), saw=st.sampled_from(["2", "3", "4", "5"]))
    def correct(self, value: str, saw: str) -> None:
        body = {"saw": saw, "value": value, "reason_code": "TYPO"}
        answer = self.desk("anna").post(f"/marks/{self.mark}/corrections", body)
        if self.value is None or self.annulled:
            assert answer.status_code in {404, 409, 403}, answer.text
        elif self.value in {saw, value}:
            assert answer.status_code == 200, answer.text
            self.value = value
        else:
            assert answer.status_code == 409, answer.text

    @precondition(lambda self: self.value is not None and not self.annulled)
    @rule()
    def annul(self) -> None:
        body = {"saw": self.value, "reason_code": "WRONG_PUPIL"}
        answer = self.desk("anna").post(f"/marks/{self.mark}/annulment", body)
        assert answer.status_code == 200, answer.text
        self.annulled = True

    @invariant()
    def nobody_else_may(self) -> None:
        body = {"saw": self.value or "5", "value": "5", "reason_code": "TYPO"}
        answer = self.desk("olga").post(f"/marks/{self.mark}/corrections", body)
        assert answer.status_code in {403, 404}


def test_v2_3_1_steps_come_in_their_order(desk: At, projector: Projector) -> None:
    known: dict[str, Desk] = {}
    lesson = desk("anna").get("/lessons", date="2026-09-02").json()["lessons"][0]["lesson_id"]

    class Machine(Lesson):
        def __init__(self) -> None:
            super().__init__()
            self.desk = lambda login: known.setdefault(login, desk(login))
            self.lesson = lesson

    case = Machine.TestCase
    case.settings = settings(
        max_examples=4, stateful_step_count=8, deadline=None, database=None, derandomize=True
    )
    case().runTest()


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/debug", "/.git/config", "/.env", "/server"])
def test_v13_4_2_v13_4_5_no_page_of_developers_is_there(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert not re.search(r"[Tt]raceback|Swagger", answer.text)


def test_v14_3_1_signing_out_tells_the_browser_to_forget(client: TestClient, desk: At) -> None:
    answer = client.delete("/api/v1/session", headers=desk("olga").cookie)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


@pytest.mark.parametrize("login", ["olga", "anna", "alla"])
def test_v15_3_1_nobody_is_told_more_than_the_answer_is_for(desk: At, login: str) -> None:
    """No answer about oneself has the hash, the secret or the number of a session token."""
    said = {*desk(login).get("/session").json()}
    assert said == {"person_id", "roles", "must_change_password", "idle_timeout_s"}


def test_v16_2_1_v16_2_2_v16_3_2_a_line_says_who_when_what_and_how_it_ended(
    client: TestClient, desk: At, kukarino: str
) -> None:
    zoya = desk("zoya")
    assert zoya.get(f"/pupils/{PETYA}/marks").status_code == 404
    with psycopg.connect(kukarino) as conn:
        query = (
            "SELECT person_id::text, session_id IS NOT NULL, act, outcome, basis,"
            f" extract(timezone FROM at)::int FROM {schema_of(SLUG)}.access_log"
            " WHERE subject = %s ORDER BY id DESC LIMIT 1"
        )
        row = conn.execute(query.encode(), (PETYA,)).fetchone()
    assert row is not None
    assert row[:5] == (zoya.session["person_id"], True, "diary", "refused", "pupil.unknown")


def test_v16_3_3_a_refusal_at_the_door_of_a_class_is_noted_too(desk: At, kukarino: str) -> None:
    zoya = desk("zoya")
    assert zoya.get(f"/classes/{CLASS_7A}").status_code == 404
    with psycopg.connect(kukarino) as conn:
        query = (
            f"SELECT person_id::text, outcome FROM {schema_of(SLUG)}.access_log"
            " WHERE subject = %s ORDER BY id DESC LIMIT 1"
        )
        row = conn.execute(query.encode(), (CLASS_7A,)).fetchone()
    assert row == (zoya.session["person_id"], "refused")
