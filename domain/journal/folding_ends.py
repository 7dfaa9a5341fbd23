"""How ends of terms and years, and requests for corrections, change the state of a journal."""

from __future__ import annotations

from functools import singledispatch

from domain.fact import Fact
from domain.journal import correction_facts as c
from domain.journal import facts as f
from domain.journal import result_facts as r
from domain.journal.shelf import Records, Shelf, pack, unpack
from domain.journal.state import Closed, Journal, Wanted, council_cell, result_cell

FACTS: tuple[type[Fact], ...] = (f.TermClosed, *c.FACTS, *r.FACTS)


def evolve(fact: Fact, s: Journal, by: str) -> None:
    """Fold one of `FACTS`, written by a person."""
    if isinstance(fact, c.CorrectionRequested):
        s.requests[fact.request_id] = Wanted(
            fact.mark_id, fact.saw, fact.value, fact.reason_code, fact.reason, by
        )
    else:
        _apply(fact, s)


def change(s: Journal, mark_id: str, value: str | None) -> None:
    """Another value for a mark, or None: annulled. One on the shelf is changed there."""
    if mark_id in s.marks:
        mark = s.marks[mark_id]
        mark.value, mark.annulled = value, value is None
        return
    closed = next(one for one in s.closed if one.term == s.settled[mark_id])
    shelf = unpack(closed.shelf)
    mark = shelf.marks[mark_id]
    mark.value, mark.annulled = value, value is None
    closed.shelf = pack(shelf)


@singledispatch
def _apply(fact: Fact, _state: Journal) -> None:
    raise TypeError(f"{type(fact).__name__} does not end anything")


@_apply.register
def _term_closed(fact: f.TermClosed, s: Journal) -> None:
    """The state grows slim: of what is settled, decisions need only that it is. It is packed."""
    shelf = Shelf()
    for lesson_id, lesson in s.lessons.items():
        if fact.starts <= lesson.date <= fact.ends:
            shelf.lessons[lesson_id] = Records(
                lesson.topic,
                lesson.attendance,
                lesson.late,
                lesson.homework,
                lesson.explained,
                lesson.files,
            )
            lesson.topic, lesson.attendance, lesson.late, lesson.homework = None, None, {}, {}
            lesson.explained, lesson.files = set(), {}
    shelf.marks = {
        mark_id: mark
        for mark_id, mark in s.marks.items()
        if fact.starts <= s.lessons[mark.lesson_id].date <= fact.ends
    }
    for mark_id in shelf.marks:
        del s.marks[mark_id]
    s.settled.update(dict.fromkeys(shelf.marks, fact.term))
    s.closed.append(Closed(fact.term, fact.starts, fact.ends, pack(shelf)))


@_apply.register
def _term_reopened(fact: c.TermReopened, s: Journal) -> None:
    """Everything is where it was; what was said of a lesson meanwhile goes before."""
    closed = next(one for one in s.closed if one.term == fact.term)
    s.closed.remove(closed)
    shelf = unpack(closed.shelf)
    for lesson_id, was in shelf.lessons.items():
        lesson = s.lessons[lesson_id]
        lesson.topic = lesson.topic or was.topic
        if was.attendance is not None:
            lesson.attendance = {**was.attendance, **(lesson.attendance or {})}
        lesson.late = {**was.late, **lesson.late}
        lesson.homework = {**was.homework, **lesson.homework}
        lesson.explained = was.explained | lesson.explained
        lesson.files = {**was.files, **lesson.files}
    s.marks.update(shelf.marks)
    for mark_id in shelf.marks:
        del s.settled[mark_id]


@_apply.register
def _approved(fact: c.CorrectionApproved, s: Journal) -> None:
    s.requests[fact.request_id].answer = "approved"


@_apply.register
def _rejected(fact: c.CorrectionRejected, s: Journal) -> None:
    s.requests[fact.request_id].answer = "rejected"


@_apply.register(r.YearMarkIssued)
@_apply.register(r.YearMarkCorrected)
def _year_mark(fact: r.YearMarkIssued | r.YearMarkCorrected, s: Journal) -> None:
    s.results[result_cell(fact.pupil_id, fact.subject_id, "year")] = fact.value


@_apply.register(r.ExamMarkRecorded)
@_apply.register(r.ExamMarkCorrected)
def _exam_mark(fact: r.ExamMarkRecorded | r.ExamMarkCorrected, s: Journal) -> None:
    s.results[result_cell(fact.pupil_id, fact.subject_id, "exam")] = fact.value


@_apply.register(r.FinalMarkIssued)
@_apply.register(r.FinalMarkCorrected)
def _final_mark(fact: r.FinalMarkIssued | r.FinalMarkCorrected, s: Journal) -> None:
    s.results[result_cell(fact.pupil_id, fact.subject_id, "final")] = fact.value


@_apply.register
def _council(fact: r.CouncilDecisionRecorded, s: Journal) -> None:
    s.council[council_cell(fact.pupil_id, fact.decision)] = fact


@_apply.register
def _council_corrected(fact: r.CouncilDecisionCorrected, s: Journal) -> None:
    s.council[council_cell(fact.pupil_id, fact.decision)] = r.CouncilDecisionRecorded(
        fact.pupil_id, fact.decision, fact.protocol_no, fact.protocol_date
    )
