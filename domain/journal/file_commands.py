"""Commands about the files of a lesson: by whoever may write about the lesson."""

from __future__ import annotations

from domain.access import Actor
from domain.commands import Commands
from domain.journal import lesson_files as decide
from domain.journal.file_facts import FileKind, LessonFileAttached
from domain.journal.outcomes import SealedFile
from domain.writing import Answer, Request


class FileCommands(Commands):
    """Attached, removed."""

    def attach_lesson_file(
        self,
        class_id: str,
        lesson_id: str,
        file_id: str,
        kind: FileKind,
        name: str,
        file: SealedFile,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A file of a lesson; it lies in the vault as the attaching teacher's, with its name."""
        title = self._told("title", decide.file_name(name))
        scan = self._told("scan", file.body)
        new = LessonFileAttached(
            file_id, lesson_id, kind, title.ref, scan.ref, file.media, file.size, file.sha256
        )
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: decide.attach_file(j, new, at),
            (*title.about(by.person_id), *scan.about(by.person_id)),
        )

    def remove_lesson_file(
        self, class_id: str, lesson_id: str, file_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """A file of a lesson is offered no more."""
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: decide.remove_file(j, lesson_id, file_id, at),
        )
