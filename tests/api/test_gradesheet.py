"""«Журнал в Excel»: a page taken away, changed by another program, and brought back."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.imports import xlsxfile
from tests import cast as c
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk, project
from tests.api.test_lessons import lesson_of
from tests.api.test_terms import mark

At = Callable[[str], Desk]
HERE = f"/classes/{c.CLASS_7A}/sheet"
#: where the three pupils of 7а stand, by name: Ёлкин, Морозова, Петров; 02.09 and 03.09
YOLKIN, MASHA, PETYA = 6, 7, 8
WEDNESDAY, THURSDAY = "D", "E"


def taken(desk: Desk) -> Any:
    """The page as a workbook of another library."""
    answer = desk.get(HERE, **ALGEBRA_PLACE)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def packed(book: Any) -> str:
    file = io.BytesIO()
    book.save(file)
    return b64encode(file.getvalue()).decode()


def changed(book: Any, **cells: Any) -> str:
    for address, value in cells.items():
        book.active[address] = value
    return packed(book)


def shown(desk: Desk, file: str, **why: str) -> dict[str, Any]:
    answer = desk.post(f"{HERE}/preview", {"file": file, **why})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def wrote(desk: Desk, file: str, kukarino: str, **why: str) -> dict[str, Any]:
    plan = shown(desk, file, **why)["plan_hash"]
    answer = desk.post(HERE, {"file": file, "plan_hash": plan, **why})
    assert answer.status_code == 200, answer.text
    project(kukarino)
    return dict(answer.json())


def lines(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(one["cell"], one["before"], one["after"], one["refused"]) for one in found["changes"]]


def test_a_stranger_takes_no_page_and_brings_none(client: TestClient, desk: At) -> None:
    zoya, anna = desk("zoya"), desk("anna")
    file = changed(taken(anna), D8="5")
    assert zoya.get(HERE, **ALGEBRA_PLACE).status_code == 404
    assert zoya.post(f"{HERE}/preview", {"file": file}).status_code == 404
    assert zoya.post(HERE, {"file": file, "plan_hash": "0"}).status_code == 404
    [(_, _, _, why)] = lines(shown(desk("boris"), file))  # of the class, not of the subject
    assert "ведёт другой учитель" in why


def test_what_was_typed_in_excel_is_shown_then_written_and_a_second_time_changes_nothing(
    kukarino: str, client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    first = taken(anna)
    assert first.active["A1"].value == "7а · Алгебра · 1 четверть"
    assert [first.active[f"C{row}"].value for row in (YOLKIN, MASHA, PETYA)] == [
        *("Ёлкин Егор", "Морозова Мария", "Петров Пётр"),
    ]
    file = changed(first, D6=5, D7="4/3", D8="н/а", E8="5", E7="н", E6="6")

    found = shown(anna, file)

    assert lines(found)[:3] == [
        ("D6", "", "5", ""),
        ("E6", "", "6", lines(found)[1][3]),
        ("D7", "", "4/3", ""),
    ]
    refused = {cell: why for cell, _, _, why in lines(found) if why}
    assert refused.keys() == {"E6", "E7", "E8"}
    assert "не из шкалы" in refused["E6"]
    assert "посещаемость" in refused["E7"]
    assert "ещё не" in refused["E8"].lower()  # tomorrow's lesson has not been held
    assert found["needs_reason"] is False
    done = wrote(anna, file, kukarino)
    assert (done["marks"], done["refused"]) == (4, [])
    again = shown(anna, file)
    assert [one for one in lines(again) if not one[3]] == []
    plan = {"file": file, "plan_hash": again["plan_hash"]}
    nothing = anna.post(HERE, plan)
    assert (nothing.status_code, nothing.json()["code"]) == (422, "sheet.nothing")
    # and what was written is what the class grid writes: a mark, in the trail, with its author
    cells = pupils_of(anna)[c.MASHA]["cells"][lesson_of(anna)]
    assert [one["value"] for one in cells] == ["4", "3"]


def test_a_correction_has_its_reason_and_the_journal_of_today_is_not_overwritten(
    kukarino: str, client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    for pupil in (c.PETYA, c.MASHA, c.YOLKIN):
        mark(anna, "4", pupil=pupil)
    project(kukarino)
    book = taken(anna)
    given = pupils_of(anna)[c.MASHA]["cells"][lesson_of(anna)][0]["mark_id"]
    correction = {"saw": "4", "value": "2", "reason_code": "TYPO"}
    assert anna.post(f"/marks/{given}/corrections", correction).status_code == 200
    project(kukarino)
    file = changed(book, D8="5", D7="5", D6=None)

    found = shown(anna, file, reason_code="REWORK", reason="переписал работу")

    assert lines(found) == [
        ("D6", "4", "", ""),
        ("D7", "2", "5", "после выгрузки журнал изменился: было «4», сейчас «2»"),
        ("D8", "4", "5", ""),
    ]
    assert found["needs_reason"] is True
    why = {"reason_code": "REWORK", "reason": "переписал работу"}
    key, body = str(uuid4()), {"file": file, "plan_hash": found["plan_hash"], **why}
    clock.forward(timedelta(minutes=8))
    asked = anna.post(HERE, body, key=key)
    assert (asked.status_code, asked.json()["code"]) == (403, "session.step_up_required")
    anna = desk("anna")
    first, repeated = anna.post(HERE, body, key=key), anna.post(HERE, body, key=key)
    assert first.json()["marks"] == 2
    assert repeated.json().get("marks", 2) == 2  # the same request is the same marks
    project(kukarino)
    cells = pupils_of(anna)
    lesson = lesson_of(anna)
    assert cells[c.PETYA]["cells"][lesson][0]["value"] == "5"
    assert lesson not in cells[c.YOLKIN]["cells"]
    number = cells[c.PETYA]["cells"][lesson][0]["mark_id"]
    history = anna.get(f"/marks/{number}/history").json()
    assert [(one["old_value"], one["value"]) for one in history] == [(None, "4"), ("4", "5")]
    assert "переписал работу" in str(history[-1])
    # two weeks later the window is over: the file gets no further than the grid
    clock.forward(timedelta(days=30))
    late = shown(desk("anna"), changed(taken(desk("anna")), D8="3"))
    [(_, _, _, refused)] = lines(late)
    assert "Срок правки прошёл" in refused


#: how a sheet is spoiled → the code of the refusal, and what it says
SPOILED: dict[str, tuple[Callable[[Any], str], str]] = {
    "sheet.formula": (lambda book: changed(book, D8="=5+0"), "D8"),
    "sheet.strange": (lambda book: changed(book, A3="{}"), "не страница журнала"),
    "sheet.twice": (lambda book: changed(book, A7=c.PETYA), "Строки 7 и 8"),
    "sheet.nobody": (lambda book: changed(book, D9="5"), "Строка 9"),
    "import.not_excel": (lambda _: b64encode("класс;отметка".encode()).decode(), "Excel"),
    "import.zip_bomb": (lambda _: b64encode(bomb()).decode(), "велик"),
    "sheet.base64": (lambda _: "это не base64", "base64"),
    "sheet.other_class": (lambda book: changed(book, A3=of_another_class(book)), "о другом классе"),
    "sheet.position": (lambda book: changed(book, A3=of_the_future(book)), "не из этого журнала"),
}


def test_what_is_no_such_sheet_is_refused_in_words(
    desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxfile, "MAX_UNPACKED_BYTES", 1_000_000)
    anna = desk("anna")
    for code, (spoil, words) in SPOILED.items():
        refused = anna.post(f"{HERE}/preview", {"file": spoil(taken(anna))})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert words in refused.json()["detail"]
    by_excel = shown(anna, changed(taken(anna), D8=date(2026, 4, 5)))
    [(cell, _, _, why)] = lines(by_excel)
    assert (cell, "превратил запись в дату" in why) == ("D8", True)


def of_another_class(book: Any) -> str:
    return str(book.active["A3"].value).replace(c.CLASS_7A, c.CLASS_7B)


def of_the_future(book: Any) -> str:
    return str(book.active["A3"].value).rpartition(",")[0] + ",999999]"


def test_the_page_shows_the_changes_and_writes_them(
    kukarino: str, client: TestClient, desk: At
) -> None:
    anna = desk("anna")
    place = f"{HERE}?subject_id={c.ALGEBRA}&term=1"
    assert "Скачать страницу" in page(client.get(place, headers=anna.cookie))
    file = client.get(place.replace("sheet?", "sheet.xlsx?"), headers=anna.cookie).content
    book = openpyxl.load_workbook(io.BytesIO(file))
    book.active["D8"] = "5"
    out = io.BytesIO()
    book.save(out)
    looked = client.post(
        place,
        data={"key": str(uuid4())},
        files={"file": ("7а.xlsx", out.getvalue())},
        headers=anna.cookie,
    )
    assert "Будет записано: 1 клетка" in page(looked)
    fields = {
        name: looked.text.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("key", "data", "plan_hash")
    }
    assert "Записано: 1 отметка" in page(client.post(place, data=fields, headers=anna.cookie))
    assert client.get(place, headers=desk("zoya").cookie).status_code == 404


def pupils_of(desk: Desk) -> dict[str, Any]:
    page = desk.get(f"/classes/{c.CLASS_7A}/register", **ALGEBRA_PLACE).json()
    return {one["pupil_id"]: one for one in page["pupils"]}


def page(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def bomb() -> bytes:
    """Two megabytes of spaces in two kilobytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed_up:
        packed_up.writestr("xl/workbook.xml", " " * 2_000_000)
    return file.getvalue()
