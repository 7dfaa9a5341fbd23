"""All that a teacher writes in the journal the family sees at once; one thing it does not, and the
grid says so: a debt (convention 8 of peers.md §8).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from domain.journal import facts as j
from projections.diary.fold import Diary
from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import FIVE, TYPO, give
from tests.cast import ALGEBRA, CLASS_7A, CONTROL, PETYA, an_id

At = Callable[[str], Desk]
API = Path(__file__).parents[2] / "api"
WEEK = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
HIDDEN = {j.DebtRaised, j.DebtResolved}
#: what the diary does not fold, and how the family learns of it
OTHERWISE = {
    j.TeacherAssigned: "the teacher is told with each lesson",
    j.TeacherReleased: "the same",
    j.MarksCarried: "the marks are where they were given",
    j.TermMarkIssued: "«Отметки»: test_the_family_sees_what_the_teacher_has_written",
    j.TermMarkCorrected: "the same",
    j.TermMarkAnnulled: "the same",
    j.TermClosed: "says nothing of anybody",
}


def test_a_fact_of_the_journal_is_in_the_diary_or_told_otherwise_or_signed_as_hidden() -> None:
    """A new one says here what the family sees of it; a hidden one needs a sign in the grid."""
    of_the_grid = {fact for fact in j.FACTS if fact.__module__ == j.__name__}
    unseen = {fact for fact in of_the_grid if fact.TOPIC in Diary.ignored}

    assert unseen == HIDDEN | set(OTHERWISE)


def test_what_is_hidden_says_so_wherever_the_teacher_meets_it() -> None:
    for place in ("templates/teacher/register_parts.html", "static/debts.js"):
        text = (API / place).read_text(encoding="utf-8")
        for sign in re.findall(r"(?:class=|className: )\"(owes[^\"]*)\"", text):
            assert sign == "owes hid", place
        assert "семья не видит" in text, place
    page = (API / "templates" / "teacher" / "debts.html").read_text(encoding="utf-8")
    assert "Семье журнал их не показывает" in page
    told = (API / "help" / "teacher" / "register.md").read_text(encoding="utf-8")
    assert "**Что видит семья** — всё, что вы записали" in told


def test_the_family_sees_what_the_teacher_has_written(desk: At, projector: Projector) -> None:
    anna, olga = desk("anna"), desk("olga")
    lesson, debt = lesson_of(anna), an_id("долг, которого семья не видит")
    give(anna)
    late = {"pupil_id": PETYA, "code": "LATE", "minutes_late": 7}
    owed = {
        "debt_id": debt,
        "pupil_id": PETYA,
        "work_type_id": CONTROL,
        "due_date": "2026-09-10",
    }
    homework = {"homework_id": an_id("задание"), "text": "§ 12", "due_date": "2026-09-03"}
    term = {"subject_id": ALGEBRA, "term": 1, "marks": [{"pupil_id": PETYA, "value": "4"}]}
    for path, body in (
        (f"/marks/{FIVE}/corrections", TYPO),
        (f"/marks/{FIVE}/comments", {"comment": "рассуждает вслух"}),
        (f"/lessons/{lesson}/attendance", {"entries": [late]}),
        (f"/lessons/{lesson}/topic", {"topic": "Сложение дробей"}),
        (f"/lessons/{lesson}/homework", homework),
        (f"/lessons/{lesson}/debts", {"debts": [owed]}),
        (f"/classes/{CLASS_7A}/term-marks", term),
    ):
        answer = anna.post(path, body)
        assert answer.status_code == 200, (path, answer.text)
        position = answer.json()["position"]

    week = olga.get(WEEK, min_position=position)
    marks = olga.get(f"/pupils/{PETYA}/marks", min_position=position)
    history = olga.get(f"/marks/{FIVE}/history", min_position=position)

    [shown] = [
        one for day in week.json()["days"] for one in day["lessons"] if one["lesson_id"] == lesson
    ]
    [mark] = shown["marks"]
    assert (mark["value"], mark["comment"]) == ("4", "рассуждает вслух")
    assert shown["attendance"] == {"code": "LATE", "label": "опоздал на 7 мин."}
    assert shown["topic"] == "Сложение дробей"
    assert [one["text"] for one in shown["homework"]] == ["§ 12"]
    assert history.json()[1]["reason"] == TYPO["reason"]
    assert '"4"' in marks.text
    for answer in (week, marks, history):
        assert debt not in answer.text
        assert "debt" not in answer.text
