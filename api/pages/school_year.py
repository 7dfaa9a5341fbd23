"""«Учебный год»: the steps of setting a year up, what is done and what is lacking in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import rollover
from api.deps import Administration
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.russian import plural
from domain.bells import Bells
from domain.calendar import Calendar
from projections import directory, office
from projections.office import Readiness

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/school-year"
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]
CLASSES = ("класса", "классов", "классов")
PLACES = ("назначения", "назначений", "назначений")
PUPILS = ("ученик", "ученика", "учеников")
FIRST = "сначала заведите классы"


class Step(NamedTuple):
    """A step: what there is, what is lacking, where it is done (address, words)."""

    title: str
    told: tuple[str, ...]
    missing: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@router.get(HERE)
async def school_year(
    caller: Administration, behind: Behind, year: OfYear = None, *, done: bool = False
) -> Response:
    """How far the year is set up."""
    door, today = caller.door, caller.door.rights.today()
    of_year = year or await door.rights.year()
    async with caller.reading() as (conn, schema):
        years = await directory.years(conn, schema)
        known = await directory.calendar_of(conn, schema, of_year)
        bells = await office.bells_of(conn, schema, of_year)
        found = await office.readiness(conn, schema, of_year, today)
    opened = [one["year"] for one in years]
    steps = _steps(of_year, known and known[0], bells, found)
    context = {
        "year": of_year,
        "name": f"{of_year}/{of_year + 1}",
        "opened": known is not None,
        "steps": steps,
        "done": done,
        "lacking": sum(bool(one.missing) for one in steps),
        "years": [
            {"year": one, "name": f"{one}/{one + 1}", "current": one == of_year} for one in opened
        ],
        "next": f"{of_year + 1}/{of_year + 2}" if known and of_year + 1 not in opened else "",
        "again": of_year - 1 if known and of_year - 1 in opened else None,
        "may": rollover.may(caller),
    }
    return page("year/steps.html", context, viewer=await viewer_of(caller, HERE, behind=behind))


def _steps(
    year: int, calendar: Calendar | None, bells: Bells | None, found: Readiness
) -> list[Step]:
    """In the order in which a school does them."""
    if calendar is None or bells is None:
        open_it = ((f"{HERE}/calendar?year={year}", "Открыть учебный год"),)
        return [Step("Год, периоды, каникулы", (), ("год не открыт",), open_it)]
    return [
        _calendar(year, calendar),
        _bells(year, bells),
        _words(year, found),
        _staff(year, found),
        _classes(year, found),
        _pupils(year, found),
        _subgroups(year, found),
        _assignments(year, found),
        _timetable(year, found),
        _plans(year, found),
    ]


def _calendar(year: int, calendar: Calendar) -> Step:
    told = [f"{calendar.starts:%d.%m.%Y} – {calendar.ends:%d.%m.%Y}"]
    told.append(plural(len(calendar.terms), "период", "периода", "периодов"))
    told += [
        f"{levels}: {plural(len(one.terms), 'период', 'периода', 'периодов')}"
        for one in calendar.tracks
        if one.terms
        for levels in [", ".join(map(str, one.grade_levels)) + " класс"]
    ]
    if calendar.vacations:
        told.append(plural(len(calendar.vacations), "каникулы", "каникул", "каникул"))
    return Step(
        "Год, периоды, каникулы", tuple(told), (), _link(year, "calendar", "Изменить календарь")
    )


def _bells(year: int, bells: Bells) -> Step:
    today = bells.adopted[-1].since if bells.adopted else date(year, 9, 1)
    shifts = sorted({one.shift for since in bells.adopted for one in since.schedules} or {1})
    told = [
        f"{number} смена: {plural(len(bells.of_shift(number, today)), 'урок', 'урока', 'уроков')}"
        for number in shifts
    ]
    missing = () if bells.of_shift(1, today) else ("нет звонков",)
    return Step("Звонки и смены", tuple(told), missing, _link(year, "bells", "Звонки и смены"))


def _words(year: int, found: Readiness) -> Step:
    told = (
        plural(found.subjects, "предмет", "предмета", "предметов"),
        plural(found.work_types, "вид работы", "вида работ", "видов работ"),
    )
    missing = [
        *(["нет ни одного предмета"] if not found.subjects else []),
        *(["нет ни одного вида работы"] if not found.work_types else []),
    ]
    return Step("Предметы и виды работ", told, tuple(missing), _link(year, "words", "Добавить"))


def _staff(year: int, found: Readiness) -> Step:
    missing = [] if found.teachers else ["нет учителей"]
    missing += [
        f"не назначен {words}"
        for role, words in (("director", "директор"), ("deputy", "заместитель директора"))
        if role not in found.roles
    ]
    if found.no_account:
        missing.append(f"без логина: {found.no_account}")
    links = (
        *_link(year, "staff", "Принять и назначить"),
        *_brought(year, "staff"),
        ("/credentials", "Логины и пароли"),
    )
    told = (plural(found.teachers, "учитель", "учителя", "учителей"),)
    return Step("Сотрудники", told, tuple(missing), links)


def _classes(year: int, found: Readiness) -> Step:
    missing = [] if found.classes else ["нет ни одного класса"]
    missing += _of("нет классного руководителя", found.no_class_teacher)
    links = (*_link(year, "classes", "Классы и руководители"),)
    return Step("Классы", (_classes_of(found.classes),), tuple(missing), links)


def _pupils(year: int, found: Readiness) -> Step:
    missing = [] if found.pupils else ["нет учеников"]
    missing += _of("нет учеников", found.no_pupils) if found.pupils else []
    if found.no_guardian:
        missing.append(f"без законного представителя: {found.no_guardian}")
    told = [plural(found.pupils, *PUPILS)]
    if found.conditional:
        told.append(f"переведены условно: {found.conditional}")
    links = (*_link(year, "pupils", "Зачислить"), *_brought(year, "classes"))
    return Step("Ученики", tuple(told), tuple(missing), (*links, ("/consents", "Согласия")))


def _subgroups(year: int, found: Readiness) -> Step:
    missing = [f"мест в подгруппах не занято: {found.ungrouped}"] if found.ungrouped else []
    told = (plural(found.divided, "деление", "деления", "делений"),)
    return Step("Подгруппы", told, tuple(missing), _link(year, "subgroups", "Разделить по приказу"))


def _assignments(year: int, found: Readiness) -> Step:
    missing = _of("никто не ведёт уроков", found.no_assignment) if found.classes else [FIRST]
    told = (plural(found.places, "назначение", "назначения", "назначений"),)
    links = (*_link(year, "assignments", "Назначить учителей"), *_brought(year, "staff"))
    return Step("Кто что ведёт", told, tuple(missing), links)


def _timetable(year: int, found: Readiness) -> Step:
    missing = _of("нет расписания", found.no_timetable) if found.classes else [FIRST]
    if found.scheduled < found.terms:
        missing.append(f"не составлены уроки периодов: {found.terms - found.scheduled}")
    told = (
        f"расписание есть у {plural(len(found.classes) - len(found.no_timetable), *CLASSES)}",
        f"уроки составлены: {found.scheduled} из {found.terms} периодов классов",
    )
    links = (*_brought(year, "timetable"), *_link(year, "lessons", "Составить уроки"))
    return Step("Расписание и уроки", told, tuple(missing), links)


def _plans(year: int, found: Readiness) -> Step:
    lacking = found.places - found.planned
    missing = (f"нет КТП у {plural(lacking, *PLACES)}",) if lacking else ()
    if not found.places:
        missing = ("сначала назначьте, кто что ведёт",)
    told = (f"КТП есть у {found.planned} из {plural(found.places, *PLACES)}",)
    return Step("КТП", told, missing, _brought(year, "plan"))


def _classes_of(names: Sequence[str]) -> str:
    return plural(len(names), "класс", "класса", "классов")


def _of(what: str, names: Sequence[str]) -> list[str]:
    """«у 2 классов нет классного руководителя: 5б, 7а»."""
    return [f"у {plural(len(names), *CLASSES)} {what}: {', '.join(names)}"] if names else []


def _link(year: int, step: str, words: str) -> tuple[tuple[str, str], ...]:
    return ((f"{HERE}/{step}?year={year}", words),)


def _brought(year: int, kind: str) -> tuple[tuple[str, str], ...]:
    return ((f"{HERE}/import?year={year}&kind={kind}", "Загрузить таблицу"),)
