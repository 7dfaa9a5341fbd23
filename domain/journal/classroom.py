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


class Said(msgspec.Struct, array_like=True):
    """A teacher's word on a forecast."""

    hidden: bool
    noted: bool


class Classroom(msgspec.Struct):
    """Signed weeks (ISO Monday → absences, lessons without attendance, absences without a reason);
    notice → pupil; comments, defences, works by their ids; pupil → metasubject level; pupil →
    guardian → the last week that was acknowledged (ISO Monday, position); `term_cell` → what is
    said to the forecast; pupil → the last letter to the guardians (term, position, how).
    """

    weeks: dict[str, tuple[int, int, int]] = {}
    notices: dict[str, str] = {}
    comments: dict[str, Comment] = {}
    defences: dict[str, Defence] = {}
    annulled: set[str] = set()  # defences
    works: dict[str, Work] = {}
    levels: dict[str, o.Level] = {}
    read: dict[str, dict[str, tuple[str, int]]] = {}
    forecasts: dict[str, Said] = {}
    letters: dict[str, tuple[int, int, str]] = {}


def evolve(room: Classroom, fact: Fact) -> None:
    """Fold one fact of `FACTS`."""
    match fact:
        case a.AttendanceWeekConfirmed():
            signed = (fact.absences, fact.untaken, fact.unexplained)
            room.weeks[fact.monday.isoformat()] = signed
        case a.AbsenceAnnounced():
            room.notices[fact.notice_id] = fact.pupil_id
        case a.DiaryAcknowledged():
            week = (fact.monday.isoformat(), fact.position)
            room.read.setdefault(fact.pupil_id, {})[fact.guardian_id] = week
        case o.PupilCommented() | o.PupilCommentCorrected():
            room.comments[fact.comment_id] = Comment(fact.pupil_id, fact.subject_id, fact.comment)
        case o.ForecastAnnotated():
            room.forecasts[_cell(fact)] = Said(fact.hidden, fact.note is not None)
        case o.ParentReportSent():
            room.letters[fact.pupil_id] = (fact.term, fact.position, str(fact.how))
        case _:
            _outcome(room, fact)


def _cell(fact: o.ForecastAnnotated) -> str:
    return f"{fact.pupil_id}/{fact.subject_id}/{fact.term}"


def _outcome(room: Classroom, fact: Fact) -> None:
    match fact:
        case o.ProjectDefenceRecorded():
            room.defences[fact.defence_id] = Defence(
                fact.pupil_id, fact.kind, fact.value, fact.on, fact.sha256
            )
        case o.ProjectDefenceCorrected():
            defence = room.defences[fact.defence_id]
            defence.value, defence.on = fact.value, fact.on
            defence.sha256 = fact.sha256 or defence.sha256
        case o.ProjectDefenceAnnulled():
            del room.defences[fact.defence_id]
            room.annulled.add(fact.defence_id)
        case o.ComprehensiveWorkRecorded():
            results = {one.pupil_id: (one.level, one.points) for one in fact.results}
            room.works[fact.work_id] = Work(fact.title, fact.on, fact.most_points, results)
        case o.ComprehensiveWorkCorrected():
            work = room.works[fact.work_id]
            work.results |= {one.pupil_id: (one.level, one.points) for one in fact.results}
        case o.MetasubjectLevelRecorded() | o.MetasubjectLevelCorrected():
            room.levels[fact.pupil_id] = fact.level


FACTS: tuple[type[Fact], ...] = (
    a.AttendanceWeekConfirmed,
    a.AbsenceAnnounced,
    a.DiaryAcknowledged,
    *o.FACTS,
)
