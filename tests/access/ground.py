"""Who asks for what: the cast with its children and classes, and things that are theirs or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from domain.calendar import TimetableEntry
from domain.journal.facts import TeacherAssigned
from domain.journal.file_facts import FileKind
from domain.office.facts import ClassTeacherAppointed
from domain.people.facts import Name
from domain.school import MarkInput
from domain.values import Role
from tests import cast as c
from tests.api.ground import GUARDIANS, LOGINS, OPERATOR, PUPILS, STAFF, YEAR
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.write_door.ground import NIKITA, Place, Room
from tests.write_door.http_classroom import told
from tests.write_door.http_files import handed_out
from tests.write_door.http_log import sealed

SHCHUKIN, SHCHUKINA, RITA = Name("Щукин", "Николай"), Name("Щукина", "Рита"), c.an_id("Рита")
#: family names that no refusal may say
NAMES = {
    one.family for one in (*STAFF.values(), *PUPILS.values(), *GUARDIANS.values(), SHCHUKIN, NIKITA)
}
SEVENTH_A, SEVENTH_B, NEW_ROOM = "7а", "7б", "комната"


@dataclass(frozen=True)
class Person:
    """Somebody of the cast; classes by name, children by id → whether the diary is open."""

    login: str
    role: Role
    teaches: frozenset[str] = frozenset()
    ward: frozenset[str] = frozenset()
    children: Mapping[str, bool] = field(default_factory=dict)

    @property
    def classes(self) -> frozenset[str]:
        return self.teaches | self.ward


_OWN = frozenset({SEVENTH_A, NEW_ROOM})
CAST = (
    Person("dina", Role.DIRECTOR),
    Person("vera", Role.DEPUTY),
    Person("alla", Role.ADMINISTRATOR),
    Person("sveta", Role.SECRETARY),
    Person("kira", Role.CLASS_TEACHER, ward=_OWN),
    Person("anna", Role.TEACHER, teaches=_OWN),
    Person("boris", Role.TEACHER, teaches=_OWN),  # half of the class, in English only
    Person("tanya", Role.TEACHER, teaches=frozenset({SEVENTH_B})),
    Person("igor", Role.AUDITOR),
    Person("olga", Role.PARENT, children={c.PETYA: True}),
    Person("oleg", Role.PARENT, children={c.PETYA: False}),
    Person("zoya", Role.PARENT, children={c.MASHA: True}),
    Person("petya", Role.PUPIL, children={c.PETYA: True}),
    Person("masha", Role.PUPIL, children={c.MASHA: True}),
)
PERSONS = {one.login: one for one in CAST}


@dataclass(frozen=True)
class Thing:
    """What a request is about: a class, a pupil of it, a mark of that pupil. None: there is none.

    `members` fill addresses and queries.
    """

    of_class: str | None
    pupil_id: str
    members: Mapping[str, str]


#: what a request is about that names nothing of anybody's
NO_THING = Thing(None, "", {})


class Colleagues(Place):
    """A place whose rooms have colleagues: Boris teaches there, Kira is the class teacher."""

    def room(self) -> Room:
        """A room; nobody writes in it in earnest."""
        new = super().room()
        by: dict[str, Any] = {"by": OPERATOR}
        english = TeacherAssigned(str(uuid4()), c.BORIS, c.ENGLISH, SEPTEMBER_1)
        self.did(self.school.assign_teacher(new.class_id, english, **by, request=request()))
        kira = ClassTeacherAppointed(new.class_id, c.KIRA, SEPTEMBER_1)
        self.did(self.school.appoint_class_teacher(YEAR, kira, **by, request=request()))
        return new


@dataclass
class Ground:
    """The things; the checkpoint's size."""

    place: Place
    size: int
    petya: Thing
    masha: Thing
    newcomer: Thing

    @property
    def nothing(self) -> Thing:
        """Ids of nothing."""
        members = {name: str(uuid4()) for name in self.petya.members}
        return Thing(None, "", members | {"position": "1"})

    @property
    def things(self) -> tuple[Thing, ...]:
        return self.petya, self.masha, self.newcomer

    def headers(self, login: str | None) -> dict[str, str]:
        """The cookie of somebody; of nobody none."""
        return self.place.desk(login).cookie if login else {}


