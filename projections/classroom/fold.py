"""Folding what the class teacher keeps."""

from __future__ import annotations

from collections.abc import Sequence

from domain.catalogue import FACTS
from domain.journal import absence_facts as a
from domain.journal import outcome_facts as o
from projections.projection import Handlers, Placed, id_of
from projections.statements import Statements

HANDLERS: Handlers[Classroom] = Handlers()
on = HANDLERS.on


class Classroom(Statements):
    """classroom_v1 of one school."""

    name = "classroom_v1"
    handlers = HANDLERS
    tables = (
        "classroom_reason",
        "classroom_week",
        "classroom_notice",
        "classroom_acknowledgement",
        "classroom_comment",
        "classroom_defence",
        "classroom_work",
        "classroom_result",
        "classroom_level",
        "classroom_forecast",
        "classroom_letter",
    )
    topics = frozenset(fact.TOPIC for fact in (*a.FACTS, *o.FACTS))
    ignored = frozenset(FACTS) - topics

    def results(self, work_id: str, results: Sequence[o.WorkResult | o.ResultChange]) -> None:
        """What pupils have reached in a work; who had a result before has a corrected one."""
        self.run(
            "INSERT INTO {s}.classroom_result (work_id, pupil_id, level, points, corrected)"
            " SELECT %s, u.*, false FROM unnest(%s::uuid[], %s::text[], %s::integer[])"
            " AS u (pupil_id, level, points) ON CONFLICT (work_id, pupil_id) DO UPDATE"
            " SET level = excluded.level, points = excluded.points, corrected = true",
            work_id,
            [one.pupil_id for one in results],
            [str(one.level) for one in results],
            [one.points for one in results],
        )


