"""What a term lacks before its marks are given: marks by the hours a week (накопляемость), lessons
without a topic or attendance, debts that are not resolved; by class, subject and group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, LiteralString

import msgspec

from domain.calendar import Calendar, Term, monday
from domain.duties import Duty
from domain.regulation import Regulation
from projections.compliance.reading import Book, Conn, Line
from projections.compliance.reading import book as book_of
from projections.compliance.staffing import VACANT
from projections.names import shown
from projections.sql import STILL, rows

#: What a mark is for накопляемость: н/а and осв are none.
COUNTED = ("5", "4", "3", "2", "1", "зач", "незач")

_MARKS: LiteralString = """
    SELECT l.class_id::text, l.subject_id::text, m.pupil_id::text, count(*)
    FROM {s}.compliance_lesson l JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.register_mark m ON m.lesson_id = l.lesson_id AND m.valid_to = %(still)s
    WHERE c.year = %(year)s AND l.date BETWEEN %(since)s AND %(until)s
        AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
        AND m.value = ANY (%(counted)s)
    GROUP BY 1, 2, 3
"""
_PUPILS: LiteralString = """
    SELECT DISTINCT ON (e.class_id, e.pupil_id) e.class_id::text, e.pupil_id::text,
        coalesce(p.full_name, ''), coalesce(p.sort_key, ''), e.since
    FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = e.pupil_id
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR e.class_id = %(class)s)
        AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY e.class_id, e.pupil_id, e.since
"""
_MEMBERS: LiteralString = """
    SELECT g.subgroup_id::text, g.pupils::text[]
    FROM {s}.directory_subgroup g JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR g.class_id = %(class)s)
        AND g.since <= %(day)s
    ORDER BY g.since
"""
_DEBTS: LiteralString = """
    SELECT t.class_id::text, t.subject_id::text, t.pupil_id::text, count(*)
    FROM {s}.trail_v1 t JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR t.class_id = %(class)s)
        AND t.kind = 'debt-raised' AND t.lesson_date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM {s}.trail_v1 r
            WHERE r.mark_id = t.mark_id AND r.kind = 'debt-resolved')
    GROUP BY 1, 2, 3
