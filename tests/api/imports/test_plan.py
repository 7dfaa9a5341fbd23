"""The plan itself: its bytes and its hash."""

from __future__ import annotations

import msgspec

from api.imports.class_lists import plan_classes
from api.imports.draft import Known
from api.imports.marks import plan_marks
from api.imports.plan import (
    GiveMark,
    Plan,
    stable_id,
)
from tests.api.imports.a_school import (
    ALEKSEEV,
    ALGEBRA_2_SEP,
    ANSWER,
    CLASS_7A,
    FIXTURES,
    csv_of,
    empty_school,
    school,
)

MARKS = "Класс;Предмет;Дата урока;№ урока;ФИО;Отметка;Вид работы"


def marks(*rows: str, known: Known | None = None) -> Plan:
    return plan_marks(csv_of(MARKS, *rows), known or school())


def test_the_same_file_and_the_same_school_give_the_same_hash() -> None:
    data = (FIXTURES / "classes-openpyxl.xlsx").read_bytes()
    first, again = plan_classes(data, empty_school()), plan_classes(data, empty_school())
    assert first.hash == again.hash
    assert plan_classes(data, school()).hash != first.hash


def test_the_hash_covers_operations_and_findings() -> None:
    plan = marks("7а;Алгебра;02.09.2025;2;Борисова Анна;5;О")
    other_mark = marks("7а;Алгебра;02.09.2025;2;Борисова Анна;4;О")
    changed = [
        msgspec.structs.replace(plan, operations=other_mark.operations),
        msgspec.structs.replace(plan, school="second"),
        msgspec.structs.replace(plan, year=2026),
        msgspec.structs.replace(plan, operations=()),
    ]
    assert len({one.hash for one in [plan, *changed]}) == 5


def test_the_bytes_under_the_hash_do_not_drift() -> None:
    plan = Plan(
        kind="marks",
        school="first",
        year=2025,
        file_sha256="0" * 64,
        source="CSV",
        rows=1,
        unchanged=0,
        operations=(
            GiveMark(
                row=2,
                class_ref=CLASS_7A,
                lesson_ref=ALGEBRA_2_SEP,
                pupil_ref=ALEKSEEV,
                mark_id=stable_id("0" * 64, "mark 2"),
                value="5",
                work_type_ref=ANSWER,
                weight="1.00",
            ),
        ),
        findings=(),
        errors=0,
        notices=0,
    )
    assert plan.canonical().startswith(b'letopis import plan 1\n{"kind":"marks","school":"first",')
    assert plan.hash == ("8ea360851072ff378d2455639435455ad1e5fcf5343088a838b0caa840b5b27c")


def test_an_id_of_a_row_looks_random_and_comes_again() -> None:
    one, same, other = (stable_id("ab", what) for what in ("mark 2", "mark 2", "mark 3"))
    assert one == same != other
    assert (one[14], one[19] in "89ab") == ("4", True)
