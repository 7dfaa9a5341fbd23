"""Figures and lessons as a reader gets them: JSON of the API and of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from domain.duties import Duty, Status, Verdict
from projections.compliance.counting import Counts, Group, Judged, counted, counted_by, unfilled
from projections.compliance.reading import Line
from projections.compliance.staffing import Assigned

Names = Mapping[str, str]


def moment(at: datetime | None) -> str | None:
    """A moment in UTC, or None."""
    return None if at is None else at.astimezone(UTC).isoformat()


def verdict_json(one: Verdict) -> dict[str, Any]:
    """A duty of a lesson; `minutes_late` is 0 unless it is late."""
    return {
        "status": str(one.status),
        "due_at": moment(one.due_at),
        "recorded_at": moment(one.recorded_at),
        "position": one.position,
        "minutes_late": one.minutes,
        "reason": None if one.reason is None else str(one.reason),
    }


def lesson_json(one: Judged, teachers: Names, subgroups: Names) -> dict[str, Any]:
    """A lesson with its duties."""
    line = one.line
    return {
        "lesson_id": line.lesson_id,
        "class_id": line.class_id,
        "class_name": line.class_name,
        "subject_id": line.subject_id,
        "subject": line.subject,
        "subgroup_id": line.subgroup_id,
        "subgroup": subgroups.get(line.subgroup_id or ""),
        "teacher_id": line.teacher_id,
        "teacher": teachers.get(line.teacher_id, ""),
        "planned_teacher_id": line.planned_id,
        "date": line.date.isoformat(),
        "number": line.number,
        "control": line.lesson.control,
        "ends_at": moment(line.lesson.due.ends_at),
        "duties": {str(duty): verdict_json(found) for duty, found in one.verdicts.items()},
    }


def group_json(one: Group, names: dict[str, Any]) -> dict[str, Any]:
    """A group in a week."""
    return {
        **names,
        "lessons": one.lessons,
        "with_marks": one.with_marks,
        "filled": verdict_json(one.filled),
    }


def week_json(
    judged: list[Judged],
    found: list[Group],
    assigned: Iterable[Assigned],
    teachers: Names,
    subgroups: Names,
) -> dict[str, Any]:
    """Figures of a week: in all, by teacher, class, subject and group. Every teacher with an
    assignment is there, also without lessons; `assigned`: those in force in the week.
    """
    classes = {one.line.class_id: one.line for one in judged}
    subjects = {one.line.subject_id: one.line.subject for one in judged}
    by_teacher = counted_by(judged, lambda line: line.teacher_id)
    with_lessons = {(one.class_id, one.subject_id, one.subgroup_id) for one in found} | {
        (one.class_id, one.subject_id, None) for one in found
    }
    unscheduled = [
        one
        for one in assigned
        if one.class_id in classes
        and (one.class_id, one.subject_id, one.subgroup_id) not in with_lessons
    ]
    silent = unfilled(found)
    everybody = by_teacher.keys() | {one.teacher_id for one in unscheduled}
    order = {number: place for place, number in enumerate(teachers)}
    return {
        "total": counted(judged).json(),
        "teachers": [
            {
                "teacher_id": number,
                "teacher": teachers.get(number, ""),
                **by_teacher.get(number, Counts()).json(),
                "unfilled_groups": sum(one.teacher_id == number for one in silent),
                "unscheduled": sum(one.teacher_id == number for one in unscheduled),
            }
            for number in sorted(everybody, key=lambda one: (order.get(one, len(order)), one))
        ],
        "classes": [
            {"class_id": number, "class_name": classes[number].class_name, **counts.json()}
            for number, counts in sorted(
                counted_by(judged, lambda line: line.class_id).items(),
                key=lambda item: (classes[item[0]].grade_level, classes[item[0]].class_name),
            )
        ],
        "subjects": [
            {"subject_id": number, "subject": subjects[number], **counts.json()}
            for number, counts in sorted(
                counted_by(judged, lambda line: line.subject_id).items(),
                key=lambda item: subjects[item[0]],
            )
        ],
        "groups": [
            group_json(
                one,
                {
                    "teacher_id": one.teacher_id,
                    "teacher": teachers.get(one.teacher_id, ""),
                    "class_id": one.class_id,
                    "class_name": classes[one.class_id].class_name,
                    "subject_id": one.subject_id,
                    "subject": subjects[one.subject_id],
                    "subgroup_id": one.subgroup_id,
                    "subgroup": subgroups.get(one.subgroup_id or ""),
                },
            )
            for one in found
        ],
    }


def debts(judged: Iterable[Judged], now: datetime) -> list[tuple[Judged, Duty, Verdict]]:
    """What is still to be recorded about lessons that have begun to need it: by how soon it is
    late; what is late already comes first.
    """
    found = [
        (one, duty, verdict)
        for one in judged
        for duty, verdict in one.verdicts.items()
        if verdict.status in (Status.PENDING, Status.MISSING) and _over(one.line, now)
    ]
    return sorted(found, key=lambda item: (item[2].due_at or now, item[0].line.lesson_id))


def _over(line: Line, now: datetime) -> bool:
    return line.lesson.due.ends_at <= now
