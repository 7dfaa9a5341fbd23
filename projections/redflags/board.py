"""Flags under the pen: raised by deeds, or standing for as long as something is not in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, LiteralString

import msgspec

from domain.values import NUMERIC_MARKS
from projections.projection import Placed
from projections.redflags.memory import Memory
from projections.redflags.state import About, ClassState, Flag, Lesson, Mark
from projections.writing import copy, copy_walled, fetch, run

#: Flags that stand while a lesson is not in order, and go when it is put right.
STANDING = ("F1", "F8", "F9")
_PLACE = ("class_id", "subject_id", "lesson_id", "lesson_date", "pupil_id", "mark_id", "term")
_COLUMNS: LiteralString = (
    "code, position, last, at, by, due, key, class_id, subject_id, lesson_id, lesson_date,"
    " pupil_id, mark_id, term, session, other, count, detail"
)
_FACTS_GONE: LiteralString = """
    DELETE FROM {s}.red_flag_fact f USING {s}.red_flag r
    WHERE (f.code, f.flag) = (r.code, r.position) AND r.lesson_id = ANY (%s::uuid[])
        AND r.code = ANY (%s)
"""
_FLAGS_GONE: LiteralString = """
    DELETE FROM {s}.red_flag r WHERE r.lesson_id = ANY (%s::uuid[]) AND r.code = ANY (%s)
"""
_READ: LiteralString = """
    SELECT code, position, last, at, by::text, due, key, class_id::text, subject_id::text,
        lesson_id::text, lesson_date, pupil_id::text, mark_id::text, term::int, session, other,
        count, detail
    FROM {s}.red_flag WHERE
