"""What teachers attach to lessons."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from domain.journal.facts import LessonAdded
from domain.journal.file_facts import FileKind
from domain.journal.outcomes import SealedFile
from projections import strongbox
from tests import cast as c
from tests.api.ground import OPERATOR
from tests.api.papers import PDF, in_text
from tests.domain.seventh_a import WEDNESDAY
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import V1, new_id

#: a lesson with a file that can be opened
LESSON, FILE = c.an_id("урок для чтения"), c.an_id("файл для чтения")
NAME = "Карточка 3.pdf"


def handed_out(
    p: Place,
    class_id: str,
    lesson_id: str,
    file_id: str,
    teacher: str = "anna",
    name: str = NAME,
    kind: FileKind = FileKind.HOMEWORK,
) -> None:
    """A file of a lesson, as a door would keep it."""
    by = p.actor(teacher)
    body = strongbox.seal(p.house.secret, by.person_id, PDF)
    file = SealedFile(body, "application/pdf", sha256(PDF).hexdigest(), len(PDF))
    what = (class_id, lesson_id, file_id, kind, name, file)
    p.did(p.school.attach_lesson_file(*what, by=by, request=request()))


def to_read(p: Place) -> None:
    """A lesson of 7а outside the timetable, with a file."""
    new = LessonAdded(LESSON, WEDNESDAY, 9, c.ALGEBRA, c.ANNA)
    p.did(p.school.add_lesson(c.CLASS_7A, new, by=OPERATOR, request=request()))
    handed_out(p, c.CLASS_7A, LESSON, FILE)


def _attach(p: Place) -> Send:
    fresh = p.room()
    body = {"file_id": new_id(), "name": NAME, "kind": "HOMEWORK", "file": in_text(PDF)}
    return Send("anna", fresh.path, body)


def _there(p: Place) -> dict[str, str]:
    fresh, number = p.room(), new_id()
    handed_out(p, fresh.class_id, fresh.lesson, number)
    p.settle()
    return fresh.path | {"file_id": number}


def _form(p: Place) -> Form:
    path = _there(p)
    fields: dict[str, Any] = {"key": new_id(), "lesson_id": path["lesson_id"]}
    return Form("anna", path | {"what": "removed"}, fields | {"file_id": path["file_id"]})


FILES: dict[str, Prepare] = {
    f"POST {V1}/lessons/{{lesson_id}}/files": _attach,
    f"POST {V1}/lessons/{{lesson_id}}/files/{{file_id}}/removal": lambda p: Send(
        "anna", _there(p), None
    ),
    "POST /classes/{class_id}/files/{what}": _form,
}
