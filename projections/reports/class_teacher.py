"""Form 2: «Отчёт классного руководителя за период»: list, movements, results, absences."""

from __future__ import annotations

from collections.abc import Sequence

from domain.calendar import Term
from domain.class_rates import (
    BUCKET_LABELS,
    Bucket,
    Standing,
    class_pass,
    class_quality,
    standing,
)
from domain.formulas import NOT_ATTESTED
from domain.values import AttendanceCode
from projections.reports import marks, movements, presence
from projections.reports.ground import YEAR, Ground, Pupil, SchoolClass, staying
from projections.reports.marks import Given
from projections.reports.paper import NAME, NUMBER, Cell, Column, Line, Part, Report
from projections.reports.presence import Missed

FORM = "class_teacher"
TITLE = "Отчёт классного руководителя"
_COUNTED = (Column("what", "Показатель", width=30, pinned=True), Column("count", "Число", "count"))
ABSENCE_COLUMNS = (
    Column("held", "Уроков", "count", width=7),
    Column("missed", "всего", "count", "Пропущено уроков", 7),
    Column("ill", "по болезни", "count", "Пропущено уроков", 8),
    Column("excused", "уваж.", "count", "Пропущено уроков", 7),
    Column("unexcused", "без уваж.", "count", "Пропущено уроков", 7),
    Column("unspecified", "не указана", "count", "Пропущено уроков", 8),
    Column("days", "всего", "count", "Полных дней", 7),
    Column("days_ill", "по болезни", "count", "Полных дней", 8),
    Column("late", "Опозданий", "count", width=10),
)


async def build(ground: Ground) -> Report:
    """A term or the year of a class. Raises NotFound."""
    of, term, last, pupils = await ground.class_in_term()
    moved = await movements.moves(ground, term.starts, last, of.class_id)
    away = await presence.attendance(ground, of.class_id, term.starts, last)
    lines: list[tuple[Cell, ...]] = [
        (one.name, *absences(away.missed(one.pupil_id))) for one in pupils
    ]
    return Report(
        FORM,
        TITLE,
        (("Класс", of.name), ("Период", term.name), ("Классный руководитель", of.teacher)),
        (
            _list(term, pupils),
            _moves(moved),
            await _results(ground, of, staying(pupils)),
            Part(
                (NUMBER, NAME, *ABSENCE_COLUMNS),
                (
                    *(Line((number, *cells)) for number, cells in enumerate(lines, 1)),
                    Line((None, "Всего", *absences(away.total(pupils))), "total"),
                ),
                "3. Пропуски",
                notes=(
                    "Уроки — те, на которых отмечена посещаемость и где ученик должен был быть.",
                ),
            ),
        ),
        ground.position,
        ground.moment,
        ("Опоздание — не пропуск.", ground.denominator),
        ("Классный руководитель",),
    )


def absences(of: Missed) -> tuple[Cell, ...]:
    """Cells of `ABSENCE_COLUMNS`."""
    lessons, days = of.lessons, of.days
    return (
        of.held,
        of.missed,
        lessons[AttendanceCode.ILL],
        lessons[AttendanceCode.EXCUSED],
        lessons[AttendanceCode.UNEXCUSED],
        lessons[AttendanceCode.ABSENT_UNSPECIFIED],
        of.days_missed,
        days[AttendanceCode.ILL],
        of.late,
    )


def _list(term: Term, pupils: list[Pupil]) -> Part:
    first = sum(one.since <= term.starts for one in pupils)
    left = sum(one.until is not None for one in pupils)
    rows = (
        ("на начало периода", first),
        ("прибыло", len(pupils) - first),
        ("выбыло", left),
        ("на конец периода", len(pupils) - left),
    )
    return Part(_COUNTED, tuple(Line(row) for row in rows), "1. Контингент")


