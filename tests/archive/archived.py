"""A small school whose year was archived under a seal, for the tests of archives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from domain.access import Actor
from domain.calendar import Bell, Calendar, Term
from domain.journal.facts import LessonAdded, TeacherAssigned
from domain.office.archive_commands import UNWRITTEN
from domain.office.archive_facts import ArchiveAnnotated
from domain.office.facts import Appointment, ClassFormed, Subject, WorkType, YearOpened
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.school import MarkInput
from domain.values import Role
from projections.archive.write import Whose, Written, write
from projections.postgres.database import PROJECTOR, conninfo
from tests.conftest import SECRET
from tests.ground import SINCE, YEAR, number, request
from tests.projections.life import Life, life
from tests.sealing import Sealer

AFTER = datetime(2027, 6, 30, 9, tzinfo=UTC)


class Archived:
    """7а has lived, its terms are closed; the director archives the year."""

    def __init__(self, at: Life) -> None:
        self.at = at
        self.director = Actor(number("director"), "session-director")
        self.sealer = Sealer(at.url, at.slug, at.ground.school_id)
        self.whose = Whose(at.slug, at.ground.school_id, "Школа one", "Europe/Moscow")
        self._live()

    def _live(self) -> None:
        at, s = self.at, self.at.school
        by = at.office
        who = self.director.person_id
        at.must(
            s.register_person(YEAR, who, "staff", Name("Дорин", "Ян"), by=by, request=request())
        )
        for role in (Role.DIRECTOR,):
            of = Appointment(who, role, SINCE)
            at.must(s.appoint(YEAR, of, by=by, request=request()))
        at.must(
            s.introduce_seal_key(str(self.sealer.key.verifier), "first", by=by, request=request())
        )
        for n, lesson in enumerate(at.lessons[:4]):
            at.clock.now = datetime(2026, 11, 19, 9 + n, tzinfo=UTC)
            at.must(at.topic(lesson, "=Дроби" if n == 1 else "Дроби"))
            at.must(at.attendance(lesson))
            if n == 0:
                at.must(at.hand_out(lesson, "file", "Карточка 3.pdf"))
            at.must(at.mark(lesson, at.pupils[n], "45"[n % 2], f"mark {n}", "молодец"))
            if n == 1:
                at.fold_all()
                self.sealer.seal(at.clock.now)
        at.must(at.correct("mark 1", "5", "4", "опечатка"))
        at.clock.now = AFTER
        for term in (1, 2):
            at.must(s.close_term(at.class_id, term, by=by, request=request()))

    def archive(self, *, accept_gaps: bool = True) -> int:
        """The position of the fact."""
        answer = self.at.school.archive_year(
            YEAR, "12-у", accept_gaps=accept_gaps, by=self.director, request=request()
        )
        return self.at.must(answer).position

    def seal(self) -> str:
        """Fold and seal what there is."""
        self.at.fold_all()
        self.at.clock.go(minutes=1)
        return self.sealer.seal(self.at.clock.now)

    def annotate(self, name: str = "annotation") -> int:
        """The director corrects beside the archive what mark 0 should have been."""
        at = self.at
        new = ArchiveAnnotated(
            number(name),
            at.class_id,
            at.pupils[0],
            at.ground.subject_id,
            "4",
            "5",
            "3",
            UNWRITTEN,
            number("mark 0"),
        )
        answer = at.school.annotate_archive(
            YEAR, new, "решение комиссии", by=self.director, request=request()
        )
        return at.must(answer).position

    @property
    def conninfo(self) -> str:
        """As letopis_projector."""
        return conninfo(self.at.url, PROJECTOR, SECRET)

    def write(self, folder: Path, of_version: int | None = None, year: int = YEAR) -> Written:
        """Both files."""
        return write(self.conninfo, self.whose, year, folder, of_version=of_version)

    def next_year(self) -> str:
        """The year after is opened, lived by one lesson and archived; its class."""
        at, s, by = self.at, self.at.school, self.at.office
        of, class_id, subject = YEAR + 1, number("8а"), self.at.ground.subject_id
        at.clock.now = datetime(of, 8, 30, 9, tzinfo=UTC)
        term = Term(1, "1 четверть", date(of, 9, 1), date(of, 10, 25))
        opened = YearOpened(
            s.school_id,
            "Europe/Moscow",
            Calendar(of, (term,)),
            (Bell(1, "08:30", "09:15"),),
            Regulation(),
            (Subject(subject, "Алгебра"),),
            (WorkType(at.ground.work_type_id, "Ответ на уроке", "О", "1.00"),),
            (Appointment(self.director.person_id, Role.DIRECTOR, date(of, 8, 1)),),
        )
        at.must(s.open_year(opened, by=by, request=request()))
        at.must(s.form_class(of, ClassFormed(class_id, 8, "а"), by=by, request=request()))
        first = term.starts
        at.must(s.enrol_pupils(class_id, at.pupils[:2], first, by=by, request=request()))
        anna = self.at.anna
        assigned = TeacherAssigned(number("8а/анна"), anna.person_id, subject, first)
        at.must(s.assign_teacher(class_id, assigned, by=by, request=request()))
        at.clock.now = datetime(of, 9, 1, 9, tzinfo=UTC)
        lesson = LessonAdded(number("8а/урок"), first, 1, subject, anna.person_id)
        at.must(s.add_lesson(class_id, lesson, by=anna, request=request()))
        given = MarkInput(number("8а/отметка"), at.pupils[1], "5", at.ground.work_type_id)
        at.must(s.give_marks(class_id, lesson.lesson_id, [given], by=anna, request=request()))
        at.clock.now = datetime(of + 1, 6, 30, 9, tzinfo=UTC)
        at.must(s.close_term(class_id, 1, by=by, request=request()))
        at.must(s.archive_year(of, "13-у", accept_gaps=True, by=self.director, request=request()))
        self.seal()
        return class_id


@contextmanager
def archived(url: str) -> Iterator[Archived]:
    """A school in a new schema of a database, before its year is archived."""
    with life(url) as at:
        yield Archived(at)
