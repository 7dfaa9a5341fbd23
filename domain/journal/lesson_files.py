"""Decisions about the files of a lesson: attached and removed while its homework may be written."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from domain.fact import Fact
from domain.journal.file_facts import LessonFileAttached, LessonFileRemoved
from domain.journal.lessons import held_lesson
from domain.journal.state import Journal
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import printable

#: A worksheet, a presentation and a few photographs of the blackboard; a family downloads them over
#: a mobile network, and every one of them is in each backup for years.
MOST_FILES: Final = 5
#: Characters: what file systems take of Russian letters, with an extension.
LONGEST_NAME: Final = 120


def file_name(text: str) -> str:
    """The name of a file as it is kept: no folders, no control characters, and no
    signs that are not seen: they turn what is written around them. Raises Invalid.
    """
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    name = printable(" ".join(seen.replace("\\", "/").rpartition("/")[2].split()))
    if not name.strip("."):
        raise Invalid("lesson_file.no_name", "Название файла: заполните поле.")
    if len(name) > LONGEST_NAME:
        raise Invalid("lesson_file.long_name", f"Название файла: не длиннее {LONGEST_NAME} знаков.")
    return name


def attach_file(journal: Journal, new: LessonFileAttached, at: datetime) -> list[Fact]:
    """A file of a lesson that was held, while its term is open; the same again changes nothing.

    Raises NotFound, Forbidden, Invalid as for homework, and Conflict.
    """
    lesson = held_lesson(journal, new.lesson_id, at)
    if new.file_id in lesson.files:
        known = lesson.files[new.file_id]
        if known is None:
            raise Conflict("lesson_file.removed", "Этот файл убран: приложите его заново.")
        if (known.kind, known.sha256) == (new.kind, new.sha256):
            return []
        raise Conflict("lesson_file.id_taken", "Под этим номером уже есть другой файл.")
    there = [one for one in lesson.files.values() if one is not None]
    if any(one.sha256 == new.sha256 and one.kind == new.kind for one in there):
        raise Conflict("lesson_file.twice", "Такой файл к этому уроку уже приложен.")
    if len(there) >= MOST_FILES:
        raise Conflict(
            "lesson_file.too_many",
            f"К уроку прикладывают не больше {MOST_FILES} файлов: уберите лишний или соберите"
            " несколько страниц в один файл.",
        )
    return [new]


def remove_file(journal: Journal, lesson_id: str, file_id: str, at: datetime) -> list[Fact]:
    """The file is offered no more; the record of it stays.

    Raises NotFound, Forbidden, Invalid, Conflict as for homework.
    """
    lesson = held_lesson(journal, lesson_id, at)
    if file_id not in lesson.files:
        raise NotFound("lesson_file.unknown", "Такого файла у урока нет.")
    known = lesson.files[file_id]
    if known is None:
        return []
    return [LessonFileRemoved(file_id, lesson_id, known.payload, known.sha256)]
