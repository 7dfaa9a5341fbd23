"""«Отметки за период» of a subject: what follows from the marks, issued and corrected, without a
script too.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi import Request as HttpRequest
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader
from api.house import fresh_id
from api.pages import wording
from api.pages.again import asks, changed
from api.pages.ends import REASONS
from api.pages.forms import Sent, back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from api.v1.classes import term_on
from domain.formulas import Suggestion
from domain.journal.term_marks import NewTermMark
from domain.permissions import Act, holders
from domain.refusals import Invalid, NotFound, Refusal
from domain.values import MARKS, REASON_LABELS, ReasonCode
from domain.writing import Answer
from projections import directory, terms

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/term-marks"
#: why nothing is suggested by the average
WHY = {
    "ungraded": "обучение безотметочное",
    "no_marks": "отметок и уроков ещё нет",
    "too_few": "отметок меньше, чем нужно",
}
SAID = {
    "issued": "Отметки выставлены.",
    "corrected": "Исправлено: прежняя отметка сохранена.",
    "annulled": "Аннулировано: отметка осталась в истории.",
}
CORRECTED_FOR = (
    ReasonCode.TYPO,
    ReasonCode.WRONG_PUPIL,
    ReasonCode.REWORK,
    ReasonCode.APPEAL,
    ReasonCode.RECOUNT,
)
SCALE = [mark for mark in MARKS if mark != "1"]
Term = Annotated[int | None, Query(ge=1, le=12)]


@router.get(PLACE)
async def term_marks(
    class_id: UUID,
    caller: ClassReader,
    behind: Behind,
    subject_id: UUID,
    term: Term = None,
    said: str = "",
) -> Response:
    """Term marks of a subject: what the marks suggest, line by line, and a form to issue them."""
    number, subject = str(class_id), str(subject_id)
    if term is None:
        async with caller.reading() as (conn, schema):
            term = await term_on(conn, schema, number, caller.door.rights.today())
    return await _page(caller, number, subject, term, said=said, behind=behind)


@router.post(PLACE)
async def issue(class_id: UUID, request: HttpRequest, caller: ClassReader) -> Response:
    """The column, all of it or none."""
    form = await sent(request)
    number, subject, term = str(class_id), form.number("subject_id") or "", _term(form)

    async def act() -> Response:
        try:
            column = [
                NewTermMark(
                    str(UUID(pupil)),
                    value,
                    form.one(f"average-{pupil}"),
                    _reason(form.one(f"reason-{pupil}")),
                )
                for pupil, value in form.under("value-")
            ]
        except ValueError:
            raise NotFound("form.strange", "Такого ученика или такой причины нет.") from None
        if not column:
            raise Invalid("term_mark.empty", "Не выбрано ни одной отметки.")
        answer = caller.door.school.issue_term_marks(
            number,
            subject,
            term,
            column,
            reasons={one.pupil_id: form.one(f"words-{one.pupil_id}") for one in column},
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, _url(number, subject, term, "issued"))

    return await or_again(act, partial(_page, caller, number, subject, term, form=form))


@router.post(PLACE + "/correction")
async def correct(class_id: UUID, request: HttpRequest, caller: ClassReader) -> Response:
    """Another term mark than the one that was seen, while the term is open; the old one is kept."""
    return await _change(class_id, request, caller, "corrected")


@router.post(PLACE + "/annulment")
async def annul(class_id: UUID, request: HttpRequest, caller: ClassReader) -> Response:
    """Take back a term mark that should not have been issued, while the term is open."""
    return await _change(class_id, request, caller, "annulled")


async def _change(
    class_id: UUID, request: HttpRequest, caller: Caller, done: Literal["corrected", "annulled"]
) -> Response:
    form = await sent(request, most=12)
    number, subject, term = str(class_id), form.number("subject_id") or "", _term(form)

    def act() -> Answer:
        what: dict[str, Any] = {
            "saw": form.one("saw"),
            "reason_code": ReasonCode(form.one("reason_code")),
            "reason": form.one("words"),
            "by": caller.actor,
            "request": form.once(caller, request.url.path),
        }
        where = (number, form.number("pupil_id") or "", subject, term)
        school = caller.door.school
        if done == "corrected":
            return school.correct_term_mark(*where, value=form.one("value"), **what)
        return school.annul_term_mark(*where, **what)

    page_again = partial(_page, caller, number, subject, term)
    there = _url(number, subject, term, done)
    return await changed(request, caller, form, there, act, page_again)


def _url(class_id: str, subject_id: str, term: int, said: str) -> str:
    return f"{PLACE.format(class_id=class_id)}?subject_id={subject_id}&term={term}&said={said}"


def _term(form: Sent) -> int:
    text = form.one("term")
    if not (text.isdecimal() and len(text) <= 2):  # noqa: PLR2004 - terms have two digits
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    return int(text)


def _reason(code: str) -> ReasonCode | None:
    return ReasonCode(code) if code else None


async def _page(
    caller: Caller,
    number: str,
    subject: str,
    of: int,
    *,
    form: Sent | None = None,
    refusal: Refusal | None = None,
    said: str = "",
    behind: bool = False,
) -> Response:
    async with caller.reading() as (conn, schema):
        found = await terms.suggestions(conn, schema, number, subject, of)
        closing = await terms.closing(conn, schema, number, of, caller.door.rights.today())
        writes = await directory.teaches(conn, schema, caller.person_id, number, subject)
    if found is None or closing is None:
        raise NotFound("register.unknown", "Такой страницы в журнале нет.")
    shown, rules = found["page"], found["regulation"]
    rows = [_row(one, found["suggested"][one["pupil_id"]], form) for one in shown["pupils"]]
    called = {row["pupil_id"]: row["name"] for row in rows}
    whose = called.get(str(refusal.extra.get("pupil_id"))) if refusal else None
    context = {
        "page": shown,
        "class_id": number,
        "subject_id": subject,
        "closed": closing.closed,
        "writes": writes,
        "version": rules.version,
        "thresholds": [wording.comma(one) for one in reversed(rules.term_thresholds)],
        "min_marks": rules.min_marks,
        "back": f"/classes/{number}/register?subject_id={subject}&term={of}",
        "here": PLACE.format(class_id=number),
        "rows": rows,
        "marks": SCALE,
        "reasons": REASONS,
        "annuls": writes or not caller.roles.isdisjoint(holders(Act.ANNUL_TERM_MARK)),
        "corrected_for": [(str(code), REASON_LABELS[code]) for code in CORRECTED_FOR],
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": f"{whose + ': ' if whose else ''}{refusal.message}" if refusal else "",
        **asks(caller),
    }
    return await page_of(
        caller, "ends/term_marks.html", context, "/", behind=behind, refusal=refusal
    )


def _row(pupil: dict[str, Any], suggestion: Suggestion, form: Sent | None) -> dict[str, Any]:
    mean = suggestion.mean
    counted = [
        f"{line.value}" + (f"×{wording.weight(line.weight)}" if line.weight != "1.00" else "")
        for line in mean.lines
        if not line.left_out
    ]
    presence, number = suggestion.presence, pupil["pupil_id"]
    return {
        "pupil_id": number,
        "chosen": form.one(f"value-{number}") if form else suggestion.value,
        "reason": form.one(f"reason-{number}") if form else "",
        "words": form.one(f"words-{number}") if form else "",
        "key": fresh_id(),
        "name": wording.called(pupil["name"]),
        "issued": pupil["term_mark"] or "",
        "suggested": suggestion.value,
        "average": wording.comma(mean.value or None),
        "raw_average": mean.value,
        "why": WHY.get(suggestion.why, ""),
        "sum": f"{wording.comma(mean.total)} : {wording.comma(mean.weights)}" if counted else "",
        "counted": ", ".join(counted),
        "left_out": ", ".join(line.value for line in mean.lines if line.left_out),
        "missed": f"{presence.missed} из {presence.held}" if presence.held else "",
    }
