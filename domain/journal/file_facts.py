"""Facts about the files of a lesson: a worksheet, a presentation, a photo of the blackboard."""

from __future__ import annotations

from enum import StrEnum

from domain.fact import Fact
from domain.people.consent import Media
from domain.values import PayloadRef


class FileKind(StrEnum):
    """What of the lesson a file belongs to."""

    HOMEWORK = "HOMEWORK"
    LESSON = "LESSON"


FILE_LABELS: dict[FileKind, str] = {
    FileKind.HOMEWORK: "к заданию",
    FileKind.LESSON: "к уроку",
}


class LessonFileAttached(Fact, frozen=True, omit_defaults=True):
    """`payload` is the name of the file, for somebody has typed it; `file` the sealed file. `size`
    (bytes) and `sha256` (hex) are of the file as it is kept. Both lie in the vault of who attached.
    """

    TOPIC = "journal.lesson-file-attached"
    file_id: str
    lesson_id: str
    kind: FileKind
    payload: PayloadRef
    file: PayloadRef
    media: Media
    size: int
    sha256: str


class LessonFileRemoved(Fact, frozen=True, omit_defaults=True):
    """The file is offered no more; which one it was stays here."""

    TOPIC = "journal.lesson-file-removed"
    file_id: str
    lesson_id: str
    payload: PayloadRef
    sha256: str


FACTS: tuple[type[Fact], ...] = (LessonFileAttached, LessonFileRemoved)
