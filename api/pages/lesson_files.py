"""«Файлы урока»: what is attached, with plain forms to attach and to remove. No script."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import Response

from api import lesson_files
from api.caller import Caller
from api.deps import ClassReader
from api.house import fresh_id
from api.pages import file_words, wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from domain.journal.file_facts import FILE_LABELS, FileKind
from domain.journal.lesson_files import LONGEST_NAME, MOST_FILES
from domain.refusals import Invalid, Refusal
from domain.writing import Answer
from projections import directory, files, terms

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/files"
What = Literal["attached", "removed"]
SAID = {
    "attached": "Файл приложен: его видят ученики урока и их родители в дневнике.",
    "removed": "Файл убран: в дневнике его больше нет, запись осталась в истории.",
}


@router.get(PLACE)
async def files_of_lesson(
    class_id: UUID, lesson: UUID, caller: ClassReader, behind: Behind, said: str = ""
) -> Response:
    """Files of one lesson of the class."""
    return await _page(caller, str(class_id), str(lesson), said=said, behind=behind)


@router.post(PLACE + "/{what}")
async def change(class_id: UUID, what: What, request: HttpRequest, caller: ClassReader) -> Response:
    """One of the forms of the page."""
    number = str(class_id)
    form = await sent(request, file="file")
    lesson_id = form.number("lesson_id")
    if lesson_id is None:
        raise lesson_files.UNKNOWN_LESSON

    async def act() -> Response:
        do = _attach if what == "attached" else _remove
        answer = await do(form, caller, request.url.path, number, lesson_id)
        return await back(answer, f"/classes/{number}/files?lesson={lesson_id}&said={what}")

    return await or_again(act, partial(_page, caller, number, lesson_id))


async def _attach(form: Sent, caller: Caller, path: str, class_id: str, lesson_id: str) -> Answer:
    if not form.file:
        raise Invalid("lesson_file.none", "Выберите файл.")
    kind = form.one("kind")
    return caller.door.school.attach_lesson_file(
        class_id,
        lesson_id,
        form.key(),
        FileKind(kind) if kind in FileKind.__members__ else FileKind.HOMEWORK,
        form.one("name") or form.file_name,
        await lesson_files.sealed(caller, form.file),
        by=caller.actor,
        request=form.once(caller, path),
    )


async def _remove(form: Sent, caller: Caller, path: str, class_id: str, lesson_id: str) -> Answer:
    return caller.door.school.remove_lesson_file(
        class_id,
        lesson_id,
        form.number("file_id") or "",
        by=caller.actor,
        request=form.once(caller, path),
    )


async def _page(
    caller: Caller,
    class_id: str,
    lesson_id: str,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        place = await directory.lesson_place(conn, schema, lesson_id)
        card = await directory.class_card(conn, schema, class_id, today)
        if place is None or card is None or place["class_id"] != class_id:
            raise lesson_files.UNKNOWN_LESSON
        found = await files.of_lesson(conn, schema, lesson_id)
        subject = place["subject_id"]
        writes = await directory.teaches(conn, schema, caller.person_id, class_id, subject)
        closings = await terms.closings(conn, schema, card["year"])
        periods = await directory.terms(conn, schema, card["year"], card["grade_level"])
    day = place["date"]
    closed = any(
        one["starts"] <= day <= one["ends"] and closings.get((class_id, one["term"]))
        for one in periods
    )
    context = {
        "class_id": class_id,
        "class_name": place["class_name"],
        "subject": place["subject"],
        "when": f"{wording.day_in_words(place['date'])}, {place['number']}-й урок",
        "lesson_id": lesson_id,
        "files": [file_words.told(one) | {"key": fresh_id()} for one in found],
        "writes": writes,
        "why_not": _why_not(place, today, closed=closed, writes=writes),
        "full": len(found) >= MOST_FILES,
        "most": MOST_FILES,
        "longest": LONGEST_NAME,
        "kinds": [(str(kind), label) for kind, label in FILE_LABELS.items()],
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
        "register_url": f"/classes/{class_id}/register?subject_id={subject}&lesson={lesson_id}",
    }
    return await page_of(caller, "teacher/files.html", context, "/", behind=behind, refusal=refusal)


def _why_not(place: dict[str, Any], today: date, *, closed: bool, writes: bool) -> str:
    """Why nothing can be attached or removed now; empty when it can."""
    if not writes:
        return "Файлы прикладывает учитель, который ведёт этот урок."
    if place["status"] == "CANCELLED":
        return "Урок отменён: файлов к нему не прикладывают."
    if closed:
        return "Учебный период закрыт: файлы больше не прикладывают и не убирают."
    if place["date"] > today.isoformat():
        return "Урок ещё не прошёл: файлы прикладывают в день урока или позже."
    return ""
