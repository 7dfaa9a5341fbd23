"""Plans of marks: the right lesson, the right pupil, no doubles."""

from __future__ import annotations

from datetime import date

import pytest

from api.imports.draft import Known
from api.imports.findings import SHOWN
from api.imports.marks import plan_marks
from api.imports.plan import (
    AddLesson,
    GiveMark,
    Plan,
    RecordTopic,
    stable_id,
)
from domain.journal import facts as jf
from domain.people.facts import Name
from domain.values import ReasonCode, Tier
from tests.api.imports.a_school import (
    ALEKSEEV,
    ALGEBRA,
    ALGEBRA_2_SEP,
    ALGEBRA_4_SEP,
    BORISOVA,
    CLASS_7A,
    CONTROL,
    FIXTURES,
    KIM,
    YOLKINA,
    codes,
    csv_of,
    record,
    school,
    texts,
)

MARKS = "Класс;Предмет;Дата урока;№ урока;ФИО;Отметка;Вид работы;Вес;Комментарий"
NEW_LESSONS = "Класс;Предмет;Дата;№ урока;ФИО;Отметка;Вид работы;Тема урока;Учитель"


def marks(*rows: str, known: Known | None = None) -> Plan:
    return plan_marks(csv_of(MARKS, *rows), known or school())


def test_marks_written_by_xlsxwriter_become_marks_of_the_lessons() -> None:
    data = (FIXTURES / "marks-xlsxwriter.xlsx").read_bytes()
    plan = plan_marks(data, school())
    assert plan.errors == 0, texts(plan)
    assert [
        (one.row, one.lesson_ref, one.pupil_ref, one.value, one.weight, one.comment)
        for one in plan.operations
        if isinstance(one, GiveMark)
    ][:3] == [
        (4, ALGEBRA_2_SEP, ALEKSEEV, "5", "1.00", "Хорошо рассуждает"),
        (5, ALGEBRA_2_SEP, BORISOVA, "4", "1.00", ""),
        (6, ALGEBRA_4_SEP, YOLKINA, "н/а", "1.50", ""),
    ]
    first = plan.operations[0]
    assert isinstance(first, GiveMark)
    assert first.mark_id == stable_id(plan.file_sha256, "mark 4")


def test_every_wrong_row_is_told_in_the_words_of_a_teacher() -> None:
    plan = plan_marks((FIXTURES / "marks-with-errors.csv").read_bytes(), school())
    assert texts(plan) == [
        "Строка 2: отметка «6» не из шкалы: 5 4 3 2 1, н/а, осв, зач, незач.",
        "Строка 3: дата «31.02.2025» не существует.",
        "Строка 4: класса «7г» в школе нет.",
        "Строка 5: в 7а нет ученика «Кто Такой».",
        "Строка 6: в 7а нет урока «Алгебра» 05.09.2025 № 2.",
        "Строка 7: отметка не указана.",
        "Строка 7: предмета «Ботаника» в школе нет.",
        "Строка 7: вида работы «Ответ» в школе нет.",
        "Строка 7: вес должен быть больше 0 и не больше 10.",
    ]
    assert (plan.errors, plan.rows) == (9, 7)


def test_no_more_than_two_hundred_errors_are_shown_and_all_are_counted() -> None:
    plan = marks(*["7а;Алгебра;02.09.2025;2;Алексеев Пётр;6;О;1;"] * 250)
    assert (len(texts(plan)), plan.errors) == (SHOWN, 250)


def test_a_weight_left_empty_is_that_of_the_work_type() -> None:
    plan = marks("7а;Алгебра;02.09.2025;2;Борисова Анна;5;к;;")
    assert [(m.weight, m.work_type_ref) for m in plan.operations if isinstance(m, GiveMark)] == [
        ("1.50", CONTROL)
    ]


def test_a_lesson_number_may_be_missing_when_the_lesson_is_the_only_one() -> None:
    assert marks("7а;Алгебра;02.09.2025;;Борисова Анна;5;О;;").errors == 0


def test_two_lessons_of_a_day_need_the_number() -> None:
    known = school()
    record(known, jf.LessonAdded("second", date(2025, 9, 2), 3, ALGEBRA, KIM))
    plan = marks("7а;Алгебра;02.09.2025;;Борисова Анна;5;О;;", known=known)
    assert texts(plan) == ["Строка 2: «Алгебра» 02.09.2025 — не один урок: укажите «№ урока»."]


def test_a_cancelled_lesson_is_no_lesson() -> None:
    known = school()
    record(known, jf.LessonCancelled(ALGEBRA_2_SEP, "Карантин"))
    assert codes(marks("7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;", known=known)) == {
        "import.lesson"
    }


