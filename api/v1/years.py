"""School years: terms, subjects, work types to read; everything of the year to order."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, Informed
from api.house import Door
from api.v1.calendars import BellsIn, CalendarIn, Name, OrderNo, bells_of
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.calendar import TimetableEntry
from domain.office import facts as f
from domain.regulation import Regulation
from domain.values import Role
from projections import directory, regulations

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Учебный год"])

Year = Annotated[int, Field(ge=2000, le=2100, examples=[2026])]
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]
Weight = Annotated[str, Field(max_length=10, examples=["1.00"])]


class SubjectIn(Body):
    """A subject of the school."""

    subject_id: Id
    name: Name


class WorkTypeIn(Body):
    """A kind of work and its weight."""

    work_type_id: Id
    name: Name
    abbr: Annotated[str, Field(min_length=1, max_length=5, examples=["КР"])]
    weight: Weight


class AppointmentIn(Body):
    """A role held from a day on; `until` is the first day without it."""

    person_id: Id
    role: Role
    since: date
    until: date | None = None


class DismissalIn(Body):
    """`on` is the first day without the role."""

    person_id: Id
    role: Role
    on: date


class YearIn(Body):
    """A school year: calendar, bells, subjects, work types, staff."""

    year: Year
    zone: Annotated[str, Field(max_length=64, examples=["Europe/Moscow"])]
    calendar: CalendarIn
    bells: BellsIn
    subjects: Annotated[tuple[SubjectIn, ...], Field(max_length=200)] = ()
    work_types: Annotated[tuple[WorkTypeIn, ...], Field(max_length=100)] = ()
    staff: Annotated[tuple[AppointmentIn, ...], Field(max_length=500)] = ()

    def of(self, school_id: str, regulation: Regulation | None = None) -> f.YearOpened:
        """The fact; without a regulation it is the one this program comes with."""
        return f.YearOpened(
            school_id,
            self.zone,
            self.calendar.of(self.year),
            bells_of(self.bells),
            regulation or Regulation(),
            tuple(f.Subject(s.subject_id, s.name) for s in self.subjects),
            tuple(f.WorkType(**w.model_dump()) for w in self.work_types),
            tuple(f.Appointment(**a.model_dump()) for a in self.staff),
        )


class CalendarChange(CalendarIn):
    """Moved terms or holidays, by an order."""

    order_no: OrderNo


class ClassIn(Body):
    """A class of the year; `class_id` is made by the caller."""

    class_id: Id
    grade_level: Annotated[int, Field(ge=1, le=12)]
    letter: Annotated[str, Field(max_length=10, examples=["а"])]


class ClassTeacherIn(Body):
    """One class teacher at a time."""

    class_id: Id
    person_id: Id
    since: date


class EntryIn(Body):
    """One line of a class's week."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    number: Annotated[int, Field(ge=0, le=15)]
    subject_id: Id
    teacher_id: Id
    subgroup_id: Id | None = None
    room: Annotated[str, Field(max_length=20)] = ""


class TimetableIn(Body):
    """The week of a class from a day on; a teacher or a room that is needed in another class at
    the same time is refused with the list, unless it is allowed.
    """

    class_id: Id
    since: date
    entries: Annotated[list[EntryIn], Field(max_length=200)]
    allow_clashes: bool = False


async def year_of(door: Door, conn: Any, schema: str, year: int | None) -> int:
    """The year asked for, or the one in force."""
    today = door.rights.today()
    return year or await directory.school_year_of(conn, schema, today) or today.year


@router.get(
    "/terms",
    responses=example(
        {
            "year": 2026,
            "terms": [
                {
                    "term": 1,
                    "name": "1 четверть",
                    "starts": "2026-09-01",
                    "ends": "2026-10-25",
                }
            ],
        }
    ),
)
async def terms(
    request: Request,
    caller: Informed,
    year: OfYear = None,
    grade_level: Annotated[int, Query(ge=0, le=11)] = 0,
) -> Response:
    """Terms of a school year: of a grade level, or those of most classes."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        of_year = await year_of(caller.door, conn, schema, year)
        found = await directory.terms(conn, schema, of_year, grade_level)
    return read(request, {"year": of_year, "terms": found}, as_of)


@router.get(
    "/subjects",
    responses=example(
        {
            "year": 2026,
            "subjects": [{"subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20", "name": "Алгебра"}],
        }
    ),
)
async def subjects(request: Request, caller: Informed, year: OfYear = None) -> Response:
    """Subjects of a school year."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        of_year = await year_of(caller.door, conn, schema, year)
        found = await directory.subjects(conn, schema, of_year)
    return read(request, {"year": of_year, "subjects": found}, as_of)


