"""States of the diary: what a batch has changed is written once, and what is hot is kept."""

from __future__ import annotations

from typing import Any, LiteralString, TypeVar

import msgspec

from projections.diary.states import Bundle, States, WeekKey
from projections.writing import copy_walled, run

__all__ = ["Bundle", "Memory", "WeekKey"]

#: What stays in memory between batches.
HOT_WEEKS = 48
HOT_CLASSES = 64
HOT_PERSONS = 5_000

K = TypeVar("K")
V = TypeVar("V")

_MARK_COLUMNS: LiteralString = (
    "mark_id, class_id, monday, pupil_id, lesson_id, subject_id, date, value, was, weight,"
    " work_type_id, comment_id, comment, given_at, position"
)


class Memory(States):
    """The states of one school, and their writing."""

    def flush(self) -> None:
        """Write what has changed."""
        self._upsert("diary_year", "year", "integer", self._dirty_years, self.years)
        self._upsert("diary_person", "person_id", "uuid", self._dirty_persons, self._persons)
        if self._dirty_classes:
            keys = sorted(self._dirty_classes)
            run(
                self._cursor,
                self._place,
                "INSERT INTO {s}.diary_class (class_id, state, lessons)"
                " SELECT * FROM unnest(%s::uuid[], %b::bytea[], %b::bytea[])"
                " ON CONFLICT (class_id) DO UPDATE"
                " SET state = excluded.state, lessons = excluded.lessons",
                keys,
                [msgspec.json.encode(self._classes[key][0]) for key in keys],
                [msgspec.json.encode(self._classes[key][1]) for key in keys],
            )
            self._dirty_classes = set()
        self._flush_weeks()
        self._flush_marks()
        self._flush_texts()

    def trim(self) -> None:
        """Keep what was used last."""
        _trim(self._weeks, HOT_WEEKS)
        _trim(self._classes, HOT_CLASSES)
        if len(self._persons) > HOT_PERSONS:
            self._persons = {}

    def _upsert(
        self,
        table: LiteralString,
        key: LiteralString,
        kind: LiteralString,
        dirty: set[Any],
        states: dict[Any, Any],
    ) -> None:
        if not dirty:
            return
        keys = sorted(dirty)
        text: LiteralString = " ".join(
            (
                "INSERT INTO {s}." + table,
                "(" + key + ", state)",
                "SELECT * FROM unnest(%s::" + kind + "[], %b::bytea[])",  # noqa: S608
                "ON CONFLICT (" + key + ") DO UPDATE SET state = excluded.state",
            )
        )
        states_of = [msgspec.json.encode(states[one]) for one in keys]
        run(self._cursor, self._place, text, keys, states_of)
        dirty.clear()

    def _flush_marks(self) -> None:
        fresh, changed = [], []
        for mark_id, (key, mark) in self._changed_marks.items():
            if mark_id in self._new_marks:
                fresh.append(
                    (
                        mark_id,
                        *key,
                        mark.pupil_id,
                        mark.lesson_id,
                        *self._new_marks[mark_id],
                        mark.value,
                        mark.was,
                        mark.weight,
                        mark.work_type_id,
                        mark.comment_id,
                        mark.comment,
                        mark.given_at,
                        mark.position,
                    )
                )
            else:
                changed.append((mark_id, mark.value, mark.was, mark.comment_id, mark.comment))
        if fresh:
            copy_walled(self._cursor, self._place, "diary_mark", _MARK_COLUMNS, fresh)
        if changed:
            run(
                self._cursor,
                self._place,
                "UPDATE {s}.diary_mark m SET value = n.value, was = n.was,"
                " comment_id = n.comment_id, comment = n.comment"
                " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[])"
                " AS n (mark_id, value, was, comment_id, comment) WHERE m.mark_id = n.mark_id",
                *map(list, zip(*changed, strict=True)),
            )
        self._new_marks, self._changed_marks = {}, {}


def _trim(kept: dict[K, V], limit: int) -> None:
    """Drop the oldest entries."""
    while len(kept) > limit:
        kept.pop(next(iter(kept)))
