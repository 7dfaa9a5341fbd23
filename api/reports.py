"""Reports for a caller: what may be asked for, by whom, and the form filled. Both doors use it.

A class teacher reads forms of one's class, a teacher those of one's subjects and about oneself, an
auditor those of the opened journals, the administration all of them.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import Query

from api.caller import FIRST_MONTH, Caller, covers
from api.classroom import year_days
from api.deps import noted
from api.documents.printing import printed
from api.documents.report import report_pdf
from api.documents.workbook import report_xlsx
from api.pages.opening import come
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, Invalid, NotFound
from domain.values import Role
from projections import classroom, directory, register
from projections.reports import FORMS, Asked, Form, Report, build

UNKNOWN = NotFound("report.unknown", "Такого отчёта нет.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WHAT = {
    "class": "класс",
    "subject": "предмет",
    "teacher": "учителя",
    "pupil": "ученика",
}
_YOURS = "Этот отчёт составляют по своему классу и своим предметам, а завуч и директор — по всем."


class Wanted:
    """What a report is asked with: the members of a query."""

    def __init__(
        self,
        *,
        year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
        term: Annotated[
            int | None, Query(ge=0, le=12, description="номер периода; 0 — учебный год")
        ] = None,
        class_id: UUID | None = None,
        subject_id: UUID | None = None,
        teacher_id: UUID | None = None,
        pupil_id: UUID | None = None,
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to")] = None,
        as_of: Annotated[
            datetime | None, Query(description="на какой момент; без него — сейчас")
        ] = None,
    ) -> None:
        self.year, self.term, self.as_of = year, term, as_of
        self.since, self.until = since, until
        self.class_id, self.subject_id = _text(class_id), _text(subject_id)
        self.teacher_id, self.pupil_id = _text(teacher_id), _text(pupil_id)


def _text(number: UUID | None) -> str | None:
    return None if number is None else str(number)


class Order(msgspec.Struct, frozen=True):
    """A form that the caller may have, with everything that it needs."""

    form: Form
    asked: Asked
    as_of: datetime | None
    position: int | None = None  # of the log, where a moment is not exact enough


def forms_for(caller: Caller) -> list[Form]:
    """Forms that are there for one of the caller's roles, in their order."""
    return [one for one in FORMS.values() if not one.readers.isdisjoint(caller.roles)]


def form_of(caller: Caller, name: str) -> Form:
    """A form. Raises NotFound, Forbidden to who has none of its roles."""
    form = FORMS.get(name)
    if form is None:
        raise UNKNOWN
    if form.readers.isdisjoint(caller.roles):
        raise Forbidden("report.not_for_you", _YOURS)
    return form


async def order(caller: Caller, name: str, wanted: Wanted, *, every: bool = False) -> Order:
    """The order, after a line in the access log. every: the administration may leave out the class
    of a form, which means all of them. Raises NotFound, Forbidden, Invalid.
    """
    found: list[Order] = []

    async def decide() -> str:
        form, basis = await _right(caller, name, wanted, every=every)
        found.append(await _complete(caller, form, wanted))
        return basis

    about = wanted.pupil_id or wanted.class_id or wanted.teacher_id or ""
    await noted(caller, "report", about, decide)
    return found[0]


async def _right(caller: Caller, name: str, wanted: Wanted, *, every: bool) -> tuple[Form, str]:
    """The form and by what right; what is none of the caller's sounds like what does not exist."""
    rights = caller.door.rights
    basis = ""
    if wanted.class_id is not None:
        basis = await rights.class_basis(caller, wanted.class_id)
    form = form_of(caller, name)
    office = form.readers & caller.roles & set(ADMINISTRATION)
    if office:
        _require(form, wanted, every=every)
        return form, min(office)
    if wanted.class_id is not None:
        if Role.CLASS_TEACHER in form.readers and basis == Role.CLASS_TEACHER:
            _require(form, wanted)
            return form, basis
        if Role.AUDITOR in form.readers and covers(await rights.journals(caller), wanted.class_id):
            _require(form, wanted)
            return form, str(Role.AUDITOR)
    if Role.TEACHER in form.readers & caller.roles and await _own(caller, form, wanted):
        _require(form, wanted)
        return form, str(Role.TEACHER)
    if wanted.class_id is None and {"class", "class?"} & set(form.fields):
        raise Invalid("report.class", "Выберите класс.")
    raise Forbidden("report.not_yours", _YOURS)


async def _own(caller: Caller, form: Form, wanted: Wanted) -> bool:
    """A teacher's form: about oneself, or about a subject that one teaches in the class."""
    if {"teacher", "teacher?"} & set(form.fields):
        wanted.teacher_id = wanted.teacher_id or caller.person_id
        return wanted.teacher_id == caller.person_id
    if wanted.class_id is None or not {"subject", "subject?"} & set(form.fields):
        return False
    if wanted.subject_id is None:
        raise Invalid("report.subject", "Выберите предмет.")
    async with caller.reading() as (conn, schema):
        return await directory.teaches(
            conn, schema, caller.person_id, wanted.class_id, wanted.subject_id
        )


def _require(form: Form, wanted: Wanted, *, every: bool = False) -> None:
    """Raises Invalid when something is still to be chosen."""
    for field, what in _WHAT.items():
        if field == "class" and every:
            continue
        if field in form.fields and getattr(wanted, f"{field}_id") is None:
            raise Invalid(f"report.{field}", f"Выберите {what}.")


