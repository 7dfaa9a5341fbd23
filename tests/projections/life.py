"""A school that lives: commands, folding in pieces, pages as they were shown. For the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeVar

import orjson
import psycopg
from psycopg import AsyncConnection

from domain.access import Actor
from domain.engine import Engine
from domain.journal.facts import (
    AttendanceEntry,
    Subgroup,
    SubgroupSplitOrdered,
    SubstitutionAppointed,
    TeacherAssigned,
)
from domain.journal.file_facts import FileKind
from domain.journal.outcomes import SealedFile
from domain.office.facts import ClassFormed, ClassTeacherAppointed, Subject
from domain.people.facts import Name
from domain.refusals import Refusal
from domain.school import MarkInput
from domain.values import AttendanceCode, LessonKind, ReasonCode
from domain.writing import Answer, Receipt
from projections import diary, register
from projections.folding import Folder
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.projection import Place
from tests.conftest import SECRET
from tests.ground import (
    SINCE,
    YEAR,
    engine_on,
    ground_of,
    lay,
    number,
    open_year,
    request,
    school_on,
)
from tests.ground import register as register_school

T = TypeVar("T")

MORNING = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday
MONDAY = date(2026, 11, 23)
#: the journal has been kept since then, though 7а comes to it on that Monday
BEGAN = datetime(2026, 8, 31, 6, tzinfo=UTC)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def go(self, **how: float) -> None:
        """Later by hours, days, …"""
        self.now += timedelta(**how)


class Life:
    """7а with algebra (Anna) and English in two halves (Boris, Galina); 7б for transfers. Galina
    is the class teacher of 7а.
    """

    def __init__(
        self,
        url: str,
        slug: str,
        engine: Engine,
        clock: Clock,
        stack: ExitStack,
        *,
        laid: bool = False,
        began: datetime = BEGAN,
    ) -> None:
        self.url, self.slug, self.clock = url, slug, clock
        self.schema = schema_of(slug)
        self.school = school_on(engine, slug)
        if not laid:
            clock.now = began
            open_year(self.school)
            clock.now = MORNING
        self.ground = ground_of(slug) if laid else lay(self.school)
        self.class_id, self.pupils = self.ground.class_id, list(self.ground.pupils)
        self.anna, self.office = self.ground.teacher, self.ground.operator
        self.boris, self.galina, self.tanya = (
            Actor(number(f"{slug}/{name}"), f"session-{name}")
            for name in ("boris", "galina", "tanya")
        )
        self.english = number(f"{slug}/english")
        self.halves = (number(f"{slug}/half 1"), number(f"{slug}/half 2"))
        self.other_class = number(f"{slug}/7б")
        self.newcomer = number(f"{slug}/newcomer")
        self.mother = number(f"{slug}/mother")
        if laid:
            self._introduce_english()  # a repeat, which opens the school in the engine
        else:
            self._furnish()
        self.projector = stack.enter_context(
            psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True)
        )
        self.folder = Folder(Place(self.schema, self.schema))
        journal = engine.world(slug).journal(self.class_id)
        self.lessons = [
            number_
            for number_, lesson in sorted(
                journal.lessons.items(), key=lambda item: (item[1].date, item[1].number, item[0])
            )
            if date(2026, 11, 9) <= lesson.date <= date(2026, 12, 4)
        ]

    def _furnish(self) -> None:
        s, by = self.school, self.office
        for who, family in (
            (self.boris, "Борисов"),
            (self.galina, "Галкина"),
            (self.tanya, "Ёжикова"),
        ):
            self.must(
                s.register_person(
                    YEAR, who.person_id, "staff", Name(family, "Яна"), by=by, request=request()
                )
            )
        self.must(
            s.register_person(
                YEAR, self.newcomer, "pupil", Name("Новиков", "Ян"), by=by, request=request()
            )
        )
        self.must(
            s.register_person(
                YEAR, self.mother, "guardian", Name("Петрова", "Ия"), by=by, request=request()
            )
        )
        self._introduce_english()
        other = ClassFormed(self.other_class, 7, "б")
        self.must(s.form_class(YEAR, other, by=by, request=request()))
        galina = ClassTeacherAppointed(self.class_id, self.galina.person_id, SINCE)
        self.must(s.appoint_class_teacher(YEAR, galina, by=by, request=request()))
        for half, who in zip(self.halves, (self.boris, self.galina), strict=True):
            assigned = TeacherAssigned(
                number(f"{half}/assigned"), who.person_id, self.english, SINCE, half
            )
            self.must(s.assign_teacher(self.class_id, assigned, by=by, request=request()))

    def _introduce_english(self) -> None:
        english = Subject(self.english, "Английский язык")
        self.must(self.school.introduce_subject(YEAR, english, by=self.office, request=request()))

    # Commands -------------------------------------------------------------------------------

    @staticmethod
    def must(answer: Answer) -> Receipt:
        """The receipt; a refusal is a fault of the test."""
        return answer.result(10)

    def may(self, command: Callable[[], Answer]) -> Receipt | None:
        """The receipt, or None when the domain refuses."""
        try:
            return command().result(10)
        except Refusal:
            return None

    def topic(self, lesson: str, topic: str = "Дроби", title: str = "") -> Answer:
        """Anna records a topic."""
        kind = LessonKind.CONTROL if title else LessonKind.LESSON
        return self.school.record_topic(
            self.class_id, lesson, topic, kind, title, by=self.anna, request=request()
        )

    def attendance(self, lesson: str, **codes: AttendanceCode) -> Answer:
        """Anna takes attendance: p0=ILL, …"""
        entries = [AttendanceEntry(self.pupils[int(key[1:])], code) for key, code in codes.items()]
        return self.school.take_attendance(
            self.class_id, lesson, entries, by=self.anna, request=request()
        )

    def mark(
        self,
        lesson: str,
        pupil: str,
        value: str,
        name: str,
        comment: str = "",
        by: Actor | None = None,
    ) -> Answer:
        """A mark of Anna's; its id belongs to the name."""
        given = MarkInput(number(name), pupil, value, self.ground.work_type_id, None, comment)
        return self.school.give_marks(
            self.class_id, lesson, [given], by=by or self.anna, request=request()
        )

    def correct(self, name: str, saw: str, value: str, reason: str = "") -> Answer:
        """Anna corrects a mark."""
        return self.school.correct_mark(
            self.class_id,
            number(name),
            saw=saw,
            value=value,
            reason_code=ReasonCode.TYPO,
            reason=reason,
            by=self.anna,
            request=request(),
        )

    def homework(self, lesson: str, name: str, text: str, due: date, *only: str) -> Answer:
        """Anna assigns homework, to the class or only to some."""
        return self.school.assign_homework(
            self.class_id, lesson, number(name), text, due, only, by=self.anna, request=request()
        )

    def hand_out(self, lesson: str, name: str, title: str = "Карточка.pdf") -> Answer:
        """Anna attaches a file; its content belongs to the name."""
        sha256 = blake2b(name.encode(), digest_size=32).hexdigest()
        file = SealedFile("c2VhbGVk", "application/pdf", sha256, 48_213)
        what = (self.class_id, lesson, number(name), FileKind.HOMEWORK, title, file)
        return self.school.attach_lesson_file(*what, by=self.anna, request=request())

    def take_away(self, lesson: str, name: str) -> Answer:
        """Anna removes a file."""
        return self.school.remove_lesson_file(
            self.class_id, lesson, number(name), by=self.anna, request=request()
        )

    def split(self, first: list[str], second: list[str], since: date = SINCE) -> Answer:
        """English in two halves."""
        groups = tuple(
            Subgroup(half, name, tuple(pupils))
            for half, name, pupils in zip(self.halves, "12", (first, second), strict=True)
        )
        order = SubgroupSplitOrdered(self.english, since, "12-д", SINCE, groups)
        return self.school.split_class(self.class_id, order, by=self.office, request=request())

    def substitute(self, since: date, until: date, name: str = "week") -> Answer:
        """Tanya stands for Anna."""
        appointed = SubstitutionAppointed(
            number(f"{self.slug}/{name}"), self.tanya.person_id, self.anna.person_id, since, until
        )
        return self.school.appoint_substitute(
            self.class_id, appointed, by=self.office, request=request()
        )

    def rename(self, person: str, family: str) -> Answer:
        """Another name for a person."""
        return self.school.rename_person(
            YEAR, person, Name(family, "Ян"), by=self.office, request=request()
        )

    def erase(self, person: str) -> Answer:
        """The name of a person leaves the vault."""
        return self.school.erase_person(YEAR, person, "акт 1", by=self.office, request=request())

    def vault(self, kind: str) -> list[tuple[str, str]]:
        """(payload, subject) of the texts of a kind, in order of their ids."""
        with psycopg.connect(self.url) as conn:
            found = conn.execute(
                f"SELECT id::text, subject::text FROM {self.schema}.payload"
                " WHERE kind = %s ORDER BY id",
                (kind,),
            )
            return found.fetchall()

    # Folding and reading --------------------------------------------------------------------

    def fold(self, limit: int | None = None) -> int:
        """One step of the projector; answers how many facts."""
        return self.folder.step(self.projector, limit=limit)

    def fold_all(self, limit: int | None = None) -> None:
        """Steps until there is nothing left."""
        while self.fold(limit):
            pass

    def restart(self) -> None:
        """A new projector: nothing in memory."""
        self.folder = Folder(Place(self.schema, self.schema))

    def read(self, reader: Callable[..., Any], *arguments: Any, **names: Any) -> Any:
        """The answer of an asynchronous reader, as the web process asks it."""

        async def ask() -> Any:
            conn = await AsyncConnection.connect(conninfo(self.url, APP, SECRET), autocommit=True)
            async with conn:
                return await reader(conn, self.schema, *arguments, **names)

        return asyncio.run(ask())

    def page(self, as_of: int | None = None, term: int = 2) -> dict[str, Any]:
        """Anna's page of the journal."""
        found = self.read(register.page, self.class_id, self.ground.subject_id, None, term, as_of)
        assert isinstance(found, dict)
        return found

    def week(self, pupil: str, monday: date = MONDAY) -> dict[str, Any] | None:
        """A diary week as JSON."""
        found = self.read(diary.week, pupil, monday)
        return None if found is None else dict(orjson.loads(found.body))


@contextmanager
def life(
    url: str, slug: str = "one", *, laid: bool = False, began: datetime = BEGAN
) -> Iterator[Life]:
    """A living school in a new schema of a database; `laid`: it is there already, in a copy of a
    database in which it was laid. began: the moment of its first fact.
    """
    if not laid:
        register_school(url, slug)
    clock = Clock()
    with ExitStack() as stack:
        engine = stack.enter_context(engine_on(url, clock))
        yield Life(url, slug, engine, clock, stack, laid=laid, began=began)
