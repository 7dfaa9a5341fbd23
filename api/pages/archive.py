"""«Архив»: what is left to do before a year is archived, its files, corrections by an act."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import Response

from api.archives import Files
from api.archivist import Work
from api.caller import Caller
from api.deps import Administration
from api.documents.archive import GAPS
from api.documents.named import years
from api.grants import visible_classes
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.v1.archives import may, overview, require
from domain.office.archive_facts import ArchiveAnnotated, Gap, YearArchived
from domain.permissions import Act
from domain.refusals import NotFound
from domain.values import MARKS
from projections import directory
from projections.archive import checklist as reading
from projections.archive.checklist import Checklist, Told, YearCard
from projections.names import shown

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ARCHIVE = "/archive"
SchoolYear = Annotated[int, InPath(ge=2000, le=2100)]
MEGABYTE = 1_000_000


@router.get(ARCHIVE)
async def archive(caller: Administration, behind: Behind) -> Response:
    """Every school year: a checklist and a button, or files to take away."""
    told = await overview(caller)
    names = await _names(caller, [card for card, *_ in told])
    places = await _places(caller, [card for card, *_ in told])
    cards = [_card(caller, names, places, *one) for one in told]
    context = {
        "cards": cards,
        "running": any(one["work"] and one["work"].running for one in cards),
        "may_archive": may(caller, Act.ARCHIVE_YEAR),
        "may_annotate": may(caller, Act.ANNOTATE_ARCHIVE),
        "may_have_people": may(caller, Act.READ_ARCHIVED_PEOPLE),
    }
    viewer = await viewer_of(caller, ARCHIVE, behind=behind)
    return page("ends/archive.html", context, viewer=viewer)


@router.get(ARCHIVE + "/{archived_year}/annotation")
async def annotation(
    archived_year: SchoolYear,
    caller: Administration,
    behind: Behind,
    class_id: UUID | None = None,
    pupil_id: UUID | None = None,
) -> Response:
    """A correction by an act: the class, then the pupil, then what stands and what should."""
    require(caller, Act.ANNOTATE_ARCHIVE)
    year = archived_year
    of_class, pupil = str(class_id or ""), str(pupil_id or "")
    classes = await visible_classes(caller, year)
    async with caller.reading() as (conn, schema):
        cards = await reading.years(conn, schema)
        if not any(one.year == year and one.archived for one in cards):
            raise NotFound("archive.unknown", "Этот год не в архиве.")
        if of_class not in {one["class_id"] for one in classes}:
            of_class = ""  # of another year: nothing is chosen
        pupils = await reading.pupils_of(conn, schema, of_class) if of_class else []
        marks = await reading.marks_of(conn, schema, of_class, pupil) if pupil and of_class else []
        level = next((one["grade_level"] for one in classes if one["class_id"] == of_class), 0)
        periods = await directory.terms(conn, schema, year, level)
    called = {one["term"]: one["name"] for one in periods}
    context = {
        "year": year,
        "years": years(year),
        "classes": classes,
        "class_id": of_class,
        "pupils": [(number, shown(name)) for number, name in pupils],
        "pupil_id": pupil,
        "places": [
            (
                f"{subject}/{term or ''}/{value}",
                f"{name}, {called.get(term, f'период {term}') if term else 'год'}: «{value}»",
            )
            for subject, name, term, value in marks
        ],
        "marks": [mark for mark in MARKS if mark != "1"],
    }
    viewer = await viewer_of(caller, ARCHIVE, behind=behind)
    return page("ends/annotation.html", context, viewer=viewer)


async def _names(caller: Caller, cards: list[YearCard]) -> dict[str, str]:
    """Who is named on the page."""
    told = [one for card in cards for one in card.told]
    people = {one.by for one in told}
    people |= {one.fact.pupil_id for one in told if isinstance(one.fact, ArchiveAnnotated)}
    async with caller.reading() as (conn, schema):
        found = await directory.people(conn, schema, sorted(people))
    return {one["person_id"]: shown(one["name"]) for one in found}


async def _places(caller: Caller, cards: list[YearCard]) -> dict[str, str]:
    """Class and subject → name; class/term → name of the term: of the years with annotations."""
    found: dict[str, str] = {}
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        for year in [card.year for card in cards if card.annotations]:
            for subject in await directory.subjects(conn, schema, year):
                found[subject["subject_id"]] = subject["name"]
            for one in await directory.classes(conn, schema, year, today):
                found[one["class_id"]] = one["name"]
                for term in await directory.terms(conn, schema, year, one["grade_level"]):
                    found[f"{one['class_id']}/{term['term']}"] = term["name"]
    return found


def _card(
    caller: Caller,
    names: dict[str, str],
    places: dict[str, str],
    card: YearCard,
    left: Checklist | None,
    files: list[Files],
    work: Work | None,
) -> dict[str, Any]:
    zone, archived = caller.door.zone, card.archived
    closed = archived.fact if archived and isinstance(archived.fact, YearArchived) else None
    return {
        "year": card.year,
        "years": years(card.year),
        "left": left,
        "ends": left and left.ends and wording.day(left.ends.isoformat()),
        "gaps": _gaps(left.gaps if left else closed.gaps if closed else ()),
        "order_no": closed.order_no if closed else "",
        "at": archived and wording.moment(archived.at, zone),
        "by": archived and names.get(archived.by, "оператор сервера"),
        "position": archived and wording.grouped(archived.position),
        "files": [_version(one, zone) for one in files],
        "stale": bool(archived) and 1 + len(card.annotations) not in {f.version for f in files},
        "work": work,
        "annotations": [_annotation(one, names, places, zone) for one in card.annotations],
    }


def _gaps(found: Iterable[Gap]) -> list[str]:
    return [f"{GAPS[one.kind]}: {wording.grouped(one.count)}" for one in found]


def _version(one: Files, zone: str) -> dict[str, Any]:
    kinds: tuple[tuple[str, str, Path], ...] = (
        ("journal", "Журнал без имён", one.journal),
        ("people", "Люди и ведомости", one.people),
        ("act", "Акт", one.act),
    )
    return {
        "version": one.version,
        "at": wording.moment(one.written_at, zone),
        "files": [(kind, text, _size(path)) for kind, text, path in kinds],
    }


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{wording.comma(f'{size / MEGABYTE:.1f}')} МБ" if size > MEGABYTE // 10 else "до 0,1 МБ"


def _annotation(
    one: Told, names: dict[str, str], places: dict[str, str], zone: str
) -> dict[str, str]:
    """`{who, href, text}`: a pupil, where all that was annotated of the pupil is, the sentence."""
    fact = one.fact
    if not isinstance(fact, ArchiveAnnotated):
        return {"who": "", "href": "", "text": ""}
    period = places.get(f"{fact.class_id}/{fact.term}", "") if fact.term else "год"
    what = (
        places.get(fact.class_id, ""),
        places.get(fact.subject_id, ""),
        "отметка за урок" if fact.mark_id else period,
    )
    by = wording.short_name(names.get(one.by, "")) or "оператор сервера"
    return {
        "who": wording.called(names.get(fact.pupil_id, shown(""))),
        "href": f"/pupils/{fact.pupil_id}/year",
        "text": f"{', '.join(filter(None, what))}: стоит «{fact.was}», следует читать"
        f" «{fact.should_be}» — акт № {fact.act_no}, {by}, {wording.moment(one.at, zone)}",
    }
