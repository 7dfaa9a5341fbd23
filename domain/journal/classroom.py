"""The class teacher's part of a class journal's state, and how its facts change it."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.fact import Fact
from domain.journal import absence_facts as a
from domain.journal import outcome_facts as o
from domain.values import PayloadRef


class Comment(msgspec.Struct, array_like=True):
    pupil_id: str
    subject_id: str
    ref: PayloadRef


class Defence(msgspec.Struct, array_like=True):
    pupil_id: str
    kind: o.DefenceKind
    value: str
    on: date
    sha256: str


class Work(msgspec.Struct, array_like=True):
    """A comprehensive work: pupil → level and points."""

    title: str
    on: date
    most_points: int
    results: dict[str, tuple[o.Level, int | None]]


class Classroom(msgspec.Struct):
    """Signed weeks (ISO Monday → absences, lessons without attendance); notice → pupil; comments,
    defences, works by their ids; pupil → metasubject level.
    """

    weeks: dict[str, tuple[int, int]] = {}
    notices: dict[str, str] = {}
    comments: dict[str, Comment] = {}
    defences: dict[str, Defence] = {}
    works: dict[str, Work] = {}
    levels: dict[str, o.Level] = {}


def evolve(room: Classroom, fact: Fact) -> None:
    """Fold one fact of `FACTS`."""
    match fact:
        case a.AttendanceWeekConfirmed():
            room.weeks[fact.monday.isoformat()] = (fact.absences, fact.untaken)
        case a.AbsenceAnnounced():
            room.notices[fact.notice_id] = fact.pupil_id
        case o.PupilCommented() | o.PupilCommentCorrected():
            room.comments[fact.comment_id] = Comment(fact.pupil_id, fact.subject_id, fact.comment)
        case o.ProjectDefenceRecorded():
            room.defences[fact.defence_id] = Defence(
                fact.pupil_id, fact.kind, fact.value, fact.on, fact.sha256
            )
        case o.ProjectDefenceCorrected():
            defence = room.defences[fact.defence_id]
            defence.value, defence.on = fact.value, fact.on
            defence.sha256 = fact.sha256 or defence.sha256
        case o.ComprehensiveWorkRecorded():
            results = {one.pupil_id: (one.level, one.points) for one in fact.results}
            room.works[fact.work_id] = Work(fact.title, fact.on, fact.most_points, results)
        case o.ComprehensiveWorkCorrected():
            work = room.works[fact.work_id]
            work.results |= {one.pupil_id: (one.level, one.points) for one in fact.results}
        case o.MetasubjectLevelRecorded() | o.MetasubjectLevelCorrected():
            room.levels[fact.pupil_id] = fact.level


FACTS: tuple[type[Fact], ...] = (a.AttendanceWeekConfirmed, a.AbsenceAnnounced, *o.FACTS)
