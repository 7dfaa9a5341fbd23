"""«Положение» over HTTP: who reads it, what another version changes, adopting it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.v1.regulation import AmendmentIn, RegulationIn
from domain.clauses import CLAUSES
from domain.rule_table import BY_FIELD, RULES
from tests import cast as c
from tests.api.ground import YEAR, Clock, Desk, project
from tests.api.test_office import ORDERS
from tests.cast import an_id

At = Callable[[str], Desk]
HERE = f"/years/{YEAR}/regulation"
HISTORY, PREVIEW = f"{HERE}/history", f"{HERE}/preview"
STRICTER = {"version": "kukarino-2026-2", "fill_days": 3, "order_no": "8-о"}
#: every number with a value that differs from the first version
EVERYTHING: dict[str, Any] = {
    "version": "всё другое",
    "preset": "fop704",
    "fill_days": 3,
    "written_work_days": 5,
    "homework_due": "hour_after",
    "no_homework_levels": [1, 2],
    "edit_window_days": 10,
    "ungraded_levels": [1, 2],
    "term_thresholds": ["2.60", "3.60", "4.60"],
    "weighted": False,
    "min_marks": 4,
    "marks_needed": [[1, 4], [3, 8]],
    "not_attested_share": "0.50",
    "debts_block_closing": False,
    "absence_reason_days": 5,
    "day_missed_lessons": 4,
    "remark_days": 5,
    "inspection_months": 2,
    "answer_days": 5,
    "service_days": 15,
    "project_levels": [9],
    "small_class": 6,
    "rates_of": "all",
    "ratings": True,
    "late_corrections": True,
    "unexplained_weeks": True,
    "marks_alert_share": "0.80",
    "missed_alert_share": "0.30",
    "red_flags": {
        "burst_changes": 21,
        "burst_minutes": 11,
        "day_from": 5,
        "day_until": 22,
        "upward_changes": 6,
        "suggestion_gap": 2,
    },
    "retention": {"journals": 6, "summary_sheets": 70, "access_log": 4, "consents": 4},
}


def clause(of: dict[str, Any], number: str) -> dict[str, Any]:
    """A clause of what `GET /regulation` answers."""
    [found] = [one for one in of["clauses"] if one["clause"] == number]
    return dict(found)


def value(of: dict[str, Any], number: str, field: str) -> Any:
    """A number of a clause."""
    [found] = [one["value"] for one in clause(of, number)["parameters"] if one["field"] == field]
    return found


def flat(body: dict[str, Any], part: str = "") -> dict[str, Any]:
    """Fields, those of parts with a dot."""
    found: dict[str, Any] = {}
    for name, one in body.items():
        found |= flat(one, f"{name}.") if isinstance(one, dict) else {part + name: one}
    return found


@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_a_stranger_and_a_family_read_the_rules_and_no_figures(desk: At, login: str) -> None:
    asked = desk(login)
    told = asked.get("/regulation").json()
    assert [one["clause"] for one in told["clauses"]] == list(CLAUSES)
    assert value(told, "4.2.а-4", "homework_due") == "lesson_day"
    assert all(one["figures"] == [] for one in told["clauses"])
    assert asked.get(HISTORY).status_code == 404
    assert asked.post(PREVIEW, {}).status_code == 404
    assert asked.post(HERE, STRICTER).status_code == 404


@pytest.mark.parametrize("login", ["anna", "kira", "igor"])
def test_staff_reads_figures_and_history_and_adopts_nothing(desk: At, login: str) -> None:
    asked = desk(login)
    told = asked.get("/regulation").json()
    [figure] = clause(told, "1.11")["figures"]
    assert (figure["good"], figure["total"], figure["share"]) == (1, 3, "33.3")
    assert (figure["missing"], figure["why"]) == (2, None)
    assert figure["href"] == ("/consents" if login == "kira" else None)  # the class teacher's
    assert asked.get(HISTORY).status_code == 200
    assert asked.post(PREVIEW, {}).status_code == 403
    assert asked.post(HERE, STRICTER).status_code == 403


def test_the_secretary_looks_at_an_effect_and_adopts_nothing(desk: At) -> None:
    sveta = desk("sveta")
    assert sveta.post(PREVIEW, {"fill_days": 3}).status_code == 200
    refused = sveta.post(HERE, STRICTER)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.administration_only")


def test_the_regulation_says_version_origin_rules_and_readings(desk: At) -> None:
    answer = desk("vera").get("/regulation")
    told = answer.json()
    assert answer.headers["etag"]
    assert told["as_of"]["position"] > 0
    assert (told["year"], told["version"], told["preset"]) == (YEAR, "kukarino-2026", "seed")
    assert (told["since"], told["order_no"]) == ("2026-09-01T09:00:00+00:00", None)
    week = clause(told, "4.2.а-3")
    assert week["about"] == CLAUSES["4.2.а-3"].gist
    assert week["rule"] == (CLAUSES["4.2.а-3"].now or None)
    assert {"field", "label", "value", "text"} == set(week["parameters"][0])
    assert week["parameters"][0]["text"] == "7 дней"
    assert any("от чего считать неделю" in one["oddity"] for one in week["readings"])
    assert sum(len(one["parameters"]) for one in told["clauses"]) >= len(RULES)


def test_every_number_may_be_named_in_a_request_and_no_other() -> None:
    inner = {
        f"{name}.{field}"
        for name in ("red_flags", "retention")
        for field in AmendmentIn.model_fields[name].annotation.__args__[0].model_fields  # type: ignore[union-attr]
    }
    outer = AmendmentIn.model_fields.keys() - {"red_flags", "retention"}
    assert outer | inner == set(BY_FIELD)
    assert RegulationIn.model_fields.keys() - AmendmentIn.model_fields.keys() == {"order_no"}
    assert set(flat(EVERYTHING)) == set(BY_FIELD)


def test_every_number_is_adopted_and_read_back(desk: At, kukarino: str) -> None:
    dina = desk("dina")
    answer = dina.post(HERE, EVERYTHING | {"order_no": "8-о"})
    assert answer.status_code == 200, answer.text
    project(kukarino)
    told = dina.get("/regulation").json()
    read = {one["field"]: one["value"] for part in told["clauses"] for one in part["parameters"]}
    assert read == flat(EVERYTHING)
    assert (told["order_no"], told["position"]) == ("8-о", answer.json()["position"])


def test_a_preset_is_adopted_by_its_name_and_a_change_keeps_the_rest(desk: At) -> None:
    vera = desk("vera")
    letter = {"preset": "ap147", "version": "ap147-2012", "order_no": "8-о"}
    assert vera.post(HERE, letter).status_code == 200
    longer = {"version": "письмо с поправкой", "remark_days": 10, "order_no": "9-о"}
    assert vera.post(HERE, longer).status_code == 200
    last, letter_line, first = vera.get(HISTORY).json()["versions"]
    assert [(one["field"], one["old"], one["new"]) for one in last["changes"]] == [
        ("version", "ap147-2012", "письмо с поправкой"),
        ("remark_days", 7, 10),
    ]
    assert (last["by"], last["order_no"]) == ("Веденеева Вера Викторовна", "9-о")
    assert {one["field"] for one in letter_line["changes"]} == {
        *("version", "preset", "fill_days", "homework_due"),
    }
    assert (first["changes"], first["order_no"], first["by"]) == ([], None, "")
    due = next(one for one in letter_line["changes"] if one["field"] == "homework_due")
    assert due["new_text"] == "не позднее часа после последнего урока класса"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"fill_days": -1}, "regulation.fill_days"),
        ({"homework_due": "tomorrow"}, "regulation.homework_due"),
        ({"term_thresholds": ["4.50", "3.50", "2.50"]}, "regulation.term_thresholds"),
        ({"not_attested_share": "1.5"}, "regulation.not_attested_share"),
        ({"retention": {"journals": 0}}, "regulation.journals"),
        ({"preset": "mine"}, "request.malformed"),
        ({"fill_weeks": 1}, "request.malformed"),
        ({"red_flags": {"at_noon": 1}}, "request.malformed"),
        ({"version": "kukarino-2026", "fill_days": 3}, "regulation.version_taken"),
        ({"order_no": " "}, "regulation.no_order"),
    ],
)
def test_what_is_not_sane_is_refused_and_nothing_is_adopted(
    desk: At, body: dict[str, Any], code: str
) -> None:
    alla = desk("alla")
    refused = alla.post(HERE, STRICTER | body)
    assert refused.status_code in {409, 422}, refused.text
    assert refused.json()["code"] == code, refused.json()
    assert len(alla.get(HISTORY).json()["versions"]) == 1


def test_adopting_asks_for_the_password_again(desk: At, clock: Clock) -> None:
    dina = desk("dina")
    clock.forward(timedelta(minutes=6))
    refused = dina.post(HERE, STRICTER)
    assert (refused.status_code, refused.json()["code"]) == (403, "session.step_up_required")
    assert dina.post(PREVIEW, {"fill_days": 3}).status_code == 200


def test_a_year_that_is_not_opened_has_no_regulation(desk: At) -> None:
    vera = desk("vera")
    assert vera.get("/regulation", year="2031").status_code == 404
    assert vera.get("/years/2031/regulation/history").status_code == 404
    assert vera.post("/years/2031/regulation/preview", {}).status_code == 404


def test_a_preview_counts_marks_that_would_leave_the_window_and_writes_nothing(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    lesson = an_id("урок для отметок")
    place = {"class_id": c.CLASS_7A, "subject_id": c.ALGEBRA, "teacher_id": c.ANNA}
    new = {"lesson_id": lesson, "date": "2026-09-01", "number": 7, **place}
    assert anna.post("/lessons", new).status_code < 300
    project(kukarino)
    marks = [
        {"mark_id": str(uuid4()), "pupil_id": one, "value": "5", "work_type_id": c.ANSWER}
        for one in (c.PETYA, c.MASHA)
    ]
    assert anna.post(f"/lessons/{lesson}/marks", {"marks": marks}).status_code < 300
    project(kukarino)
    clock.forward(timedelta(days=3))  # Saturday: four days after the lesson
    vera = desk("vera")

    def counted(days: int) -> list[tuple[str, int, int]]:
        told = vera.post(PREVIEW, {"edit_window_days": days}).json()
        return [(one["effect"], one["count"], one["total"]) for one in told["effects"]]

    told = vera.post(PREVIEW, {"min_marks": 1}).json()["effects"]
    assert [(one["effect"], one["count"], one["total"]) for one in told] == [
        ("term_marks_otherwise", 2, 2)  # «н/а» with one mark, a five with one that is enough
    ]
    told = vera.post(PREVIEW, {"min_marks": 1, "ungraded_levels": [1, 7]}).json()["effects"]
    assert [one["count"] for one in told] == [2]
    assert vera.post(PREVIEW, {"weighted": False}).json()["effects"][0]["count"] == 0
    assert counted(3) == [("marks_settled", 2, 2)]
    assert counted(4) == [("marks_settled", 0, 2)]
    assert counted(30) == [("marks_open_again", 0, 2)]
    lenient = {"edit_window_days": 3, "late_corrections": True, "unexplained_weeks": True}
    told = vera.post(PREVIEW, lenient).json()["effects"]
    assert [(one["effect"], one["count"]) for one in told] == [
        ("marks_flagged", 2),
        ("weeks_flagged", 0),
    ]
    assert counted(14) == []
    told = vera.post(PREVIEW, {"edit_window_days": 3}).json()
    assert [(one["field"], one["old_text"], one["new_text"]) for one in told["changes"]] == [
        ("edit_window_days", "14 дней", "3 дня")
    ]
    assert len(vera.get(HISTORY).json()["versions"]) == 1

    correction = {"saw": "5", "value": "4", "reason_code": "TYPO"}
    dina = desk("dina")
    refusing = {"version": "строже", "edit_window_days": 3, "order_no": "8-о"}
    assert dina.post(HERE, refusing).status_code == 200
    anna = desk("anna")
    path = f"/marks/{marks[0]['mark_id']}/corrections"
    assert anna.post(path, correction).json()["code"] == "mark.settled"
    flagging = {"version": "с пометкой", "late_corrections": True, "order_no": "9-о"}
    assert dina.post(HERE, flagging).status_code == 200
    assert anna.post(path, correction).status_code == 200
    project(kukarino)
    [told] = vera.get("/trail", flag="late", kind="mark-corrected").json()["items"]
    assert (told["tier"], told["late"]) == ("T1-late", True)


def test_the_next_year_goes_on_with_the_rules_and_the_old_one_keeps_its_own(
    desk: At, kukarino: str
) -> None:
    dina = desk("dina")
    assert dina.post(HERE, STRICTER).status_code == 200
    assert dina.post("/years", ORDERS["/years"]).status_code == 200
    project(kukarino)
    inherited = dina.get("/regulation", year="2027").json()
    assert (inherited["version"], inherited["order_no"]) == ("kukarino-2026-2", None)
    assert value(inherited, "4.2.а-3", "fill_days") == 3
    later = {"preset": "ap147", "version": "ap147-2012", "order_no": "1-о"}
    assert dina.post("/years/2027/regulation", later).status_code == 403  # Dina is of this year
    told = dina.get("/regulation", year="2026").json()
    assert (told["version"], told["order_no"]) == ("kukarino-2026-2", "8-о")