@router.get(
    "/work-types",
    responses=example(
        {
            "year": 2026,
            "work_types": [
                {
                    "work_type_id": "5b9c0f6d-8e43-4a0e-8a55-6f7c2d1e0b30",
                    "name": "Контрольная работа",
                    "abbr": "КР",
                    "weight": "2.00",
                }
            ],
        }
    ),
)
async def work_types(request: Request, caller: Informed, year: OfYear = None) -> Response:
    """Kinds of work of a school year and their weights."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        of_year = await year_of(caller.door, conn, schema, year)
        found = await directory.work_types(conn, schema, of_year)
    return read(request, {"year": of_year, "work_types": found}, as_of)


@router.get(
    "/years",
    responses=example({"years": [{"year": 2026, "starts": "2026-09-01", "ends": "2027-05-26"}]}),
)
async def years(request: Request, caller: Informed) -> Response:
    """School years, the newest first."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await directory.years(conn, schema)
    return read(request, {"years": found}, as_of)


@router.post("/years")
async def open_year(new: YearIn, caller: Administration, once: Once) -> Written:
    """Open a school year: the director's or the administrator's. The regulation goes on as it was
    in the year before, else it is the one this program comes with.
    """
    door = caller.door
    async with caller.reading() as (conn, schema):
        before = await regulations.history(conn, schema, new.year - 1)
    regulation = before[-1].regulation if before else None
    opened = new.of(door.school_id, regulation)
    answer = door.school.open_year(opened, by=caller.actor, request=once)
    return await written(answer)


@router.post("/years/{year}/calendar")
async def change_calendar(
    year: Year, new: CalendarChange, caller: Administration, once: Once
) -> Written:
    """Move terms or holidays by an order."""
    answer = caller.door.school.change_calendar(
        new.of(year), new.order_no, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/years/{year}/subjects")
async def introduce_subject(
    year: Year, new: SubjectIn, caller: Administration, once: Once
) -> Written:
    """Introduce a subject."""
    subject = f.Subject(new.subject_id, new.name)
    answer = caller.door.school.introduce_subject(year, subject, by=caller.actor, request=once)
    return await written(answer)


@router.post("/years/{year}/work-types")
async def introduce_work_type(
    year: Year, new: WorkTypeIn, caller: Administration, once: Once
) -> Written:
    """Introduce a kind of work."""
    kind = f.WorkType(**new.model_dump())
    answer = caller.door.school.introduce_work_type(year, kind, by=caller.actor, request=once)
    return await written(answer)


@router.post("/years/{year}/appointments")
async def appoint(year: Year, new: AppointmentIn, caller: Administration, once: Once) -> Written:
    """Give a person a role."""
    appointment = f.Appointment(**new.model_dump())
    answer = caller.door.school.appoint(year, appointment, by=caller.actor, request=once)
    return await written(answer)


@router.post("/years/{year}/dismissals")
async def dismiss(year: Year, new: DismissalIn, caller: Administration, once: Once) -> Written:
    """End a role."""
    answer = caller.door.school.dismiss(
        year, new.person_id, new.role, new.on, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/years/{year}/classes")
async def form_class(year: Year, new: ClassIn, caller: Administration, once: Once) -> Written:
    """Form a class and open its journal."""
    formed = f.ClassFormed(**new.model_dump())
    answer = caller.door.school.form_class(year, formed, by=caller.actor, request=once)
    return await written(answer)


@router.post("/years/{year}/class-teachers")
async def appoint_class_teacher(
    year: Year, new: ClassTeacherIn, caller: Administration, once: Once
) -> Written:
    """Appoint a class teacher."""
    appointed = f.ClassTeacherAppointed(**new.model_dump())
    answer = caller.door.school.appoint_class_teacher(
        year, appointed, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/years/{year}/timetables")
async def adopt_timetable(
    year: Year, new: TimetableIn, caller: Administration, once: Once
) -> Written:
    """Adopt the week of a class; terms that are scheduled already are planned anew."""
    entries = [TimetableEntry(**one.model_dump()) for one in new.entries]
    answer = caller.door.school.adopt_timetable(
        year,
        new.class_id,
        new.since,
        entries,
        allow_clashes=new.allow_clashes,
        by=caller.actor,
        request=once,
    )
    return await written(answer)
