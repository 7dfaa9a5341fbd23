"""«Год и экзамены»: the classes, a class at the end of its year, the council's decisions."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import Response

from api.caller import Caller
from api.deps import Administration, ClassReader, Staff
from api.grants import visible_classes
from api.house import fresh_id
from api.pages import wording
from api.pages.ends import may
from api.pages.forms import Sent, back, or_again, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, page_of, viewer_of
from domain.journal.results import NewDecision
from domain.permissions import Act
from domain.refusals import Invalid, NotFound, Refusal
from domain.regulation import Regulation
from domain.values import (
    AT_THE_EXAM,
    COUNCIL_LABELS,
    EXAM_LEVELS,
    NUMERIC_MARKS,
    CouncilDecision,
    Matter,
    matter_of,
)
from projections import directory, terms
from projections.archive import checklist

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/years"
PLACE = "/classes/{class_id}/year"
SAID = {"recorded": "Решения педсовета записаны."}
LABELS: dict[Matter, str] = {"admission": "допуск", "promotion": "перевод"}
#: what keeps a pupil from being promoted without a word
FAILED = ("1", "2", "н/а", "незач")
#: for which the marks of the year have to be there, and good
GOOD = (CouncilDecision.PROMOTED, CouncilDecision.ADMITTED, CouncilDecision.COMPLETED)


@router.get(HOME)
async def years(caller: Staff, behind: Behind) -> Response:
    """The classes that the caller reads, and one's own subjects in them."""
    year = await caller.door.rights.year()
    classes = await visible_classes(caller, year)
    async with caller.reading() as (conn, schema):
        taught = await directory.taught(conn, schema, person_id=caller.person_id, year=year)
    own = [
        {
            "name": name,
            "subjects": [
                {"href": f"/classes/{class_id}/subjects/{number}/year", "text": text}
                for number, text in dict.fromkeys(
                    (one["subject_id"], one["subject"]) for one in lines
                )
            ],
        }
        for (class_id, name), lines in groupby(
            taught, key=lambda one: (one["class_id"], one["class_name"])
        )
    ]
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("ends/years.html", {"classes": classes, "own": own}, viewer=viewer)


@router.get(PLACE)
async def class_year(
    class_id: UUID, caller: ClassReader, behind: Behind, said: str = ""
) -> Response:
    """The class at the end of its year: marks by subjects, who is promoted and by which minutes."""
    return await _page(caller, str(class_id), said=said, behind=behind)


@router.post(PLACE)
async def decide(class_id: UUID, request: HttpRequest, caller: Administration) -> Response:
    """Decisions of the council: first as they would be, then for good."""
    form, number = await sent(request), str(class_id)

    async def act() -> Response:
        decisions = [_decision(*one) for one in form.under("decision-")]
        if not decisions:
            raise Invalid("form.empty", "Не выбрано ни одного решения.")
        day, protocol_no = form.day("protocol_date"), form.one("protocol_no")
        if form.one("do") != "record":
            return await _page(caller, number, form=form, preview=decisions)
        answer = caller.door.school.record_council_decisions(
            number,
            decisions,
            protocol_no,
            day,
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"/classes/{number}/year?said=recorded")

    return await or_again(act, partial(_page, caller, number, form=form))


def _decision(field: str, code: str) -> NewDecision:
    """Of the field `decision-<matter>-<pupil>`. Raises Invalid."""
    matter, _, pupil = field.partition("-")
    try:
        decision = CouncilDecision(code)
        new = NewDecision(str(UUID(pupil)), decision)
    except ValueError:
        raise Invalid("form.strange", "Выберите решение из списка.") from None
    if matter != matter_of(decision):
        raise Invalid("form.strange", "Выберите решение из списка.")
    return new


