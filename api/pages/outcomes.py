"""«Итоги класса»: defended projects, comprehensive works, metasubject levels; and teachers' words
on pupils, subject by subject. Forms without a script.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import ClassReader, Staff, noted
from api.grants import visible_classes
from api.house import fresh_id
from api.outcomes import sealed
from api.pages import wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, page_of, viewer_of
from domain.journal.outcome_facts import DEFENCE_LABELS, LEVEL_LABELS, DefenceKind, Level
from domain.journal.outcomes import RESULTS, NewResult
from domain.refusals import Invalid, NotFound, Refusal
from domain.regulation import Regulation
from domain.values import REASON_LABELS, ReasonCode, Role
from domain.writing import Answer, Request
from projections import classroom, directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/outcomes"
PLACE = "/classes/{class_id}/outcomes"
What = Literal["defence", "correction", "annulment", "work", "levels"]
SAID = {
    "defence": "Защита записана, документ приложен.",
    "correction": "Исправление записано, прежний результат остался в истории.",
    "annulment": "Защита аннулирована, запись осталась в истории.",
    "work": "Результаты работы записаны.",
    "levels": "Уровни записаны.",
}
REASONS = (ReasonCode.TYPO, ReasonCode.APPEAL, ReasonCode.WRONG_PUPIL, ReasonCode.OTHER)


@router.get(HOME)
async def home(caller: Staff, behind: Behind) -> Response:
    """The classes that the caller reads; the only one at once."""
    classes = await visible_classes(caller, await caller.door.rights.year())
    if len(classes) == 1:
        return RedirectResponse(f"/classes/{classes[0]['class_id']}/outcomes", SEE_OTHER)
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("classroom/outcomes_home.html", {"classes": classes}, viewer=viewer)


@router.get(PLACE)
async def outcomes(class_id: UUID, caller: ClassReader, behind: Behind, said: str = "") -> Response:
    """What the class has defended and reached, and who has nothing yet."""
    return await _page(caller, str(class_id), said=said, behind=behind)


@router.post(PLACE + "/{what}")
async def record(class_id: UUID, what: What, request: HttpRequest, caller: ClassReader) -> Response:
    """One of the forms of the page."""
    number = str(class_id)
    form = await sent(request, file="file")

    async def act() -> Response:
        once = form.once(caller, request.url.path)
        answer = await FORMS[what](once, caller, number, form)
        return await back(answer, f"/classes/{number}/outcomes?said={what}")

    return await or_again(act, partial(_page, caller, number))


async def _defence(once: Request, caller: Caller, class_id: str, sent: Sent) -> Answer:
    pupil_id, held = _id(sent, "pupil_id"), _day(sent)
    return caller.door.school.record_defence(
        class_id,
        _id(sent, "key"),
        pupil_id,
        DefenceKind(sent.one("kind") or DefenceKind.PROJECT),
        sent.one("title"),
        sent.one("value"),
        held,
        await sealed(caller, pupil_id, sent.file) if sent.file else None,
        by=caller.actor,
        request=once,
    )


async def _correction(once: Request, caller: Caller, class_id: str, sent: Sent) -> Answer:
    return caller.door.school.correct_defence(
        class_id,
        _id(sent, "defence_id"),
        saw=sent.one("saw"),
        value=sent.one("value"),
        on_day=_day(sent),
        reason_code=ReasonCode(sent.one("reason_code") or ReasonCode.TYPO),
        reason=sent.one("reason"),
        by=caller.actor,
        request=once,
    )


async def _annulment(once: Request, caller: Caller, class_id: str, sent: Sent) -> Answer:
    return caller.door.school.annul_defence(
        class_id,
        _id(sent, "defence_id"),
        saw=sent.one("saw"),
        reason_code=ReasonCode(sent.one("reason_code") or ReasonCode.WRONG_PUPIL),
        reason=sent.one("reason"),
        by=caller.actor,
        request=once,
    )


async def _work(once: Request, caller: Caller, class_id: str, sent: Sent) -> Answer:
    most = sent.one("most_points") or "0"
    if not (most.isascii() and most.isdecimal() and len(most) < 5):  # noqa: PLR2004 - digits
        raise Invalid("work.points", "Баллов в работе: целое число.")
    return caller.door.school.record_comprehensive_work(
        class_id,
        _id(sent, "work_id"),
        sent.one("title"),
        _day(sent),
        int(most),
        _results(sent),
        by=caller.actor,
        request=once,
    )


async def _levels(once: Request, caller: Caller, class_id: str, sent: Sent) -> Answer:
    return caller.door.school.record_metasubject_levels(
        class_id, _results(sent), by=caller.actor, request=once
    )


FORMS = {
    "defence": _defence,
    "correction": _correction,
    "annulment": _annulment,
    "work": _work,
    "levels": _levels,
}


def _id(sent: Sent, name: str) -> str:
    try:
        return str(UUID(sent.one(name)))
    except ValueError:
        raise Invalid("outcome.form", "Выберите ученика.") from None


def _day(sent: Sent) -> date:
    try:
        return date.fromisoformat(sent.one("date"))
    except ValueError:
        raise Invalid("outcome.form", "Укажите дату.") from None


def _results(sent: Sent) -> list[NewResult]:
    """Fields `level-<pupil>`, `points-<pupil>`, `saw-<pupil>` of those who have a level."""
    found = []
    for pupil_id, value in sent.under("level-"):
        points, saw = sent.one(f"points-{pupil_id}"), sent.one(f"saw-{pupil_id}")
        if points and not (points.isascii() and points.isdecimal() and len(points) < 5):  # noqa: PLR2004
            raise Invalid("work.points", "Баллы: целое число.")
        try:
            level = Level(value)
            seen = Level(saw) if saw else None
            pupil = str(UUID(pupil_id))
        except ValueError:
            raise Invalid("outcome.form", "Выберите уровень из списка.") from None
        found.append(NewResult(pupil, level, int(points) if points else None, seen))
    return found


async def _page(
    caller: Caller,
    class_id: str,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        if card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        rules = await directory.regulation_of(conn, schema, card["year"]) or Regulation()
        found = await classroom.of_class(conn, schema, class_id, today)
    basis = await door.rights.class_basis(caller, class_id)
    names = {one["pupil_id"]: wording.called(one["name"]) for one in found["pupils"]}
    context = {
        "class_id": class_id,
        "class_name": card["name"],
        "year": f"{card['year']}/{card['year'] + 1}",
        "pupils": [(number, names[number]) for number in names],
        "defends": card["grade_level"] in rules.project_levels,
        "defences": [
            one | {"name": wording.called(one["pupil"]["name"]), "key": fresh_id()}
            for one in found["defences"]
        ],
        "without": [names[one] for one in found["without"]["defence"]],
        "works": [one | {"key": fresh_id()} for one in found["works"]],
        "levels": found["levels"],
        "unlevelled": len(found["without"]["level"]),
        "may_defend": basis in (Role.TEACHER, Role.CLASS_TEACHER),
        "own": basis == Role.CLASS_TEACHER,
        "kinds": [(str(kind), label) for kind, label in DEFENCE_LABELS.items()],
        "values": RESULTS,
        "scale": [(str(level), label) for level, label in LEVEL_LABELS.items()],
        "reasons": [(str(code), REASON_LABELS[code]) for code in REASONS],
        "today": today.isoformat(),
        "keys": [fresh_id() for _ in range(4)],
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "classroom/outcomes.html", context, HOME, behind=behind, refusal=refusal
    )


# Words on pupils ----------------------------------------------------------------------------

COMMENTS = "/classes/{class_id}/subjects/{subject_id}/comments"


@router.get(COMMENTS)
async def comments(
    class_id: UUID, subject_id: UUID, caller: Staff, behind: Behind, said: str = ""
) -> Response:
    """The teacher's words on the pupils of a class in a subject."""
    return await _comments(caller, str(class_id), str(subject_id), said=said, behind=behind)