async def _complete(caller: Caller, form: Form, wanted: Wanted) -> Order:
    """With the year and the term that are meant when none is named."""
    door = caller.door
    moment = come(wanted.as_of, door.zone, door.house.clock())
    async with caller.reading() as (conn, schema):
        year = wanted.year
        if wanted.class_id is not None:
            card = await directory.class_card(conn, schema, wanted.class_id, door.rights.today())
            year = card["year"] if card else year
        if year is None and wanted.until is not None:
            year = wanted.until.year - (wanted.until.month < FIRST_MONTH)
        year = await door.rights.year() if year is None else year
        term = wanted.term
        if term is None:
            term = await _last_term(caller, year) if "term" in form.fields else 0
    asked = Asked(
        year=year,
        term=term,
        class_id=wanted.class_id,
        subject_id=wanted.subject_id,
        teacher_id=wanted.teacher_id,
        pupil_id=wanted.pupil_id,
        since=wanted.since,
        until=wanted.until,
        viewer_id=caller.person_id,
    )
    return Order(form, asked, moment)


async def _last_term(caller: Caller, year: int) -> int:
    """The last term that is over, of the year; else the one that goes on."""
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        terms = await directory.terms(conn, schema, year)
    over = [one["term"] for one in terms if date.fromisoformat(one["ends"]) < today]
    return over[-1] if over else (terms[0]["term"] if terms else 0)


async def filled(caller: Caller, wanted: Order) -> Report:
    """The form, filled behind the wall. Raises NotFound, Invalid."""
    door = caller.door
    position = (await door.progress.as_of()).position
    async with caller.reading() as (conn, schema):
        if wanted.as_of is not None:
            position = wanted.position or await register.position_at(conn, schema, wanted.as_of)
        return await build(
            wanted.form,
            conn,
            schema,
            wanted.asked,
            position=position,
            moment=wanted.as_of or door.house.clock(),
            zone=door.zone,
            school=door.name,
        )


async def as_pdf(caller: Caller, report: Report) -> bytes:
    """On paper. Raises Conflict for a sign that no font has."""
    return await printed(report_pdf, report, school=caller.door.name, zone=caller.door.zone)


async def as_xlsx(caller: Caller, report: Report) -> bytes:
    """As a workbook."""
    door = caller.door
    return await asyncio.to_thread(report_xlsx, report, school=door.name, zone=door.zone)


async def opened(caller: Caller, pupil_id: str) -> None:
    """A line in the access log: the letter was opened, so it has arrived (`letters_of`)."""
    await noted(caller, "letter", pupil_id, _as_the_diary)


async def _as_the_diary() -> str:
    return "diary"


async def letter_of(
    caller: Caller, pupil_id: str, term: int | None, *, sent: bool = False
) -> Report:
    """The information letter of a child, for who reads the diary; sent: the last one that went to
    the caller, counted as it was then. Raises NotFound.
    """
    wanted = await _of_pupil(caller, "letter", pupil_id, term)
    if sent:
        first, _ = await year_days(caller, None, None)
        async with caller.reading() as (conn, schema):
            known = await classroom.letters_to(conn, schema, pupil_id, caller.person_id, first)
        letters = [one for one in known if term in (None, one["term"])]
        if not letters:
            raise NotFound("letter.unknown", "Такого письма вам не присылали.")
        last = max(letters, key=lambda one: int(one["as_of"]))
        wanted = Order(
            wanted.form,
            msgspec.structs.replace(wanted.asked, term=last["term"], class_id=last["class_id"]),
            datetime.fromisoformat(last["at"]),
            last["as_of"],
        )
    return await filled(caller, wanted)


async def progress_of(
    caller: Caller, pupil_id: str, term: int | None, subject_id: str | None
) -> Report:
    """Every mark of a child by subjects and how its averages went, for who reads the diary; what a
    class of few would give away is left out for the family (1.12). Raises NotFound.
    """
    wanted = await _of_pupil(caller, "pupil_subject", pupil_id, term)
    class_id = wanted.asked.class_id or ""
    async with caller.reading() as (conn, schema):
        places = await register.register_places(conn, schema, class_id)
    names = {one["subject_id"]: one["subject"] or "—" for one in places}
    parts, found = [], None
    for number, name in names.items():
        if subject_id in (None, number):
            asked = msgspec.structs.replace(wanted.asked, subject_id=number)
            found = await filled(caller, msgspec.structs.replace(wanted, asked=asked))
            parts += [
                msgspec.structs.replace(part, title=f"{name}. {part.title}")
                for part in found.parts
                if part.lines
            ]
    if found is None:
        raise NotFound("subject.unknown", "Такого предмета в классе нет.")
    heads = tuple(pair for pair in found.heads if pair[0] in ("Ученик", "Класс", "Период"))
    return msgspec.structs.replace(found, heads=heads, parts=tuple(parts))


async def _of_pupil(caller: Caller, name: str, pupil_id: str, term: int | None) -> Order:
    rights = caller.door.rights
    wanted = Wanted(term=term)
    wanted.class_id, wanted.pupil_id = await rights.class_of(pupil_id), pupil_id
    found = await _complete(caller, FORMS[name], wanted)
    asked = msgspec.structs.replace(found.asked, family=not caller.staff)
    return msgspec.structs.replace(found, asked=asked)
