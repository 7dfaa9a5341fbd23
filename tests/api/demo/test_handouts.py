"""The files of lessons in the demonstration: Word documents with the homework that was set."""

from __future__ import annotations

from hashlib import sha256

from api import scans
from api.word import DOCX
from domain.journal.facts import HomeworkAssigned
from domain.journal.file_facts import LessonFileAttached
from projections import strongbox
from tests.api.demo.conftest import Built


def test_some_lessons_of_each_class_have_a_worksheet_that_opens(small: Built) -> None:
    recorded = [one for one in small.log.since(0) if isinstance(one.fact, LessonFileAttached)]
    work = {
        one.fact.lesson_id: one.fact.text
        for one in small.log.since(0)
        if isinstance(one.fact, HomeworkAssigned) and one.fact.text
    }
    streams = {one.originator_id for one in recorded}
    assert 0 < len(recorded) <= 3 * len(streams)
    for one in recorded:
        fact, by = one.fact, one.envelope.by
        assert isinstance(fact, LessonFileAttached)
        content = strongbox.unseal("", by, small.log.payloads[fact.file.id].body)
        assert (sha256(content).hexdigest(), len(content)) == (fact.sha256, fact.size)
        assert scans.attachment(content) == (DOCX, content)
        assert fact.lesson_id in work
        assert small.log.payloads[fact.payload.id].body.endswith(".docx")