@router.post(COMMENTS)
async def comment(
    class_id: UUID, subject_id: UUID, request: HttpRequest, caller: Staff
) -> Response:
    """A word on a pupil, or the same said anew."""
    number, subject = str(class_id), str(subject_id)
    await caller.door.rights.class_basis(caller, number)
    form = await sent(request, most=5)

    async def act() -> Response:
        answer = caller.door.school.comment_pupil(
            number,
            _id(form, "comment_id"),
            _id(form, "pupil_id"),
            subject,
            form.one("comment"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"/classes/{number}/subjects/{subject}/comments?said=yes")

    return await or_again(act, partial(_comments, caller, number, subject))


async def _comments(
    caller: Caller,
    class_id: str,
    subject_id: str,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    own = False

    async def decide() -> str:
        nonlocal own
        basis = await door.rights.class_basis(caller, class_id)
        async with caller.reading() as (conn, schema):
            own = await directory.teaches(conn, schema, caller.person_id, class_id, subject_id)
        if basis == Role.TEACHER and not own:
            raise NotFound("class.unknown", "Такого класса нет.")
        return basis

    await noted(caller, "class", class_id, decide)
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        subjects = await directory.subjects(conn, schema, card["year"]) if card else []
        found = await classroom.comments_in(conn, schema, class_id, subject_id)
    if card is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    by_pupil: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        told = {
            "comment_id": one["comment_id"],
            "text": one["comment"] or "",
            "by": wording.short_name(one["by"]),
            "day": wording.day(wording.local(one["at"], door.zone).date()),
            "corrected": one["corrected"],
            "key": fresh_id(),
        }
        by_pupil.setdefault(one["pupil"]["pupil_id"], []).append(told)
    context = {
        "class_id": class_id,
        "class_name": card["name"],
        "subject_id": subject_id,
        "subject": next((s["name"] for s in subjects if s["subject_id"] == subject_id), ""),
        "pupils": [
            {
                "pupil_id": one["pupil_id"],
                "name": wording.called(one["name"]),
                "comments": by_pupil.get(one["pupil_id"], []),
                "key": fresh_id(),
                "comment_id": fresh_id(),
            }
            for one in card["roster"]
        ],
        "own": own,
        "said": "Комментарий записан: его увидит семья." if said else "",
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "classroom/comments.html", context, "/", behind=behind, refusal=refusal
    )
