"""Compliance of records: the first of each duty; corrections do not change when it was."""

from __future__ import annotations

from domain.duties import Duty
from domain.journal import facts as j
from domain.values import LessonKind
from projections.compliance.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(j.TopicRecorded)
def _topic(to: Desk, fact: j.TopicRecorded, at: Placed) -> None:
    to.record(fact.lesson_id, Duty.TOPIC, at)
    if fact.kind is LessonKind.CONTROL:
        to.kind(fact.lesson_id, control=True)


@on(j.TopicCorrected)
def _topic_corrected(to: Desk, fact: j.TopicCorrected, _: Placed) -> None:
    if LessonKind.CONTROL in (fact.old_kind, fact.kind):
        to.kind(fact.lesson_id, control=fact.kind is LessonKind.CONTROL)


@on(j.AttendanceTaken)
def _attendance(to: Desk, fact: j.AttendanceTaken, at: Placed) -> None:
    to.record(fact.lesson_id, Duty.ATTENDANCE, at)


@on(j.HomeworkAssigned)
def _homework(to: Desk, fact: j.HomeworkAssigned, at: Placed) -> None:
    to.record(fact.lesson_id, Duty.HOMEWORK, at)


@on(j.HomeworkNotAssigned)
def _no_homework(to: Desk, fact: j.HomeworkNotAssigned, at: Placed) -> None:
    to.record(fact.lesson_id, Duty.HOMEWORK, at)


@on(j.MarkGiven)
def _mark(to: Desk, fact: j.MarkGiven, at: Placed) -> None:
    to.record(fact.lesson_id, Duty.MARKS, at)