def test_a_mark_before_the_pupil_came_is_an_error() -> None:
    known = school()
    record(known, jf.PupilEnrolled("late", date(2025, 9, 3)))
    known.names["late"] = Name("Поздний", "Ян", "Ильич")
    plan = marks("7а;Алгебра;02.09.2025;2;Поздний Ян Ильич;5;О;;", known=known)
    assert texts(plan) == ["Строка 2: «Поздний Ян Ильич» 02.09.2025 не числится в 7а."]


def test_namesakes_are_told_apart_by_the_patronymic_or_not_at_all() -> None:
    known = school()
    record(known, jf.PupilEnrolled("second", date(2025, 9, 1)))
    known.names["second"] = Name("Алексеев", "Пётр", "Львович")
    good = "7а;Алгебра;02.09.2025;2;Алексеев Пётр Львович;5;О;;"
    plan = marks(good, "7а;Алгебра;02.09.2025;2;Алексеев Пётр;5;О;;", known=known)
    assert [one.pupil_ref for one in plan.operations if isinstance(one, GiveMark)] == ["second"]
    assert [one.rows for one in plan.findings] == [(3,)]
    assert "не один «Алексеев Пётр»" in texts(plan)[0]


def given(known: Known, plan: Plan) -> None:
    """Record the marks of a plan."""
    for one in plan.operations:
        assert isinstance(one, GiveMark)
        record(
            known,
            jf.MarkGiven(
                one.mark_id, one.lesson_ref, one.pupil_ref, one.value, one.work_type_ref, one.weight
            ),
        )


def test_the_same_file_again_makes_no_doubles_even_after_a_correction() -> None:
    known = school()
    rows = [
        "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;",
        "7а;Алгебра;02.09.2025;2;Мамедов Али;4;О;;",
    ]
    first = marks(*rows, known=known)
    given(known, first)
    assert isinstance(first.operations[0], GiveMark)
    mark_id = first.operations[0].mark_id
    record(known, jf.MarkCorrected(mark_id, "5", "4", Tier.T0, ReasonCode.TYPO))
    again = marks(*rows, known=known)
    assert (again.operations, again.unchanged, again.errors) == ((), 2, 0)


def test_a_longer_file_adds_only_what_is_new() -> None:
    known = school()
    row = "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;"
    given(known, marks(row, known=known))
    longer = marks(row, row, known=known)
    assert (len(longer.operations), longer.unchanged) == (1, 1)
    assert texts(longer, "notice") == [
        "Строка 3: за эту работу у ученика уже есть отметка; будет добавлена ещё одна."
    ]


def test_equal_rows_are_told() -> None:
    row = "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;"
    assert texts(marks(row, row), "notice") == [
        "Строки 2 и 3: одинаковые строки: в журнал войдёт столько же отметок."
    ]


def test_a_missing_lesson_is_added_only_when_asked() -> None:
    rows = [
        "7а;Алгебра;09.09.2025;1;Борисова Анна;5;О;Дроби;",
        "7а;Алгебра;09.09.2025;1;Мамедов Али;4;О;Дроби;",
        "7а;Русский язык;09.09.2025;2;Мамедов Али;4;О;Слово;Ким Олег Юрьевич",
    ]
    data = csv_of(NEW_LESSONS, *rows)
    assert plan_marks(data, school()).errors == 3
    plan = plan_marks(data, school(), create_lessons=True)
    assert plan.errors == 0, texts(plan)
    assert [type(one) for one in plan.operations] == [
        AddLesson,
        RecordTopic,
        GiveMark,
        GiveMark,
        AddLesson,
        RecordTopic,
        GiveMark,
    ]
    assert plan.operations[0] == AddLesson(
        row=2,
        ref="+1",
        class_ref=CLASS_7A,
        date=date(2025, 9, 9),
        number=1,
        subject_ref=ALGEBRA,
        teacher_ref=KIM,
    )
    assert texts(plan, "notice") == ["Будут заведены уроки вне расписания: 2."]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("7а;Алгебра;09.09.2025;;Борисова Анна;5;О;Дроби;", "import.number"),
        ("7а;Алгебра;04.09.2025;1;Борисова Анна;5;О;Fractions;", "text.not_russian"),
        ("7а;Русский язык;09.09.2025;1;Борисова Анна;5;О;Слово;", "import.teacher"),
        ("7а;Русский язык;04.09.2025;3;Борисова Анна;5;О;Слово;Ким Олег Юрьевич", "import.lesson"),
    ],
)
def test_a_lesson_that_cannot_be_added_says_why(row: str, code: str) -> None:
    assert codes(plan_marks(csv_of(NEW_LESSONS, row), school(), create_lessons=True)) == {code}


def test_a_long_comment_is_an_error() -> None:
    assert codes(marks(f"7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;{'а' * 1001}")) == {
        "import.comment"
    }