def lay_ground(place: Place) -> Ground:
    """7б has Tanya and a newcomer; Masha has a mother; everybody has a mark. Everything is folded,
    everybody is signed in.
    """
    school, did = place.school, place.did
    by: dict[str, Any] = {"by": OPERATOR}
    did(school.register_person(YEAR, c.NEWCOMER, "pupil", SHCHUKIN, **by, request=request()))
    did(school.register_person(YEAR, RITA, "guardian", SHCHUKINA, **by, request=request()))
    did(school.enrol_pupils(c.CLASS_7B, (c.NEWCOMER,), SEPTEMBER_1, **by, request=request()))
    algebra = TeacherAssigned(c.an_id("алгебра в 7б"), c.TANYA, c.ALGEBRA, SEPTEMBER_1)
    did(school.assign_teacher(c.CLASS_7B, algebra, **by, request=request()))
    week = [TimetableEntry(3, 1, c.ALGEBRA, c.TANYA)]
    did(school.adopt_timetable(YEAR, c.CLASS_7B, SEPTEMBER_1, week, **by, request=request()))
    did(school.schedule_lessons(c.CLASS_7B, 1, **by, request=request()))
    consents = []
    for class_id, pupil_id, mother in (
        (c.CLASS_7A, c.MASHA, c.ZOYA),
        (c.CLASS_7B, c.NEWCOMER, RITA),
    ):
        did(school.link_guardian(YEAR, pupil_id, mother, SEPTEMBER_1, **by, request=request()))
        given = school.give_consent(
            class_id, pupil_id, mother, "diary", SEPTEMBER_1, **by, request=request()
        )
        consents.append(did(given))
    place.settle()  # Tanya is a teacher from now on
    things = [
        _marked(place, SEVENTH_A, c.CLASS_7A, "anna", c.PETYA, c.OLGA, 1),
        _marked(place, SEVENTH_A, c.CLASS_7A, "anna", c.MASHA, c.ZOYA, consents[0]),
        _marked(place, SEVENTH_B, c.CLASS_7B, "tanya", c.NEWCOMER, RITA, consents[1]),
    ]
    for login in LOGINS.values():
        place.desk(login)
    size = sealed(place)
    place.settle()
    return Ground(place, size, *things)


def _marked(
    place: Place,
    of_class: str,
    class_id: str,
    teacher: str,
    pupil_id: str,
    guardian_id: str,
    position: int,
) -> Thing:
    lesson_id, mark_id = place.lessons(class_id)[0], c.an_id(f"отметка {pupil_id}")
    mark = MarkInput(mark_id, pupil_id, "5", c.ANSWER, None, f"хвалю {mark_id}")
    given = place.school.give_marks(
        class_id, lesson_id, [mark], by=place.actor(teacher), request=request()
    )
    place.did(given)
    comment_id, defence_id = c.an_id(f"слово о {pupil_id}"), c.an_id(f"защита {pupil_id}")
    words = (class_id, comment_id, pupil_id, c.ALGEBRA, f"хвалю {mark_id}")
    told(place, words, (class_id, defence_id, pupil_id), teacher)
    file_id = c.an_id(f"файл {pupil_id}")
    kind = FileKind.LESSON if pupil_id == c.MASHA else FileKind.HOMEWORK  # of one lesson both
    handed_out(place, class_id, lesson_id, file_id, teacher, f"лист {class_id}.pdf", kind)
    return Thing(
        of_class,
        pupil_id,
        {
            "class_id": class_id,
            "pupil_id": pupil_id,
            "mark_id": mark_id,
            "comment_id": comment_id,
            "defence_id": defence_id,
            "lesson_id": lesson_id,
            "lesson": lesson_id,
            "file_id": file_id,
            "guardian_id": guardian_id,
            "position": str(position),
            "person_id": pupil_id,
        },
    )
