"""The recount of every form."""

from __future__ import annotations

from collections.abc import Iterator

from tests.recount import Pair, Recount, Recounting, averages, cases, days, marks, records


def _class_teacher(school: Recount) -> Iterator[Pair]:
    yield from marks.class_teacher(school)
    yield from days.class_teacher(school)


RECOUNTS: dict[str, Recounting] = {
    "summary_sheet": marks.summary_sheet,
    "class_teacher": _class_teacher,
    "subject_teacher": marks.subject_teacher,
    "school_results": marks.school_results,
    "attendance": days.attendance,
    "letter": days.letter,
    "pupil_subject": averages.pupil_subject,
    "accumulation": cases.accumulation,
    "teacher_averages": averages.teacher_averages,
    "final_marks": averages.final_marks,
    "rating": averages.rating,
    "risk": cases.risk,
    "notices": cases.notices,
    "access": records.access,
    "filling": records.filling,
    "inspections": records.inspections,
    "movements": records.movements,
}
