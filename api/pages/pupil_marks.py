"""«Отметки»: all subjects of a term for the family, and a subject with its chart and calculator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import russian
from api.caller import Caller
from api.deps import DiaryReader
from api.pages import wording
from api.pages.mark_chart import chart
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, kept, viewer_of
from domain.formulas import (
    Item,
    Presence,
    Suggestion,
    average,
    suggested_term_mark,
    weighted_average,
)
from domain.refusals import NotFound
from domain.regulation import Regulation
from domain.values import NUMERIC_MARKS, WORD_MARKS
from projections import directory, marks, terms
from projections.marks import PupilTerm

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ALL = "/pupils/{pupil_id}/marks"
ONE = "/pupils/{pupil_id}/marks/{subject_id}"
ONE_WEIGHT = "1.00"
MOST_ADDED = 12
#: so many more marks of one kind are tried to reach the next term mark
MOST_NEEDED = 10


@router.get(ALL)
async def all_subjects(
    pupil_id: UUID, caller: DiaryReader, behind: Behind, term: str = ""
) -> Response:
    """Every subject of a term: marks in their order, average, and the term marks of the year."""
    number = str(pupil_id)
    found, of_terms = await _terms(caller, number)
    chosen = _chosen(of_terms, term, caller.door.rights.today())
    subjects: list[dict[str, Any]] = []
    if chosen is not None:
        subjects = await _subjects(caller, number, chosen)
    context = {
        **found,
        "subjects": subjects,
        "current": None if chosen is None else _key(chosen),
        "chosen": chosen,
        "years": _years(of_terms, ALL.format(pupil_id=number), chosen),
        "results": [
            one for one in await _results(caller, number) if chosen and one["year"] == chosen.year
        ],
    }
    viewer = await viewer_of(caller, "/marks", behind=behind)
    return kept(page("family/marks.html", context, viewer=viewer), caller)


@router.get(ONE)
async def one_subject(
    pupil_id: UUID,
    subject_id: UUID,
    caller: DiaryReader,
    behind: Behind,
    term: str = "",
    add: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """A subject in a term, each mark with what it is for; and what other marks would make of it.

    add: «5:1.00», a mark and its weight, once for each that is imagined.
    """
    number, subject = str(pupil_id), str(subject_id)
    found, of_terms = await _terms(caller, number)
    chosen = _chosen(of_terms, term, caller.door.rights.today())
    if chosen is None:
        raise NotFound("subject.unknown", "Отметок по этому предмету нет.")
    async with caller.reading() as (conn, schema):
        given = await marks.of_pupil(
            conn, schema, number, since=chosen.starts, until=chosen.ends, subject_id=subject
        )
        names = await directory.subjects(conn, schema, chosen.year)
        works = await directory.work_types(conn, schema, chosen.year)
    name = next((one["name"] for one in names if one["subject_id"] == subject), None)
    if name is None:
        raise NotFound("subject.unknown", "Отметок по этому предмету нет.")
    items, rules = _items(given), chosen.regulation
    weights = sorted({one["weight"] for one in works}, key=Decimal) if rules.weighted else []
    imagined = _imagined(add or (), weights or [ONE_WEIGHT])
    place = ONE.format(pupil_id=number, subject_id=subject)
    here = f"{place}?term={_key(chosen)}"
    context = {
        **found,
        "subject": name,
        "chosen": chosen,
        "place": place,
        "current": _key(chosen),
        "years": _years(of_terms, place, chosen),
        "back": f"{ALL.format(pupil_id=number)}?term={_key(chosen)}",
        "marks": [_line(one) for one in reversed(given)],
        "average": _mean(items, rules),
        "chart": chart(
            items,
            chosen.starts,
            min(chosen.ends, caller.door.rights.today()),
            weighted=rules.weighted,
        ),
        "weighted": rules.weighted,
        "running": chosen.starts <= caller.door.rights.today() <= chosen.ends,
        "imagined": [
            {"value": one.value, "weight": one.weight, "without": _without(here, imagined, n)}
            for n, one in enumerate(imagined)
        ],
        "outcome": _outcome(items + imagined, chosen) if imagined else None,
        "now": _outcome(items, chosen),
        "needed": _needed(items, chosen),
        "add": [f"{one.value}:{one.weight}" for one in imagined],
        "values": NUMERIC_MARKS[:4],
        "weights": weights or [ONE_WEIGHT],
        "clear": here,
    }
    viewer = await viewer_of(caller, "/marks", behind=behind)
    return kept(page("family/subject.html", context, viewer=viewer), caller)


async def _terms(caller: Caller, pupil_id: str) -> tuple[dict[str, Any], list[PupilTerm]]:
    """What both pages say of the pupil, and the terms."""
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, pupil_id)
        of_terms = await marks.terms_of(conn, schema, pupil_id)
        children = await directory.children_of(conn, schema, caller.person_id, today)
    found = {
        "pupil": wording.called(person["name"] if person else ""),
        "diary": f"/pupils/{pupil_id}/diary/{wording.monday_of(today)}",
        "year_page": f"/pupils/{pupil_id}/year",
        "children": [
            {
                "href": ALL.format(pupil_id=child["pupil_id"]),
                "name": child["name"],
                "given": wording.called(child["name"]).split()[-1],
                "current": child["pupil_id"] == pupil_id,
            }
            for child in children
        ],
    }
    return found, of_terms


def _key(term: PupilTerm) -> str:
    return f"{term.year}.{term.term}"


def _chosen(of_terms: Sequence[PupilTerm], key: str, today: date) -> PupilTerm | None:
    """The term asked for; else the one that runs, or the last that has begun."""
    asked = [one for one in of_terms if _key(one) == key]
    begun = [one for one in of_terms if one.starts <= today]
    return next(iter(reversed(asked or begun or of_terms[:1])), None)


def _years(
    of_terms: Sequence[PupilTerm], place: str, chosen: PupilTerm | None
) -> list[dict[str, Any]]:
    """`[{words, current, terms[{href, name, current}]}]`, the newest year first."""
    years: dict[int, dict[str, PupilTerm]] = {}
    for one in of_terms:
        years.setdefault(one.year, {})[_key(one)] = one
    return [
        {
            "words": f"{year}/{year + 1}, {next(iter(of.values())).class_name}",
            "current": chosen is not None and chosen.year == year,
            "terms": [
                {"href": f"{place}?term={key}", "name": one.name, "current": one == chosen}
                for key, one in of.items()
            ],
        }
        for year, of in sorted(years.items(), reverse=True)
    ]


async def _subjects(caller: Caller, pupil_id: str, term: PupilTerm) -> list[dict[str, Any]]:
    async with caller.reading() as (conn, schema):
        given = await marks.of_pupil(conn, schema, pupil_id, since=term.starts, until=term.ends)
    subjects: dict[str, list[dict[str, Any]]] = {}
    for one in given:
        subjects.setdefault(one["subject_id"], []).append(one)
    listed = [
        {
            "href": f"{ONE.format(pupil_id=pupil_id, subject_id=subject)}?term={_key(term)}",
            "name": of[0]["subject"] or "",
            "marks": [_line(one) for one in of],
            "average": _mean(_items(of), term.regulation),
        }
        for subject, of in subjects.items()
    ]
    return sorted(listed, key=lambda one: russian.sorting(one["name"]))


async def _results(caller: Caller, pupil_id: str) -> list[dict[str, Any]]:
    """Term, year, exam and final marks, `[{year, class, columns, lines}]`."""
    async with caller.reading() as (conn, schema):
        of_terms = await terms.terms_of_pupil(conn, schema, pupil_id)
        finals = await terms.finals_of_pupil(conn, schema, pupil_id)
    years: dict[tuple[int, str], dict[str, Any]] = {}
    for one in of_terms + finals:
        year = years.setdefault(
            (one["year"], one["class"]["name"]),
            {"year": one["year"], "class": one["class"]["name"], "terms": {}, "subjects": {}},
        )
        for subject in one["subjects"]:
            line = year["subjects"].setdefault(
                subject["subject_id"], {"name": subject["subject"] or "", "marks": {}}
            )
            for mark in subject.get("terms", ()):
                year["terms"][mark["term"]] = mark["name"] or str(mark["term"])
                line["marks"][mark["term"]] = _result(mark)
            for kind in ("year", "exam", "final"):
                if mark := subject.get(f"{kind}_mark"):
                    line["marks"][kind] = _result(mark)
    return [_table(year) for year in years.values()]


def _table(year: dict[str, Any]) -> dict[str, Any]:
    """Columns only of what has a mark."""
    kinds = {"year": "Год", "exam": "Экзамен", "final": "Итог"}
    present = {key for line in year["subjects"].values() for key in line["marks"]}
    columns = [*sorted(year["terms"]), *(kind for kind in kinds if kind in present)]
    names = year["terms"] | kinds
    return {
        "year": year["year"],
        "class": year["class"],
        "columns": [names[one] for one in columns],
        "lines": [
            {"name": line["name"], "marks": [line["marks"].get(one) for one in columns]}
            for line in sorted(
                year["subjects"].values(), key=lambda line: russian.sorting(line["name"])
            )
        ],
    }


def _result(mark: dict[str, Any]) -> dict[str, Any]:
    value = mark["value"]
    return {"value": value, "css": css(value) if value else "", "was": mark["was"]}


def _items(given: Iterable[dict[str, Any]]) -> list[Item]:
    return [
        Item(one["value"], one["weight"], date.fromisoformat(one["date"]), one["mark_id"])
        for one in given
    ]


def _mean(items: Sequence[Item], rules: Regulation) -> str:
    return (weighted_average if rules.weighted else average)(items).value


def css(value: str) -> str:
    """The class of a mark's chip."""
    return "mw" if value in WORD_MARKS else f"m{value}"