@on(a.AbsenceReasonSet)
def _reason(to: Classroom, fact: a.AbsenceReasonSet, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_reason (lesson_id, pupil_id, class_id, code, document_id, at,"
        " by) SELECT lesson_id, %s, %s, code, %s, %s, %s"
        " FROM unnest(%s::uuid[], %s::text[]) AS u (lesson_id, code)"
        " ON CONFLICT (lesson_id, pupil_id) DO UPDATE SET code = excluded.code,"
        " document_id = excluded.document_id, at = excluded.at, by = excluded.by",
        fact.pupil_id,
        one.stream,
        id_of(fact.document),
        one.body.at,
        one.body.by,
        [change.lesson_id for change in fact.changes],
        [str(change.code) for change in fact.changes],
    )


@on(a.AttendanceWeekConfirmed)
def _week(to: Classroom, fact: a.AttendanceWeekConfirmed, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_week (class_id, monday, absences, untaken, unexplained, at, by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (class_id, monday) DO UPDATE"
        " SET absences = excluded.absences, untaken = excluded.untaken,"
        " unexplained = excluded.unexplained, at = excluded.at, by = excluded.by",
        one.stream,
        fact.monday,
        fact.absences,
        fact.untaken,
        fact.unexplained,
        one.body.at,
        one.body.by,
    )


@on(a.AbsenceAnnounced)
def _notice(to: Classroom, fact: a.AbsenceAnnounced, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_notice (notice_id, class_id, pupil_id, since, until, code,"
        " text_id, at, by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        fact.notice_id,
        one.stream,
        fact.pupil_id,
        fact.since,
        fact.until,
        str(fact.code),
        id_of(fact.payload),
        one.body.at,
        one.body.by,
    )


@on(a.DiaryAcknowledged)
def _acknowledged(to: Classroom, fact: a.DiaryAcknowledged, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_acknowledgement (pupil_id, monday, guardian_id, class_id,"
        " position, at) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (pupil_id, monday, guardian_id) DO UPDATE SET class_id = excluded.class_id,"
        " position = excluded.position, at = excluded.at",
        fact.pupil_id,
        fact.monday,
        fact.guardian_id,
        one.stream,
        fact.position,
        one.body.at,
    )


@on(o.PupilCommented)
def _commented(to: Classroom, fact: o.PupilCommented, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_comment (comment_id, class_id, pupil_id, subject_id, text_id,"
        " first_at, at, by, corrected) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, false)",
        fact.comment_id,
        one.stream,
        fact.pupil_id,
        fact.subject_id,
        fact.comment.id,
        one.body.at,
        one.body.at,
        one.body.by,
    )


@on(o.PupilCommentCorrected)
def _comment_corrected(to: Classroom, fact: o.PupilCommentCorrected, one: Placed) -> None:
    to.run(
        "UPDATE {s}.classroom_comment SET text_id = %s, at = %s, by = %s, corrected = true"
        " WHERE comment_id = %s",
        fact.comment.id,
        one.body.at,
        one.body.by,
        fact.comment_id,
    )


@on(o.ProjectDefenceRecorded)
def _defence(to: Classroom, fact: o.ProjectDefenceRecorded, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_defence (defence_id, class_id, pupil_id, kind, value, held_on,"
        " title_id, file_id, media, sha256, at, by, corrected)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false)",
        fact.defence_id,
        one.stream,
        fact.pupil_id,
        str(fact.kind),
        fact.value,
        fact.on,
        fact.payload.id,
        fact.file.id,
        fact.media,
        fact.sha256,
        one.body.at,
        one.body.by,
    )


@on(o.ProjectDefenceCorrected)
def _defence_corrected(to: Classroom, fact: o.ProjectDefenceCorrected, one: Placed) -> None:
    to.run(
        "UPDATE {s}.classroom_defence SET value = %s, held_on = %s, at = %s, by = %s,"
        " corrected = true, file_id = coalesce(%s, file_id), media = coalesce(%s, media),"
        " sha256 = coalesce(nullif(%s, ''), sha256) WHERE defence_id = %s",
        fact.value,
        fact.on,
        one.body.at,
        one.body.by,
        id_of(fact.file),
        fact.media,
        fact.sha256,
        fact.defence_id,
    )


@on(o.ProjectDefenceAnnulled)
def _defence_annulled(to: Classroom, fact: o.ProjectDefenceAnnulled, _: Placed) -> None:
    to.run("DELETE FROM {s}.classroom_defence WHERE defence_id = %s", fact.defence_id)


@on(o.ComprehensiveWorkRecorded)
def _work(to: Classroom, fact: o.ComprehensiveWorkRecorded, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_work (work_id, class_id, title, held_on, most_points)"
        " VALUES (%s, %s, %s, %s, %s)",
        fact.work_id,
        one.stream,
        fact.title,
        fact.on,
        fact.most_points,
    )
    to.results(fact.work_id, fact.results)


@on(o.ComprehensiveWorkCorrected)
def _work_corrected(to: Classroom, fact: o.ComprehensiveWorkCorrected, _: Placed) -> None:
    to.results(fact.work_id, fact.results)


@on(o.MetasubjectLevelRecorded)
def _level(to: Classroom, fact: o.MetasubjectLevelRecorded, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_level (class_id, pupil_id, level, at, corrected)"
        " VALUES (%s, %s, %s, %s, false)",
        one.stream,
        fact.pupil_id,
        str(fact.level),
        one.body.at,
    )


@on(o.MetasubjectLevelCorrected)
def _level_corrected(to: Classroom, fact: o.MetasubjectLevelCorrected, one: Placed) -> None:
    to.run(
        "UPDATE {s}.classroom_level SET level = %s, at = %s, corrected = true"
        " WHERE class_id = %s AND pupil_id = %s",
        str(fact.level),
        one.body.at,
        one.stream,
        fact.pupil_id,
    )


@on(o.ForecastAnnotated)
def _forecast(to: Classroom, fact: o.ForecastAnnotated, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_forecast (class_id, pupil_id, subject_id, term, hidden, note_id,"
        " at, by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (class_id, pupil_id, subject_id, term) DO UPDATE"
        " SET hidden = excluded.hidden, note_id = excluded.note_id, at = excluded.at,"
        " by = excluded.by",
        one.stream,
        fact.pupil_id,
        fact.subject_id,
        fact.term,
        fact.hidden,
        id_of(fact.note),
        one.body.at,
        one.body.by,
    )


@on(o.ParentReportSent)
def _letter(to: Classroom, fact: o.ParentReportSent, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_letter (position, class_id, pupil_id, term, as_of, guardian_ids,"
        " how, at, by) VALUES (%s, %s, %s, %s, %s, %s::uuid[], %s, %s, %s)",
        one.position,
        one.stream,
        fact.pupil_id,
        fact.term,
        fact.position,
        list(fact.guardian_ids),
        str(fact.how),
        one.body.at,
        one.body.by,
    )