async def _page(
    caller: Caller,
    class_id: str,
    *,
    form: Sent | None = None,
    preview: list[NewDecision] | None = None,
    refusal: Refusal | None = None,
    said: str = "",
    behind: bool = False,
) -> Response:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        if card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        found = await terms.year_of_class(conn, schema, class_id)
        decided = await terms.decisions_of_class(conn, schema, class_id)
        rules = await directory.regulation_of(conn, schema, card["year"]) or Regulation()
        archived = await checklist.archived(conn, schema, card["year"])
    ungraded = card["grade_level"] in rules.ungraded_levels
    taught = {(one["subject_id"], one["subject"]) for one in card["assignments"]}
    subjects = [
        {"subject_id": number, "subject": name}
        for number, name in sorted(() if ungraded else taught, key=lambda one: one[1])
    ]
    marks = {number: found.get(number, {}) for number in (one["pupil_id"] for one in decided)}
    rows = [
        _row(one, marks[one["pupil_id"]], subjects, card["grade_level"], form, ungraded=ungraded)
        for one in decided
        if one["here"]
    ]
    for subject in subjects:
        of = [marks[row["pupil_id"]].get(subject["subject_id"], {}) for row in rows]
        subject["missing"] = sum("year" not in one for one in of)
    called = {row["pupil_id"]: row["name"] for row in rows}
    whose = called.get(str(refusal.extra.get("pupil_id"))) if refusal else None
    context = {
        "class_id": class_id,
        "class_name": card["name"],
        "year": card["year"],
        "subjects": subjects,
        "rows": rows,
        "any_marks": any(marks.values()),
        "archived": archived,
        "reads_archive": caller.administration,
        "decides": not archived and may(caller, Act.RECORD_COUNCIL_DECISIONS),
        "protocol_no": form.one("protocol_no") if form else "",
        "protocol_date": form.one("protocol_date") if form else today.isoformat(),
        "today": today.isoformat(),
        "ungraded": ungraded,
        "preview": preview and _preview(preview, {row["pupil_id"]: row for row in rows}),
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": f"{whose + ': ' if whose else ''}{refusal.message}" if refusal else "",
    }
    return await page_of(
        caller, "ends/class_year.html", context, HOME, behind=behind, refusal=refusal
    )


def _preview(decisions: list[NewDecision], rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """`{groups[(what, names)], doubts[(name, why)], fields[(name, value)]}`; doubts: of whom the
    council promotes or admits, though the marks of the year do not say so.
    """
    groups: dict[str, list[str]] = {}
    doubts: dict[str, str] = {}
    for one in decisions:
        row = rows.get(one.pupil_id, {"name": "", "trouble": "", "unmarked": 0})
        groups.setdefault(COUNCIL_LABELS[one.decision], []).append(row["name"])
        unmarked = f"не выставлено годовых: {row['unmarked']}" if row["unmarked"] else ""
        why = "; ".join(filter(None, (row["trouble"], unmarked)))
        if one.decision in GOOD and why:
            doubts[row["name"]] = why
    fields = [
        (f"decision-{matter_of(one.decision)}-{one.pupil_id}", str(one.decision))
        for one in decisions
    ]
    return {"groups": list(groups.items()), "doubts": list(doubts.items()), "fields": fields}


def _row(
    pupil: dict[str, Any],
    marks: dict[str, dict[str, str]],
    subjects: list[dict[str, Any]],
    level: int,
    form: Sent | None,
    *,
    ungraded: bool,
) -> dict[str, Any]:
    number, examined = pupil["pupil_id"], level in EXAM_LEVELS
    failed = [
        f"{one['subject']}: {marks[one['subject_id']]['year']}"
        for one in subjects
        if marks.get(one["subject_id"], {}).get("year") in FAILED
    ]
    marked = [one for one in subjects if "year" in marks.get(one["subject_id"], {})]
    offered: dict[Matter, CouncilDecision] = {}
    if ungraded or (len(marked) == len(subjects) > 0 and not failed):
        if examined and pupil["admission"] is None:
            offered["admission"] = CouncilDecision.ADMITTED
        elif not examined and pupil["decision"] is None:
            offered["promotion"] = CouncilDecision.PROMOTED
    return {
        "pupil_id": number,
        "name": wording.called(pupil["name"]),
        "cells": [_cell(marks.get(one["subject_id"], {})) for one in subjects],
        "decided": [
            f"{COUNCIL_LABELS[CouncilDecision(one['decision'])]},"
            f" пр. № {one['protocol_no']} от {wording.day(one['protocol_date'])}"
            for one in (pupil["admission"], pupil["decision"])
            if one
        ],
        "trouble": ", ".join(failed),
        "unmarked": len(subjects) - len(marked),
        "matters": [
            {
                "field": f"decision-{matter}-{number}",
                "label": LABELS[matter],
                "options": [
                    (str(code), label)
                    for code, label in COUNCIL_LABELS.items()
                    if matter_of(code) == matter and (examined or code not in AT_THE_EXAM)
                ],
                "chosen": _chosen(form, f"decision-{matter}-{number}", offered.get(matter)),
            }
            for matter in LABELS
            if matter == "promotion" or examined
        ],
    }


def _cell(of: dict[str, str]) -> dict[str, str]:
    """«4 (э 5, и 5)»: the year, in brackets examination and final mark, each named."""
    year = of.get("year", "")
    rest = [f"{short} {of[kind]}" for kind, short in (("exam", "э"), ("final", "и")) if kind in of]
    more = f"({', '.join(rest)})" if rest else ""
    return {
        "text": " ".join(filter(None, (year, more))) or "—",
        "css": f"m{max(2, int(year))}" if year in NUMERIC_MARKS else "",
    }


def _chosen(form: Sent | None, field: str, offered: CouncilDecision | None) -> str:
    """What stands in the list: what was chosen, else what offers itself."""
    if form is not None:
        return form.one(field)
    return str(offered or "")