"""


class Board:
    """The flags of one school."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._by_key: dict[str, Flag | None] = {}
        self._new: list[Flag] = []
        self._fresh: set[str] = set()  # keys of new flags
        self._extended: dict[str, Flag] = {}
        self._facts: list[tuple[str, int, int]] = []
        self._touched: set[tuple[str, str]] = set()  # class, lesson

    def begin(self) -> None:
        """A new batch."""
        self._by_key = {}

    # Deeds ----------------------------------------------------------------------------------

    def raise_flag(
        self,
        code: str,
        one: Placed,
        about: About,
        *,
        key: str | None = None,
        facts: Sequence[int] = (),
        also: Sequence[int] = (),
        detail: dict[str, str | int] | None = None,
        by: str = "",
        session: str | None = None,
        other: str | None = None,
    ) -> None:
        """A flag because of a fact, or one more fact for the flag of this key.

        facts: the facts behind it, in order; that fact alone when none are named. also: facts that
        are worth seeing beside them.
        """
        facts = facts or (one.position,)
        flag = self.find(key) if key else None
        if flag is None:
            flag = Flag(
                code=code,
                position=facts[0],
                last=one.position,
                at=one.body.at,
                by=by or one.body.by,
                key=key,
                session=session,
                other=other,
                count=len(facts),
                detail=detail or {},
                **msgspec.structs.asdict(about),
            )
            self._new.append(flag)
            if key:
                self._by_key[key] = flag
                self._fresh.add(key)
        else:
            facts = [position for position in facts if position > flag.last]
            flag.last, flag.at = one.position, one.body.at
            flag.count += len(facts)
            for name in _PLACE:
                if getattr(flag, name) != getattr(about, name):
                    setattr(flag, name, None)
            if flag.key and flag.key not in self._fresh:
                self._extended[flag.key] = flag
        self._facts += [(flag.code, flag.position, position) for position in (*also, *facts)]

    def find(self, key: str) -> Flag | None:
        """The flag of a key."""
        if key not in self._by_key:
            found = self._read(" key = %s", key)
            self._by_key[key] = found[0] if found else None
        return self._by_key[key]

    def newest(self, prefix: str) -> Flag | None:
        """The newest flag whose key begins so."""
        stored = self._read(
            " key >= %s AND key < %s ORDER BY last DESC LIMIT 1", prefix, f"{prefix}\uffff"
        )
        known = [self._by_key.get(one.key or "") or one for one in stored]
        known += [one for key, one in self._by_key.items() if one and key.startswith(prefix)]
        best = max(known, key=lambda one: one.last, default=None)
        if best is not None and best.key:
            self._by_key.setdefault(best.key, best)
        return best

    def _read(self, text: LiteralString, *arguments: Any) -> list[Flag]:
        found = fetch(self._memory.cursor, self._memory.place, _READ + text, *arguments)
        names = [name.strip() for name in _COLUMNS.split(",")]
        return [
            Flag(**dict(zip(names, one, strict=True)) | {"detail": msgspec.json.decode(one[-1])})
            for one in found
        ]

    # What stands ----------------------------------------------------------------------------

    def touch(self, class_id: str, lesson_id: str) -> None:
        """What is recorded about a lesson has changed."""
        self._touched.add((class_id, lesson_id))

    def settle(self) -> None:
        """Say anew of every touched lesson what is not in order there."""
        if not self._touched:
            return
        lessons = sorted({lesson_id for _, lesson_id in self._touched})
        for text in (_FACTS_GONE, _FLAGS_GONE):
            run(self._memory.cursor, self._memory.place, text, lessons, list(STANDING))
        for class_id, lesson_id in sorted(self._touched):
            self._stand(class_id, lesson_id)
        self._touched = set()

    def _stand(self, class_id: str, lesson_id: str) -> None:
        state = self._memory.of_class(class_id)
        lesson = state.lessons.get(lesson_id)
        living = sorted(
            (mark for mark in self._memory.marks_of(lesson_id).values() if mark.alive),
            key=lambda mark: mark.position,
        )
        if lesson is None or not living:
            return
        about = About(
            class_id=class_id,
            subject_id=lesson.subject_id,
            lesson_id=lesson_id,
            lesson_date=lesson.date,
        )
        odd = self._not_held(class_id, state, lesson)
        if odd is not None:
            code, reason, due = odd
            self._standing(code, living, about, due, {"reason": reason})
        for mark in living:
            if mark.pupil_id in lesson.absent and mark.value in NUMERIC_MARKS and not mark.excused:
                of_pupil = msgspec.structs.replace(
                    about, pupil_id=mark.pupil_id, mark_id=mark.mark_id
                )
                detail: dict[str, str | int] = {"value": mark.value}
                self._standing("F8", [mark], of_pupil, None, detail, (lesson.attended,))

    def _not_held(
        self, class_id: str, state: ClassState, lesson: Lesson
    ) -> tuple[str, str, datetime | None] | None:
        """Code, reason and from when on: marks, and nothing that says that there was a lesson."""
        year, calendar = self._memory.years.get(state.year), self._memory.calendar_of(class_id)
        if lesson.cancelled:
            return ("F1", "cancelled", None)
        if calendar is not None and not calendar.is_school_day(lesson.date):
            return ("F1", "day_off", None)
        if lesson.topic or year is None:
            return None
        first_day_late = lesson.date + timedelta(days=year.regulation.fill_days + 1)
        due = datetime.combine(first_day_late, time(), state.zone)
        return ("F9", "topic", due) if lesson.attended else ("F1", "nothing", due)

    def _standing(
        self,
        code: str,
        marks: Sequence[Mark],
        about: About,
        due: datetime | None,
        detail: dict[str, str | int],
        also: Sequence[int] = (),
    ) -> None:
        first, last = marks[0], marks[-1]
        self._new.append(
            Flag(
                code=code,
                position=first.position,
                last=last.position,
                at=last.at,
                by=first.by,
                due=due,
                count=len(marks),
                detail=detail,
                **msgspec.structs.asdict(about),
            )
        )
        facts = sorted({*(mark.position for mark in marks), *also})
        self._facts += [(code, first.position, position) for position in facts]

    # Writing --------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write the flags."""
        self.settle()
        place, cursor = self._memory.place, self._memory.cursor
        if self._new:
            copy_walled(cursor, place, "red_flag", _COLUMNS, map(_row, self._new))
        for flag in self._extended.values():
            run(
                cursor,
                place,
                "UPDATE {s}.red_flag SET last = %s, at = %s, count = %s, class_id = %s,"
                " subject_id = %s, lesson_id = %s, lesson_date = %s, pupil_id = %s, mark_id = %s,"
                " term = %s WHERE code = %s AND position = %s",
                flag.last,
                flag.at,
                flag.count,
                *(getattr(flag, name) for name in _PLACE),
                flag.code,
                flag.position,
            )
        if self._facts:
            copy(cursor, place, "red_flag_fact", "code, flag, position", self._facts)
        self._new, self._extended, self._facts, self._fresh = [], {}, [], set()


def _row(flag: Flag) -> tuple[Any, ...]:
    named = msgspec.structs.asdict(flag) | {"detail": msgspec.json.encode(flag.detail).decode()}
    return tuple(named[name.strip()] for name in _COLUMNS.split(","))
