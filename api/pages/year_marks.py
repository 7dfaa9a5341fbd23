"""«Год и экзамены» of a subject: a column is shown once more before it is issued; no script."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
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
from api.pages.year_words import followed, follows, made_of
from domain.formulas import differs
from domain.journal.results import WORDS, NewResult, ResultKind
from domain.refusals import Invalid, NotFound, Refusal
from domain.regulation import Regulation
from domain.values import EXAM_LEVELS, MARKS, REASON_LABELS, ReasonCode
from domain.writing import Answer
from projections import directory, terms
from projections.archive import checklist

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/subjects/{subject_id}/year"
TITLES: dict[ResultKind, str] = {"year": "Год", "exam": "Экзамен", "final": "Итог"}
SAID = {"issued": "Отметки выставлены.", "corrected": "Исправлено: прежняя отметка сохранена."}
CORRECTED_FOR = (ReasonCode.TYPO, ReasonCode.WRONG_PUPIL, ReasonCode.APPEAL, ReasonCode.RECOUNT)
SCALE = [mark for mark in MARKS if mark != "1"]


class Shown(msgspec.Struct, frozen=True):
    """What a form that was sent makes of the page."""

    form: Sent | None = None
    preview: list[dict[str, Any]] | None = None


@router.get(PLACE)
async def subject_year(
    class_id: UUID,
    subject_id: UUID,
    caller: ClassReader,
    behind: Behind,
    kind: Annotated[ResultKind, Query()] = "year",
    said: str = "",
) -> Response:
    """A column of results: what follows, from what, what was issued, and a form for the rest."""
    return await _page(caller, str(class_id), str(subject_id), kind, said=said, behind=behind)


@router.post(PLACE + "/{kind}")
async def issue(
    class_id: UUID, subject_id: UUID, kind: ResultKind, request: HttpRequest, caller: ClassReader
) -> Response:
    """The column: first as it would be, then for good."""
    form = await sent(request)
    number, subject = str(class_id), str(subject_id)

    async def act() -> Response:
        column = _column(form)
        if form.one("do") != "issue":
            shown = Shown(form, [_chosen(form, one) for one in column])
            return await _page(caller, number, subject, kind, shown)
        answer = _issue(caller, number, subject, kind, column, form, request.url.path)
        there = f"/classes/{number}/subjects/{subject}/year?kind={kind}&said=issued"
        return await back(answer, there)

    return await or_again(act, partial(_page, caller, number, subject, kind, Shown(form)))


@router.post(PLACE + "/{kind}/correction")
async def correct(
    class_id: UUID, subject_id: UUID, kind: ResultKind, request: HttpRequest, caller: ClassReader
) -> Response:
    """Another mark than the one that was seen; the old one is kept."""
    form = await sent(request, most=10)
    number, subject = str(class_id), str(subject_id)
    there = f"/classes/{number}/subjects/{subject}/year?kind={kind}&said=corrected"

    def act() -> Answer:
        return caller.door.school.correct_result(
            number,
            kind,
            form.number("pupil_id") or "",
            subject,
            saw=form.one("saw"),
            value=form.one("value"),
            reason_code=ReasonCode(form.one("reason_code")),
            reason=form.one("words"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )

    page_again = partial(_page, caller, number, subject, kind)
    return await changed(request, caller, form, there, act, page_again)


def _column(form: Sent) -> list[NewResult]:
    """Fields `value-<pupil>` that are not empty, with their reasons. Raises Invalid."""
    try:
        found = [
            NewResult(str(UUID(pupil)), value, _reason(form.one(f"reason-{pupil}")))
            for pupil, value in form.under("value-")
        ]
    except ValueError:
        raise Invalid("form.strange", "Выберите ученика и причину из списка.") from None
    if not found:
        raise Invalid("form.empty", "Не выбрано ни одной отметки.")
    return found


def _reason(code: str) -> ReasonCode | None:
    return ReasonCode(code) if code else None


def _chosen(form: Sent, one: NewResult) -> dict[str, Any]:
    """A mark as it would be issued; `field`s are what the form sends on."""
    words = form.one(f"words-{one.pupil_id}")
    why = "" if one.reason_code is None else REASON_LABELS[one.reason_code]
    return {
        "pupil_id": one.pupil_id,
        "value": one.value,
        "why": ": ".join(filter(None, (why, words))),
        "fields": [
            (f"value-{one.pupil_id}", one.value),
            (f"reason-{one.pupil_id}", one.reason_code or ""),
            (f"words-{one.pupil_id}", words),
        ],
    }


def _issue(
    caller: Caller,
    class_id: str,
    subject_id: str,
    kind: ResultKind,
    column: list[NewResult],
    form: Sent,
    path: str,
) -> Answer:
    school, once = caller.door.school, form.once(caller, path)
    if kind == "exam":
        return school.record_exam_marks(
            class_id, subject_id, form.day("date"), column, by=caller.actor, request=once
        )
    issued = school.issue_year_marks if kind == "year" else school.issue_final_marks
    reasons = {one.pupil_id: form.one(f"words-{one.pupil_id}") for one in column}
    return issued(class_id, subject_id, column, reasons=reasons, by=caller.actor, request=once)


async def _page(
    caller: Caller,
    class_id: str,
    subject_id: str,
    kind: ResultKind,
    shown: Shown = Shown(),  # noqa: B008 - frozen
    *,
    refusal: Refusal | None = None,
    said: str = "",
    behind: bool = False,
) -> Response:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        found = await terms.results_of_class(conn, schema, class_id, subject_id)
        card = await directory.class_card(conn, schema, class_id, today)
        if found is None or card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        known = await directory.calendar_of(conn, schema, card["year"])
        subjects = {one["subject_id"]: one["subject"] for one in card["assignments"]}
        if subject_id not in subjects:
            raise NotFound("register.unknown", "Такой страницы в журнале нет.")
        archived = await checklist.archived(conn, schema, card["year"])
        writes = not archived and await directory.teaches(
            conn, schema, caller.person_id, class_id, subject_id
        )
        rules = await directory.regulation_of(conn, schema, card["year"]) or Regulation()
    level = found["grade_level"]
    names = [(one.number, one.name) for one in known[0].of(level).terms] if known else []
    gap = rules.red_flags.suggestion_gap
    rows = [
        _row(one, kind, level, names, shown.form, gap) for one in found["pupils"] if one["here"]
    ]
    called = {row["pupil_id"]: row["name"] for row in rows}
    whose = called.get(str(refusal.extra.get("pupil_id"))) if refusal else None
    here = f"/classes/{class_id}/subjects/{subject_id}/year"
    context = {
        "class_id": class_id,
        "class_name": card["name"],
        "subject": subjects[subject_id],
        "here": here,
        "kind": kind,
        "kinds": [(one, title, one == kind) for one, title in TITLES.items()],
        "noun": WORDS[kind],
        "examined": level in EXAM_LEVELS,
        "rows": rows,
        "open": [row for row in rows if not row["issued"]],
        "archived": archived,
        "writes": writes,
        "marks": SCALE,
        "reasons": REASONS,
        "corrected_for": [(str(code), REASON_LABELS[code]) for code in CORRECTED_FOR],
        "today": today.isoformat(),
        "day": shown.form.one("date") if shown.form else today.isoformat(),
        "preview": shown.preview and _preview(shown.preview, called, rows),
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": f"{whose + ': ' if whose else ''}{refusal.message}" if refusal else "",
        **asks(caller),
    }
    return await page_of(
        caller, "ends/subject_year.html", context, "/years", behind=behind, refusal=refusal
    )


def _preview(
    chosen: list[dict[str, Any]], called: dict[str, str], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """`{marks[{pupil_id, value, why, fields, name, other}], counts[(mark, how many)]}`."""
    follows = {row["pupil_id"]: row["suggested"] for row in rows}
    counts = Counter(one["value"] for one in chosen)
    marks = []
    for one in chosen:
        suggested = follows.get(one["pupil_id"], "")
        other = suggested not in ("", one["value"])
        name = called.get(one["pupil_id"], "")
        marks.append(one | {"name": name, "other": other, "suggested": suggested})
    return {"counts": [(mark, counts[mark]) for mark in MARKS if counts[mark]], "marks": marks}


def _row(
    pupil: dict[str, Any],
    kind: ResultKind,
    level: int,
    names: list[tuple[int, str]],
    form: Sent | None,
    gap: int,
) -> dict[str, Any]:
    issued, derived = pupil[kind], follows(pupil, kind, level)
    suggested = derived.value if derived else ""
    number = pupil["pupil_id"]
    chosen = form.one(f"value-{number}") if form else suggested
    early = kind == "year" and bool(names) and str(names[-1][0]) not in pupil["terms"]
    if early and not form:
        chosen = ""  # the last term has no mark yet: nothing may be issued
    return {
        "pupil_id": number,
        "name": wording.called(pupil["name"]),
        "suggested": suggested,
        "early": early,
        "average": wording.comma(derived.mean.value or None) if derived else "",
        "of": made_of(pupil, kind, names),
        "issued": issued["value"] if issued else "",
        "was": (issued["was"] or "") if issued else "",
        "followed": followed(issued),
        "held_on": wording.day(issued["held_on"]) if issued and issued["held_on"] else "",
        "chosen": chosen,
        "reason": form.one(f"reason-{number}") if form else "",
        "words": form.one(f"words-{number}") if form else "",
        "other": differs(suggested, chosen, gap),
        "key": fresh_id(),
    }
