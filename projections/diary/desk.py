"""What the handlers of the diary share: touching weeks and pupils, and writing their documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from psycopg import Cursor

from domain.journal import facts as j
from domain.journal.file_facts import LessonFileAttached
from domain.people import facts as p
from projections.diary.memory import Bundle, Memory, WeekKey
from projections.diary.packing import etag_of, pack
from projections.diary.render import PreparedWeek, document, lessons_of, prepare
from projections.diary.state import Klass, Lesson, Touch
from projections.names import name_of, shown
from projections.projection import Handlers, Place, Placed, id_of
from projections.writing import run, texts

SUNDAY = timedelta(days=6)
#: Documents in one statement: more of them only hold memory.
AT_ONCE = 256

#: pupil, Monday, class, position, ETag, packed document
Written = tuple[str, date, str, int, str, bytes]


class Desk:
    """One school's diaries under the pen.

    A fact touches weeks of a class, or weeks of single pupils; the documents are written at the
    end of the batch, or later while nobody reads them (`Patient`): half of all those that are
    written in a fold from nothing are written again. The last touch of a document is its `as_of`,
    so that it does not depend on where batches end.
    """

    holds_back = False

    def __init__(self, place: Place) -> None:
        self._place = place
        self.memory = Memory(place)
        self.texts: dict[str, str] = {}  # the vault's, by payload
        self._weeks: dict[WeekKey, Touch] = {}
        self._pupils: dict[tuple[str, date], Touch] = {}
        self._held: dict[tuple[str, date], Touch] = {}

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.memory.begin(cursor)
        self.texts = texts(cursor, self._place, _payloads(batch))
        for one in batch:
            HANDLERS.handle(self, one)
        self.memory.flush()
        touched = self._touched()
        if self.holds_back:
            due = {key: touch for key, touch in self._held.items() if key not in touched}
            self._held, touched = touched, due
        self._write(cursor, touched)
        self.memory.trim()

    def finish(self, cursor: Cursor[Any]) -> None:
        """See `Patient`."""
        self.memory.begin(cursor)
        held, self._held = self._held, {}
        self._write(cursor, held)
        self.memory.trim()

    # What handlers do -----------------------------------------------------------------------

    def lesson(self, at: Placed, lesson_id: str) -> tuple[WeekKey, Lesson]:
        """A lesson of the fact's class and its week."""
        key = (at.stream, self.memory.mondays(at.stream)[lesson_id])
        return key, self.memory.bundle(*key).week.lessons[lesson_id]

    def touch_week(self, key: WeekKey, at: Placed) -> None:
        """The shared part of a week has changed: every pupil of the class sees it."""
        self.memory.bundle(*key)
        self.memory.week_changed(key)
        self._weeks[key] = Touch(at.position, at.body.at)

    def touch_pupil(self, pupil_id: str, monday: date, at: Placed) -> None:
        """Something of one pupil has changed in a week."""
        self._pupils[pupil_id, monday] = Touch(at.position, at.body.at)

    def touch_everywhere(self, pupil_id: str, at: Placed) -> None:
        """Every document of a pupil."""
        for class_id in self.memory.person(pupil_id).classes:
            klass = self.memory.klass(class_id)
            for monday in set(self.memory.mondays(class_id).values()):
                if klass.here(pupil_id, monday, monday + SUNDAY):
                    self.touch_pupil(pupil_id, monday, at)

    def touch_from(self, class_id: str, pupil_id: str, day: date, at: Placed) -> None:
        """A pupil's documents of a class, from the week of a day on."""
        for monday in set(self.memory.mondays(class_id).values()):
            if monday + SUNDAY >= day:
                self.touch_pupil(pupil_id, monday, at)

    def naming(self, payload_id: str) -> str:
        """The full name in a vault body; empty once erased."""
        found = name_of(self.texts.get(payload_id))
        return found.full if found else ""

    # Documents ------------------------------------------------------------------------------

    def _touched(self) -> dict[tuple[str, date], Touch]:
        """Pupils and Mondays that the batch has touched, each with its last touch."""
        touched = self._pupils
        for (class_id, monday), touch in self._weeks.items():
            klass = self.memory.klass(class_id)
            for pupil in klass.roster:
                if klass.here(pupil, monday, monday + SUNDAY):
                    known = touched.get((pupil, monday))
                    touched[pupil, monday] = max(known, touch) if known else touch
        self._weeks, self._pupils = {}, {}
        return touched

    def _write(self, cursor: Cursor[Any], touched: dict[tuple[str, date], Touch]) -> None:
        gone: list[tuple[str, date]] = []
        written: list[Written] = []
        self.memory.persons({pupil for pupil, _ in touched})
        for pupil, monday in sorted(touched, key=lambda key: (key[1], key[0])):
            touch = touched[pupil, monday]
            found = self._render(pupil, monday, touch)
            if found is None:
                gone.append((pupil, monday))
            else:
                class_id, body = found
                etag = etag_of(body)
                written.append((pupil, monday, class_id, touch.position, etag, pack(body)))
            if len(written) == AT_ONCE:
                self._store(cursor, written)
        self._store(cursor, written)
        if gone:
            run(
                cursor,
                self._place,
                "DELETE FROM {s}.diary_v1 d USING unnest(%s::uuid[], %b::date[])"
                " AS k (pupil_id, monday) WHERE (d.pupil_id, d.monday) = (k.pupil_id, k.monday)",
                [pupil for pupil, _ in gone],
                [monday for _, monday in gone],
            )

    def _store(self, cursor: Cursor[Any], written: list[Written]) -> None:
        """Write documents and empty the list."""
        if written:
            run(
                cursor,
                self._place,
                "INSERT INTO {s}.diary_v1 (pupil_id, monday, class_id, position, etag, document)"
                " SELECT * FROM unnest(%s::uuid[], %b::date[], %s::uuid[], %b::bigint[],"
                " %s::text[], %b::bytea[])"
                " ON CONFLICT (pupil_id, monday) DO UPDATE SET class_id = excluded.class_id,"
                " position = excluded.position, etag = excluded.etag,"
                " document = excluded.document",
                *map(list, zip(*written, strict=True)),
            )
            written.clear()

    def _render(self, pupil_id: str, monday: date, touch: Touch) -> tuple[str, bytes] | None:
        """The class of the pupil in the week and the document; None without lessons."""
        person = self.memory.person(pupil_id)
        lessons: list[tuple[date, bytes]] = []
        last: tuple[date, str, Klass] | None = None
        for class_id in person.classes:
            klass = self.memory.klass(class_id)
            if not klass.here(pupil_id, monday, monday + SUNDAY):
                continue
            bundle = self.memory.bundle(class_id, monday)
            prepared = self._prepared(class_id, bundle, klass)
            marks = bundle.marks.get(pupil_id, {}).values()
            mine = lessons_of(pupil_id, klass, prepared, self.memory.years[klass.year], marks)
            if not mine:
                continue
            lessons += mine
            since = max(span[0] for span in klass.roster[pupil_id] if span[0] <= monday + SUNDAY)
            if last is None or since >= last[0]:
                last = since, class_id, klass
        if not lessons or last is None:
            return None
        _, class_id, klass = last
        body = document(
            {"pupil_id": pupil_id, "name": shown(person.name)},
            {"class_id": class_id, "name": klass.name},
            monday,
            self.memory.years[klass.year].calendar.of(klass.grade_level),
            lessons,
            touch,
        )
        return class_id, body

    def _prepared(self, class_id: str, bundle: Bundle, klass: Klass) -> PreparedWeek:
        if bundle.prepared is None:
            year = self.memory.years[klass.year]
            bundle.prepared = prepare(class_id, klass, bundle.week, year, self.memory.name)
        return bundle.prepared


def _payloads(batch: Sequence[Placed]) -> list[str]:
    """Vault rows that the facts of a batch point to and the diary shows."""
    found: list[str | None] = []
    for one in batch:
        fact = one.body.fact
        if isinstance(fact, j.MarkGiven | j.MarkCommented):
            found.append(id_of(fact.comment))
        elif isinstance(fact, j.HomeworkAssigned):
            found.append(id_of(fact.payload))
        elif isinstance(fact, LessonFileAttached):
            found.append(fact.payload.id)
        elif isinstance(fact, p.PersonRegistered | p.PersonRenamed):
            found.append(fact.name.id)
    return [payload for payload in found if payload is not None]


HANDLERS: Handlers[Desk] = Handlers()