"""


class Short(msgspec.Struct, frozen=True):
    """A pupil with too few marks, or with debts. `since`: came when the term had begun: fewer
    marks are no fault.
    """

    pupil_id: str
    name: str
    marks: int
    debts: int
    since: date | None


class Lack(msgspec.Struct, frozen=True):
    """One group in a term. `needed` 0: no marks are given there."""

    teacher_id: str
    class_id: str
    class_name: str
    subject_id: str
    subject: str
    subgroup_id: str | None
    held: int
    hours_a_week: int
    needed: int
    pupils: int
    short: list[Short]
    debts: list[Short]
    without_topic: int
    without_attendance: int

    @property
    def in_order(self) -> bool:
        """Nothing is lacking."""
        return not (self.short or self.debts or self.without_topic or self.without_attendance)


class _Class(msgspec.Struct):
    """What is known of the pupils of a class in a term."""

    pupils: list[tuple[str, str, date]]  # id, name, since; in order of names
    marks: dict[tuple[str, str], int]  # subject, pupil → how many
    debts: dict[tuple[str, str], int]


class Span(msgspec.Struct):
    """A term of some classes by their own calendar."""

    calendar: Calendar
    term: Term
    classes: set[str]


def spans(
    calendar: Calendar,
    classes: Iterable[tuple[str, int]],
    choose: Callable[[Calendar], Term | None],
) -> list[Span]:
    """Classes (id, grade level) by the term that is chosen of the calendar of their own level: its
    terms and vacations. Those that have none are left out. Pure.
    """
    found: list[Span] = []
    for class_id, level in classes:
        own = calendar.of(level)
        term = choose(own)
        if term is None:
            continue
        for one in found:
            if (one.term, one.calendar) == (term, own):
                one.classes.add(class_id)
                break
        else:
            found.append(Span(own, term, {class_id}))
    return found


async def lacks_of(
    conn: Conn,
    schema: str,
    year: int,
    found: Iterable[Span],
    regulation: Regulation,
    now: datetime,
    today: date,
    class_id: str | None = None,
) -> list[tuple[Term, Lack]]:
    """What every group of the classes lacks, each in the term of its own level."""
    told: list[tuple[Term, Lack]] = []
    for one in found:
        book = await book_of(conn, schema, year, one.term.starts, one.term.ends, class_id)
        every = await lacks(
            conn, schema, book, one.term, one.calendar, regulation, now, today, class_id
        )
        told += [(one.term, lack) for lack in every if lack.class_id in one.classes]
    return told


async def lacks(
    conn: Conn,
    schema: str,
    book: Book,
    term: Term,
    calendar: Calendar,
    regulation: Regulation,
    now: datetime,
    today: date,
    class_id: str | None = None,
) -> list[Lack]:
    """What every group lacks in a term, those in order as well; `book`: lessons of the term."""
    wanted: dict[str, Any] = {
        "year": book.year,
        "class": class_id,
        "since": term.starts,
        "until": term.ends,
        "day": max(term.starts, min(term.ends, today)),
        "still": STILL,
        "counted": list(COUNTED),
    }
    classes: dict[str, _Class] = defaultdict(lambda: _Class([], {}, {}))
    pupils = await rows(conn, schema, _PUPILS, **wanted)
    for number, pupil, name, _, since in sorted(pupils, key=lambda one: (one[3], one[1])):
        classes[number].pupils.append((pupil, shown(name), since))
    for number, subject, pupil, count in await rows(conn, schema, _MARKS, **wanted):
        classes[number].marks[subject, pupil] = count
    for number, subject, pupil, count in await rows(conn, schema, _DEBTS, **wanted):
        classes[number].debts[subject, pupil] = count
    members = {number: set(own) for number, own in await rows(conn, schema, _MEMBERS, **wanted)}
    weeks = len({monday(day) for day in calendar.school_days(term)})
    return [
        _lack(group, classes[group[0].class_id], members, weeks, regulation, term, now)
        for group in _groups(book.lines)
    ]


def _groups(lines: Iterable[Line]) -> list[list[Line]]:
    """Lessons of a class, subject and subgroup, whoever taught them."""
    found: dict[tuple[str, str, str], list[Line]] = {}
    for one in lines:
        found.setdefault((one.class_id, one.subject_id, one.subgroup_id or ""), []).append(one)
    return sorted(
        found.values(), key=lambda of: (of[0].grade_level, of[0].class_name, of[0].subject)
    )


def hours_a_week(lessons: int, weeks: int) -> int:
    """Hours a week of so many lessons in a term of so many weeks: half up, at least one."""
    return max(1, (2 * lessons + weeks) // (2 * weeks)) if weeks else 1


def _lack(
    lines: list[Line],
    known: _Class,
    members: dict[str, set[str]],
    weeks: int,
    regulation: Regulation,
    term: Term,
    now: datetime,
) -> Lack:
    first = lines[0]
    planned = [one for one in lines if one.lesson.excuse(now) is None]
    held = [one for one in planned if one.lesson.due.ends_at <= now]
    hours = hours_a_week(len(planned), weeks)
    graded = any(one.lesson.graded for one in planned)
    needed = regulation.marks_for(hours) if graded else 0
    own = members.get(first.subgroup_id) if first.subgroup_id else None
    pupils = [one for one in known.pupils if own is None or one[0] in own]
    everybody = [
        Short(
            pupil,
            name,
            known.marks.get((first.subject_id, pupil), 0),
            known.debts.get((first.subject_id, pupil), 0),
            since if since > term.starts else None,
        )
        for pupil, name, since in pupils
    ]
    teachers = Counter(one.teacher_id for one in planned or lines)
    who = teachers.most_common(1)[0][0]
    left = {one.planned_id for one in planned if one.teacher_id == VACANT}
    return Lack(
        VACANT if who in left else who,
        first.class_id,
        first.class_name,
        first.subject_id,
        first.subject,
        first.subgroup_id,
        len(held),
        hours,
        needed,
        len(pupils),
        [one for one in everybody if one.marks < needed and one.since is None],
        [one for one in everybody if one.debts],
        sum(one.lesson.seen(Duty.TOPIC, now) is None for one in held),
        sum(one.lesson.seen(Duty.ATTENDANCE, now) is None for one in held),
    )
