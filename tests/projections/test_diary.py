"""The diary week: what a parent reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from domain.bells import Schedule
from domain.calendar import Bell
from domain.journal.facts import LessonAdded
from domain.office.bell_facts import DayBellsChanged
from domain.values import AttendanceCode, ReasonCode
from projections import diary, marks
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def lesson_of(at: Life, day: date) -> str:
    """Anna's lesson of a day."""
    journal = at.school.engine.world(at.slug).journal(at.class_id)
    return next(number_ for number_, one in journal.lessons.items() if one.date == day)


def shown(at: Life, pupil: int = 0, day: date = MONDAY) -> dict[str, Any]:
    """The first lesson of a day in a pupil's diary, folded up to now."""
    at.fold_all()
    week = at.week(at.pupils[pupil])
    assert week is not None
    found = next(one for one in week["days"] if one["date"] == day.isoformat())
    lesson = found["lessons"][0]
    assert isinstance(lesson, dict)
    return lesson


def test_a_week_has_exactly_the_members_of_the_contract(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    at.must(at.topic(lesson, "Дроби", "Работа № 1"))
    at.must(at.attendance(lesson, p0=AttendanceCode.LATE))
    at.must(at.mark(lesson, at.pupils[0], "4", "mark", "Хорошо"))
    last = at.must(at.homework(lesson, "homework", "Задача 7", WEDNESDAY))
    first = shown(at)
    week = at.week(at.pupils[0])
    assert week is not None
    assert set(week) == {"pupil", "class", "week", "term", "as_of", "days"}
    assert week["pupil"] == {"pupil_id": at.pupils[0], "name": "Петров-00 Пётр"}
    assert week["class"] == {"class_id": at.class_id, "name": "7а"}
    assert week["week"] == "2026-W48"
    assert week["term"]["number"] == 2
    assert week["as_of"] == {"position": last.position, "moment": "2026-11-23T06:00:00+00:00"}
    assert [one["date"] for one in week["days"]] == [
        f"2026-11-{day}" for day in (23, 24, 25, 26, 27)
    ]
    assert {one["kind"] for one in week["days"]} == {"SCHOOL"}
    mark = first.pop("marks")[0]
    assert first == {
        "lesson_id": lesson,
        "number": 1,
        "starts_at": "08:30",
        "ends_at": "09:15",
        "subject": "Алгебра",
        "teacher": "Иванова Анна Петровна",
        "substituted_by": None,
        "room": "12",
        "status": "HELD",
        "topic": "Дроби",
        "no_homework": False,
        "homework": [
            {
                "homework_id": number("homework"),
                "text": "Задача 7",
                "due_date": "2026-11-25",
                "individual": False,
                "attachments": [],
            }
        ],
        "attendance": {"code": "LATE", "label": "опоздал"},
    }
    assert mark == {
        "mark_id": number("mark"),
        "value": "4",
        "weight": "1.00",
        "work_type": {"name": "Ответ на уроке", "abbr": "О"},
        "title": "Работа № 1",
        "comment": "Хорошо",
        "given_at": "2026-11-23T06:00:00+00:00",
        "corrected": False,
        "history_url": f"/api/v1/marks/{number('mark')}/history",
    }


def test_blank_attendance_is_not_all_present(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    assert shown(at)["attendance"] is None
    at.must(at.attendance(lesson, p1=AttendanceCode.ILL))
    assert shown(at, 0)["attendance"] == {"code": "PRESENT", "label": "присутствовал"}
    assert shown(at, 1)["attendance"]["code"] == "ILL"
    at.must(at.attendance(lesson))
    assert shown(at, 1)["attendance"]["code"] == "PRESENT"


def test_a_corrected_mark_shows_what_it_was_and_an_annulled_one_is_gone(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    at.must(at.mark(lesson, at.pupils[0], "2", "mark"))
    at.must(at.correct("mark", "2", "4"))
    [mark] = shown(at)["marks"]
    assert (mark["value"], mark["was"], mark["corrected"]) == ("4", "2", True)
    at.must(
        at.school.annul_mark(
            at.class_id,
            number("mark"),
            saw="4",
            reason_code=ReasonCode.WRONG_PUPIL,
            by=at.anna,
            request=request(),
        )
    )
    assert shown(at)["marks"] == []
    assert at.read(marks.of_pupil, at.pupils[0]) == []


def test_marks_of_a_pupil_are_listed_by_day_with_their_subject(at: Life) -> None:
    for name, day in (("later", MONDAY), ("earlier", date(2026, 11, 16))):
        at.must(at.mark(lesson_of(at, day), at.pupils[0], "5", name))
    at.fold_all()
    found = at.read(marks.of_pupil, at.pupils[0])
    assert [one["mark_id"] for one in found] == [number("earlier"), number("later")]
    assert {one["subject"] for one in found} == {"Алгебра"}
    since = at.read(marks.of_pupil, at.pupils[0], since=MONDAY)
    assert [one["mark_id"] for one in since] == [number("later")]


def test_individual_homework_is_only_for_its_pupils(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    at.must(at.homework(lesson, "all", "Всем", WEDNESDAY))
    at.must(at.homework(lesson, "one", "Только Пете", WEDNESDAY, at.pupils[1]))
    assert [one["text"] for one in shown(at, 0)["homework"]] == ["Всем"]
    assert [(one["text"], one["individual"]) for one in shown(at, 1)["homework"]] == [
        ("Всем", False),
        ("Только Пете", True),
    ]


def test_corrected_homework_and_nothing_assigned_are_shown(at: Life) -> None:
    monday, wednesday = lesson_of(at, MONDAY), lesson_of(at, date(2026, 11, 18))
    at.must(at.homework(monday, "one", "Задача 7", WEDNESDAY))
    at.must(at.homework(monday, "one", "Задача 8", date(2026, 11, 27)))
    at.must(at.school.declare_no_homework(at.class_id, wednesday, by=at.anna, request=request()))
    [homework] = shown(at)["homework"]
    assert (homework["text"], homework["due_date"]) == ("Задача 8", "2026-11-27")
    assert shown(at)["no_homework"] is False
    week = at.week(at.pupils[0], date(2026, 11, 16))
    assert week is not None
    assert week["days"][2]["lessons"][0]["no_homework"] is True


def test_a_subgroup_lesson_is_only_for_its_members(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    for half, who in zip(at.halves, (at.boris, at.galina), strict=True):
        new = LessonAdded(
            number(f"english {half}"), MONDAY, 2, at.english, who.person_id, half, "21"
        )
        at.must(at.school.add_lesson(at.class_id, new, by=at.office, request=request()))
    at.fold_all()
    teachers = []
    for pupil in (at.pupils[0], at.pupils[4]):
        week = at.week(pupil)
        assert week is not None
        teachers.append([one["teacher"] for one in week["days"][0]["lessons"]])
    anna = "Иванова Анна Петровна"
    assert teachers == [[anna, "Борисов Яна"], [anna, "Галкина Яна"]]


def test_who_enrols_later_is_in_no_subgroup_of_a_week_that_was_drawn_before(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    new = LessonAdded(
        number("english"), MONDAY, 2, at.english, at.boris.person_id, at.halves[0], "21"
    )
    at.must(at.school.add_lesson(at.class_id, new, by=at.office, request=request()))
    at.fold_all()
    enrolled = at.school.enrol_pupils(
        at.class_id, [at.newcomer], MONDAY, by=at.office, request=request()
    )
    at.must(enrolled)
    at.fold_all()
    week = at.week(at.newcomer)
    assert week is not None
    assert [one["subject"] for one in week["days"][0]["lessons"]] == ["Алгебра"]


def test_a_substitute_stands_beside_the_teacher_for_those_days_only(at: Life) -> None:
    at.must(at.substitute(MONDAY, date(2026, 11, 24)))
    assert shown(at)["substituted_by"] == "Ёжикова Яна"
    assert shown(at, day=WEDNESDAY)["substituted_by"] is None
    at.must(at.rename(at.tanya.person_id, "Смирнова"))
    assert shown(at)["substituted_by"] == "Смирнова Ян"


def test_a_moved_lesson_leaves_its_week_and_a_cancelled_one_stays_visible(at: Life) -> None:
    friday, monday = lesson_of(at, date(2026, 11, 27)), lesson_of(at, date(2026, 11, 30))
    at.must(at.school.move_lesson(at.class_id, monday, MONDAY, 5, by=at.office, request=request()))
    at.must(
        at.school.cancel_lesson(at.class_id, friday, "Карантин", by=at.office, request=request())
    )
    at.fold_all()
    this, following = at.week(at.pupils[0]), at.week(at.pupils[0], date(2026, 11, 30))
    assert this is not None
    assert following is not None
    assert [one["status"] for one in this["days"][0]["lessons"]] == ["SCHEDULED", "MOVED"]
    assert this["days"][4]["lessons"][0]["status"] == "CANCELLED"
    assert following["days"][0]["lessons"] == []


def test_names_follow_the_vault(at: Life) -> None:
    at.fold_all()
    at.must(at.rename(at.anna.person_id, "Кузнецова"))
    at.must(at.erase(at.pupils[0]))
    assert shown(at)["teacher"] == "Кузнецова Ян"
    week = at.week(at.pupils[0])
    assert week is not None
    assert week["pupil"]["name"] == "данные удалены"


def test_an_erased_comment_and_homework_leave_every_document(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    at.must(at.mark(lesson, at.pupils[0], "5", "mark", "Личное слово"))
    at.must(at.homework(lesson, "one", "Личное задание", WEDNESDAY, at.pupils[0]))
    assert shown(at)["marks"][0]["comment"] == "Личное слово"
    at.restart()
    for kind in ("comment", "homework"):
        [(payload, subject)] = at.vault(kind)
        at.must(
            at.school.erase_payloads(
                YEAR, subject, [payload], "акт", by=at.office, request=request()
            )
        )
    lesson_now = shown(at)
    assert lesson_now["marks"][0]["comment"] is None
    assert lesson_now["homework"][0]["text"] == ""
    rows = at.projector.execute(
        f"SELECT convert_from(state, 'UTF8') FROM {at.schema}.diary_week"
        f" UNION ALL SELECT comment FROM {at.schema}.diary_mark"
    ).fetchall()
    assert not [text for (text,) in rows if text and "Личное" in text]
    documents = at.read(diary.weeks, [(at.pupils[0], MONDAY)])
    assert not [one for one in documents.values() if "Личное" in one.body.decode()]


def test_files_of_a_lesson_are_shown_until_they_are_removed_or_erased(at: Life) -> None:
    lesson = lesson_of(at, MONDAY)
    assert "files" not in shown(at)
    at.must(at.homework(lesson, "work", "Задача 7", WEDNESDAY))
    at.must(at.hand_out(lesson, "one", "Карточка Ивановой.pdf"))
    at.must(at.hand_out(lesson, "two"))
    there = shown(at)["files"]
    assert [one["name"] for one in there] == ["Карточка Ивановой.pdf", "Карточка.pdf"]
    assert shown(at)["homework"][0]["attachments"] == there
    at.restart()
    at.must(at.take_away(lesson, "two"))
    assert [one["file_id"] for one in shown(at)["files"]] == [number("one")]
    for kind in ("title", "scan"):
        gone = [payload for payload, _ in at.vault(kind)]
        at.must(
            at.school.erase_payloads(
                YEAR, at.anna.person_id, gone, "акт", by=at.office, request=request()
            )
        )
    [erased] = shown(at)["files"]
    assert (erased["name"], erased["url"]) == ("", None)
    rows = at.projector.execute(
        f"SELECT convert_from(state, 'UTF8') FROM {at.schema}.diary_week"
    ).fetchall()
    assert not [text for (text,) in rows if "Иванов" in text]


def test_documents_follow_the_roster(at: Life) -> None:
    at.must(
        at.school.enrol_pupils(at.class_id, [at.newcomer], MONDAY, by=at.office, request=request())
    )
    at.must(
        at.school.depart_pupil(
            at.class_id, at.pupils[4], WEDNESDAY, "3", by=at.office, request=request()
        )
    )
    at.fold_all()
    assert at.week(at.newcomer, date(2026, 11, 16)) is None
    newcomer, gone = at.week(at.newcomer), at.week(at.pupils[4])
    assert newcomer is not None
    assert gone is not None
    assert [len(day["lessons"]) for day in newcomer["days"]] == [1, 0, 1, 0, 1]
    assert [len(day["lessons"]) for day in gone["days"]] == [1, 0, 0, 0, 0]
    assert at.week(at.pupils[4], date(2026, 11, 30)) is None
    assert date(2026, 11, 30) not in at.read(diary.weeks_of, at.pupils[4])


def test_lessons_begin_and_end_by_the_bells_of_the_shift_and_the_day(at: Life) -> None:
    def times() -> list[tuple[str, str]]:
        at.fold_all()
        week = at.week(at.pupils[0])
        assert week is not None
        lessons = [one for day in week["days"] for one in day["lessons"]]
        return [(one["starts_at"], one["ends_at"]) for one in lessons]

    usual = times()
    second = Schedule("Вторая", (Bell(1, "13:30", "14:10"), Bell(2, "14:20", "15:00")), 2)
    first = Schedule("Первая", (Bell(1, "08:00", "08:45"), Bell(2, "08:55", "09:40")))
    by: dict[str, Any] = {"by": at.office}
    adopted = at.school.adopt_bells(YEAR, WEDNESDAY, [first, second], **by, request=request())
    at.must(adopted)
    began = times()
    at.must(at.school.assign_shift(YEAR, at.class_id, 2, WEDNESDAY, **by, request=request()))
    shifted = times()
    short = DayBellsChanged(WEDNESDAY, (Bell(1, "13:30", "13:55"), Bell(2, "14:00", "14:25")), "4")
    at.must(at.school.change_day_bells(YEAR, short, **by, request=request()))
    shortened = times()

    assert usual[0] == began[0] == shifted[0] == shortened[0]  # Monday
    assert {began[1], began[2]} <= {("08:00", "08:45"), ("08:55", "09:40")}
    assert {shifted[1], shifted[2]} <= {("13:30", "14:10"), ("14:20", "15:00")}
    assert shortened[1] in {("13:30", "13:55"), ("14:00", "14:25")}
    assert shortened[2] == shifted[2]


def test_a_pupil_who_changes_class_has_one_document_with_the_lessons_of_both(at: Life) -> None:
    new = LessonAdded(
        number("other"), date(2026, 11, 27), 3, at.ground.subject_id, at.anna.person_id
    )
    at.must(at.school.add_lesson(at.other_class, new, by=at.office, request=request()))
    at.must(
        at.school.transfer_pupil(
            at.class_id,
            at.other_class,
            at.pupils[0],
            WEDNESDAY,
            "8",
            by=at.office,
            request=request(),
        )
    )
    at.fold_all()
    week = at.week(at.pupils[0])
    assert week is not None
    assert week["class"]["name"] == "7б"
    found = [one["lesson_id"] for day in week["days"] for one in day["lessons"]]
    assert found == [lesson_of(at, MONDAY), number("other")]


def test_a_change_gives_a_new_etag_only_to_the_documents_it_touches(at: Life) -> None:
    at.fold_all()
    keys = [(pupil, MONDAY) for pupil in at.pupils[:2]]
    before = at.read(diary.weeks, keys)
    receipt = at.must(at.mark(lesson_of(at, MONDAY), at.pupils[0], "5", "mark"))
    at.fold_all()
    after = at.read(diary.weeks, keys)
    assert after[keys[0]].etag != before[keys[0]].etag
    assert after[keys[1]] == before[keys[1]]
    changed = at.read(diary.changes, at.pupils, receipt.position - 1)
    assert changed == [
        {"position": receipt.position, "pupil_id": at.pupils[0], "monday": "2026-11-23"}
    ]
