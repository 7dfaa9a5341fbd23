"""Opening one page of the journal: which one is asked for, what it shows, what lies beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends
from starlette.responses import RedirectResponse

from api.caller import Caller
from api.pages import wording
from api.pages.routing import SEE_OTHER
from domain.refusals import NotFound
from domain.world import EPOCH
from projections import directory, register
from projections.postgres.pool import Connection
from projections.sql import together

#: the query that names a page: subject_id, subgroup_id (not always), term
Address = dict[str, str]


class Asked(NamedTuple):
    """What the query names of a class's journal; without a subject, the first one of the class."""

    subject_id: str | None
    subgroup_id: str | None
    term: int | None


async def asked(
    subject_id: UUID | None = None,
    subgroup_id: UUID | None = None,
    term: int | None = None,
) -> Asked:
    """The address of a page in its one spelling."""
    subject, subgroup = (str(one) if one else None for one in (subject_id, subgroup_id))
    return Asked(subject, subgroup, term)


PageAsked = Annotated[Asked, Depends(asked)]


class Opened(NamedTuple):
    """A page of the journal: `shown` is what `register.page` answers, `place` its address; `card`:
    `directory.class_head` with subgroups and assignments as in `class_card`.
    """

    class_id: str
    card: dict[str, Any]
    places: list[dict[str, Any]]
    terms: list[dict[str, Any]]
    place: Address
    shown: dict[str, Any]

    def context(self, person_id: str) -> dict[str, Any]:
        """What the head of every page of the journal shows; the person's own pages stand near."""
        return {
            "class_id": self.class_id,
            "class_name": self.shown["class"]["name"],
            "subject": self.shown["subject"]["name"],
            "term": self.shown["term"]["name"],
            "counts": self._counts(),
            "teacher": self._teacher(),
            "page_query": self.place,
            "pages": self._pages(person_id),
            "terms": self._terms(),
        }

    def url(self, tail: str, **more: str) -> str:
        """The address of this page in another guise: `register`, `past`, `difference` …"""
        return f"/classes/{self.class_id}/{tail}?{urlencode({**self.place, **more})}"

    @property
    def key(self) -> tuple[str, str, str | None, int]:
        """The arguments by which projections know a page."""
        place = self.place
        return self.class_id, place["subject_id"], place.get("subgroup_id"), int(place["term"])

    def _counts(self) -> str:
        pupils = wording.plural(len(self.shown["pupils"]), "ученик", "ученика", "учеников")
        lessons = wording.plural(len(self.shown["lessons"]), "урок", "урока", "уроков")
        return f"{pupils}, {lessons}"

    def _teacher(self) -> str:
        """Who leads this page: the last assignment of the subject (and the subgroup)."""
        names = [
            one["teacher"]
            for one in self.card["assignments"]
            if one["subject_id"] == self.place["subject_id"]
            and one["subgroup_id"] in {None, self.place.get("subgroup_id")}
        ]
        return str(names[-1]) if names else ""

    def _pages(self, person_id: str) -> list[dict[str, Any]]:
        """Links to the pages of the journal: one's own and the open one stand `near`."""
        groups = {one["subgroup_id"]: one["name"] for one in self.card["subgroups"]}
        own = _own(self.card, person_id)
        pages = []
        for one in self.places:
            query = {key: one[key] for key in ("subject_id", "subgroup_id") if one[key]}
            group = groups.get(one["subgroup_id"], "")
            current = all(self.place.get(key) == one[key] for key in ("subject_id", "subgroup_id"))
            pages.append(
                {
                    "href": f"?{urlencode({**query, 'term': self.place['term']})}",
                    "text": f"{one['subject']}, {group}" if group else one["subject"],
                    "current": current,
                    "near": current or (one["subject_id"], one["subgroup_id"]) in own,
                }
            )
        return pages

    def _terms(self) -> list[dict[str, Any]]:
        return [
            {
                "href": f"?{urlencode({**self.place, 'term': one['term']})}",
                "text": wording.ROMAN[one["term"]],
                "name": one["name"],
                "current": str(one["term"]) == self.place["term"],
            }
            for one in self.terms
        ]