def _line(one: dict[str, Any]) -> dict[str, Any]:
    work = wording.work(one["work_type"]["name"], one["title"])
    return {**one, "css": css(one["value"]), "work": work}


# -- what if ---------------------------------------------------------------------------------


def _imagined(add: Iterable[str], weights: Sequence[str]) -> list[Item]:
    """Marks that are asked about; what is no mark of one of the weights is passed over."""
    asked = (one.partition(":") for one in add)
    return [
        Item(value, weight)
        for value, _, weight in asked
        if value in NUMERIC_MARKS and weight in weights
    ][:MOST_ADDED]


def _without(here: str, imagined: Sequence[Item], index: int) -> str:
    left = [one for n, one in enumerate(imagined) if n != index]
    return here + "".join(f"&add={one.value}:{one.weight}" for one in left) + "#what-if"


def _suggested(items: Sequence[Item], term: PupilTerm) -> Suggestion:
    """By the marks alone: what a share of missed lessons does to them is not imagined here."""
    return suggested_term_mark(items, Presence(held=1), term.grade_level, term.regulation)


def _outcome(items: Sequence[Item], term: PupilTerm) -> dict[str, str]:
    """`{average, value, css}`; `value` "" where the regulation would propose no number."""
    found = _suggested(items, term)
    value = found.value if found.why == "average" else ""
    return {"average": found.mean.value, "value": value, "css": css(value)}


def _needed(items: Sequence[Item], term: PupilTerm) -> dict[str, Any] | None:
    """How many fives of weight 1 lead to the next term mark; None where none does."""
    now = _suggested(items, term)
    if now.why not in {"average", "too_few"} or now.value == str(NUMERIC_MARKS[0]):
        return None
    for more in range(1, MOST_NEEDED + 1):
        then = _suggested([*items, *[Item(NUMERIC_MARKS[0])] * more], term)
        better = now.why != "average" or Decimal(then.value or 0) > Decimal(now.value)
        if then.why == "average" and better:
            return {"more": more, "value": then.value, "average": then.mean.value}
    return None