def _moves(found: list[movements.Move]) -> Part:
    columns = (
        Column("kind", "Движение", width=11),
        Column("name", "Фамилия, имя", width=29),
        Column("place", "Откуда, куда"),
        Column("order", "Приказ", width=10),
        Column("day", "Дата", "day"),
    )
    lines = [
        Line(
            (
                movements.WORDS[one.kind],
                one.name,
                one.place or (f"{one.other} класс" if one.other else ""),
                one.order_no,
                one.day.isoformat(),
            )
        )
        for one in found
        if one.order_no
    ]
    return Part(columns, tuple(lines), "1.1. Движение", empty="Движения не было.")


async def _results(ground: Ground, of: SchoolClass, here: list[Pupil]) -> Part:
    title = "2. Успеваемость"
    if of.grade_level in ground.rules.ungraded_levels:
        return Part(title=title, words=("Безотметочное обучение: отметок нет.",))
    names = (await marks.subjects(ground, of.class_id)).get(of.class_id, {})
    term = ground.period(of.grade_level)
    known = await marks.teachings(ground, term.starts, term.ends, of.class_id)
    teachers = marks.teachers_of(known)
    given = await marks.of_period(ground, of.class_id)
    before: Given = {}
    if ground.asked.term > YEAR + 1:
        last_term = ground.asked.term - 1
        before = (await marks.brought(ground, of.class_id)).get(last_term, {}) | (
            await marks.term_marks(ground, of.class_id)
        ).get(last_term, {})
    stand = {one.pupil_id: _standing(given, of, names, one) for one in here}
    last = {one.pupil_id: _standing(before, of, names, one).bucket for one in here}

    def said(pupil: Pupil) -> str:
        subjects = [
            f"{names[one]}, {teachers.get((of.class_id, one), '')}".rstrip(", ")
            for one in stand[pupil.pupil_id].by
        ]
        again = Bucket.FAILING is stand[pupil.pupil_id].bucket is last[pupil.pupil_id]
        words = [*subjects, *(["не успевал(а) и в прошлом периоде"] if again else [])]
        return f"{pupil.name} ({'; '.join(words)})" if words else pupil.name

    rows: list[tuple[Cell, ...]] = []
    for bucket, label in BUCKET_LABELS.items():
        inside = [one for one in here if stand[one.pupil_id].bucket is bucket]
        told = bucket not in (Bucket.THREES, Bucket.GOOD)
        who = "; ".join(said(one) if told else one.name for one in inside)
        rows.append((label, len(inside), who))
    missing = unattested(of.class_id, names, given, here)
    buckets = [one.bucket for one in stand.values()]
    quality = class_quality(buckets, ground.rules.rates_of)
    passed = class_pass(buckets, ground.rules.rates_of)
    counted = f"{quality.part} из {quality.pupils}", f"{passed.part} из {passed.pupils}"
    return Part(
        (*_COUNTED, Column("who", "Кто")),
        (
            *(Line(row) for row in rows),
            Line(("в том числе не аттестованы", len(missing), "; ".join(missing))),
            Line(("Качество знаний, %", _comma(quality.value), counted[0]), "total"),
            Line(("Успеваемость, %", _comma(passed.value), counted[1]), "total"),
        ),
        title,
    )


def unattested(
    class_id: str, names: dict[str, str], given: Given, here: Sequence[Pupil]
) -> list[str]:
    """Pupils with н/а, each once with the subjects of it: «Петров Пётр (Алгебра; Физика)»."""
    found = []
    for one in here:
        lacks = [
            name
            for subject, name in names.items()
            if given.get((class_id, subject, one.pupil_id)) == NOT_ATTESTED
        ]
        if lacks:
            found.append(f"{one.name} ({'; '.join(lacks)})")
    return found


def _standing(given: Given, of: SchoolClass, names: dict[str, str], pupil: Pupil) -> Standing:
    own = {one: given.get((of.class_id, one, pupil.pupil_id)) for one in names}
    return standing({subject: value for subject, value in own.items() if value})


def _comma(value: str) -> str | None:
    return value or None