async def open_page(
    conn: Connection,
    schema: str,
    class_id: str,
    wanted: Asked,
    today: date,
    *,
    day: date | None = None,
    moment: datetime | None = None,
) -> Opened:
    """The page that is asked for: of the term of `day`, as it was at `moment` (aware; None: now).

    Raises NotFound when there is no such page; `wanted.subject_id` must be there.
    """
    card = await directory.class_head(conn, schema, class_id)
    if card is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    terms, places, card["subgroups"], card["assignments"] = await together(
        conn,
        directory.terms(conn, schema, card["year"], card["grade_level"]),
        register.register_places(conn, schema, class_id),
        directory.subgroups(conn, schema, class_id, today),
        directory.taught(conn, schema, class_id=class_id, year=card["year"]),
    )
    subject_id = wanted.subject_id or ""
    place = {"subject_id": subject_id}
    if wanted.subgroup_id:
        place["subgroup_id"] = wanted.subgroup_id
    term = wanted.term or _term_of(terms, day or today)
    place["term"] = str(term)
    position = None if moment is None else await register.position_at(conn, schema, moment)
    key = class_id, subject_id, wanted.subgroup_id, term
    shown = await register.page(conn, schema, *key, position)
    if shown is None and position is not None and moment is not None:
        shown = await _before_its_year(conn, schema, key, position, moment)
    if shown is None or shown["subject"]["name"] is None:
        raise NotFound("register.unknown", "Такой страницы в журнале нет.")
    return Opened(class_id, card, places, terms, place, shown)


async def _before_its_year(
    conn: Connection,
    schema: str,
    key: tuple[str, str, str | None, int],
    position: int,
    moment: datetime,
) -> dict[str, Any] | None:
    """The page of a term that nobody had announced yet at the moment: its name, and nothing."""
    shown = await register.page(conn, schema, *key)
    as_of = {"position": position, "moment": moment.isoformat()}
    return shown and {**shown, "lessons": [], "pupils": [], "as_of": as_of}


async def first_page(
    conn: Connection, schema: str, class_id: str, caller: Caller, tail: str
) -> RedirectResponse:
    """To the page of the caller's own subject, else to the first page of the journal.

    Raises NotFound while there is none.
    """
    card = await _card(conn, schema, class_id, caller.door.rights.today())
    own = _own(card, caller.person_id)
    places = await register.register_places(conn, schema, class_id)
    places.sort(key=lambda one: (one["subject_id"], one["subgroup_id"]) not in own)
    if not places:
        raise NotFound("register.empty", "В журнале этого класса ещё нет уроков.")
    query = {key: places[0][key] for key in ("subject_id", "subgroup_id") if places[0][key]}
    return RedirectResponse(f"/classes/{class_id}/{tail}?{urlencode(query)}", SEE_OTHER)


def aware(moment: datetime | None, zone: str) -> datetime | None:
    """A moment of the query. A form knows the school's clock and no seconds: what it names is the
    end of the minute, so that what is shown as recorded at 12:03 is there at 12:03.
    """
    if moment is None or moment.tzinfo is not None:
        return moment
    if not moment.second:
        moment = moment.replace(second=59, microsecond=999_999)
    return moment.replace(tzinfo=ZoneInfo(zone))


def come(moment: datetime | None, zone: str, now: datetime) -> datetime | None:
    """The same, but no moment to come: of that nothing can be said, so it is None, which is now.
    Before the epoch there was no journal, and a calendar has an end, so that is where it stops.
    """
    named = aware(moment, zone)
    return None if named is None or named >= now else max(named, EPOCH)


async def _card(conn: Connection, schema: str, class_id: str, today: date) -> dict[str, Any]:
    card = await directory.class_card(conn, schema, class_id, today)
    if card is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    return card


def _own(card: dict[str, Any], person_id: str) -> set[tuple[str, str | None]]:
    """Subjects (and subgroups) that the person leads in the class."""
    return {
        (one["subject_id"], one["subgroup_id"])
        for one in card["assignments"]
        if one["teacher_id"] == person_id
    }


def _term_of(terms: list[dict[str, Any]], day: date) -> int:
    """The term of a day; in a vacation the one before it."""
    begun = [one["term"] for one in terms if one["starts"] <= day.isoformat()]
    return int(max(begun, default=1))
