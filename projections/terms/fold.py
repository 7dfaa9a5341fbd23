"""Folding results: marks of terms and years, debts, closings, requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.catalogue import FACTS
from domain.journal import correction_facts as c
from domain.journal import facts as j
from domain.journal import result_facts as r
from domain.values import Origin, PayloadRef, ReasonCode, matter_of
from projections.projection import Handlers, Place, Placed, id_of
from projections.writing import run_many

HANDLERS: Handlers[Results] = Handlers()
on = HANDLERS.on


class Results:
    """results_v1 of one school. Its facts are few beside lessons and marks: a statement each, and
    statements of one text that follow each other travel together.
    """

    name = "results_v1"
    tables = ("result_mark", "result_council", "result_debt", "result_closing", "result_request")

    topics: frozenset[str]
    ignored: frozenset[str]

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]
        self._text: LiteralString = ""
        self._waiting: list[tuple[Any, ...]] = []

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.cursor = cursor
        for one in batch:
            HANDLERS.handle(self, one)
        self._send()

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement, after those before it."""
        if text != self._text:
            self._send()
            self._text = text
        self._waiting.append(arguments)

    def _send(self) -> None:
        run_many(self.cursor, self.place, self._text, self._waiting)
        self._waiting = []


_ISSUED = (
    "INSERT INTO {s}.result_mark (class_id, subject_id, pupil_id, kind, term, value, average,"
    " suggested, version, missed_share, reason_code, text_id, held_on, imported, at, by)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (class_id, subject_id, pupil_id, kind, term) DO UPDATE SET"  # after an annulment
    " value = excluded.value, average = excluded.average, suggested = excluded.suggested,"
    " version = excluded.version, missed_share = excluded.missed_share,"
    " reason_code = excluded.reason_code, text_id = excluded.text_id,"
    " imported = excluded.imported, at = excluded.at, by = excluded.by"
)
_CORRECTED = (
    "UPDATE {s}.result_mark SET value = %s, was = %s, suggested = coalesce(%s, suggested),"
    " reason_code = %s, text_id = %s, at = %s, by = %s"
    " WHERE class_id = %s AND subject_id = %s AND pupil_id = %s AND kind = %s AND term = %s"
)
Issued = j.TermMarkIssued | r.YearMarkIssued | r.FinalMarkIssued
Corrected = j.TermMarkCorrected | r.YearMarkCorrected | r.ExamMarkCorrected | r.FinalMarkCorrected


def _issued(to: Results, fact: Issued, one: Placed, kind: str, term: int = 0) -> None:
    to.run(
        _ISSUED,
        one.stream,
        fact.subject_id,
        fact.pupil_id,
        kind,
        term,
        fact.value,
        fact.average,
        fact.suggested,
        fact.version,
        fact.missed_share if isinstance(fact, j.TermMarkIssued) else "",
        _code(fact.reason_code),
        id_of(fact.reason),
        None,
        one.body.origin is Origin.IMPORT,
        one.body.at,
        one.body.by,
    )


def _corrected(to: Results, fact: Corrected, one: Placed, kind: str, term: int = 0) -> None:
    to.run(
        _CORRECTED,
        fact.value,
        fact.old_value,
        fact.suggested if isinstance(fact, j.TermMarkCorrected) else None,
        str(fact.reason_code),
        id_of(fact.reason),
        one.body.at,
        one.body.by,
        one.stream,
        fact.subject_id,
        fact.pupil_id,
        kind,
        term,
    )


def _code(code: ReasonCode | None) -> str | None:
    return None if code is None else str(code)


@on(j.TermMarkIssued)
def _term_mark(to: Results, fact: j.TermMarkIssued, one: Placed) -> None:
    _issued(to, fact, one, "term", fact.term)


@on(j.TermMarkCorrected)
def _term_mark_corrected(to: Results, fact: j.TermMarkCorrected, one: Placed) -> None:
    _corrected(to, fact, one, "term", fact.term)


@on(j.TermMarkAnnulled)
def _term_mark_annulled(to: Results, fact: j.TermMarkAnnulled, one: Placed) -> None:
    """The line stays, without a value: whose mark it was sees that there was one."""
    to.run(
        _CORRECTED,
        *("", fact.old_value, None, str(fact.reason_code), id_of(fact.reason)),
        *(one.body.at, one.body.by, one.stream, fact.subject_id, fact.pupil_id, "term", fact.term),
    )


@on(r.YearMarkIssued)
def _year_mark(to: Results, fact: r.YearMarkIssued, one: Placed) -> None:
    _issued(to, fact, one, "year")


@on(r.YearMarkCorrected)
def _year_mark_corrected(to: Results, fact: r.YearMarkCorrected, one: Placed) -> None:
    _corrected(to, fact, one, "year")


@on(r.FinalMarkIssued)
def _final_mark(to: Results, fact: r.FinalMarkIssued, one: Placed) -> None:
    _issued(to, fact, one, "final")


@on(r.FinalMarkCorrected)
def _final_mark_corrected(to: Results, fact: r.FinalMarkCorrected, one: Placed) -> None:
    _corrected(to, fact, one, "final")


@on(r.ExamMarkRecorded)
def _exam_mark(to: Results, fact: r.ExamMarkRecorded, one: Placed) -> None:
    to.run(
        _ISSUED,
        *(one.stream, fact.subject_id, fact.pupil_id, "exam", 0, fact.value, "", "", "", ""),
        *(None, None, fact.on, one.body.origin is Origin.IMPORT, one.body.at, one.body.by),
    )


@on(r.ExamMarkCorrected)
def _exam_mark_corrected(to: Results, fact: r.ExamMarkCorrected, one: Placed) -> None:
    _corrected(to, fact, one, "exam")


@on(r.CouncilDecisionRecorded)
def _council(to: Results, fact: r.CouncilDecisionRecorded, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.result_council"
        " (class_id, pupil_id, matter, decision, protocol_no, protocol_date, at, by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        one.stream,
        fact.pupil_id,
        matter_of(fact.decision),
        str(fact.decision),
        fact.protocol_no,
        fact.protocol_date,
        one.body.at,
        one.body.by,
    )


@on(r.CouncilDecisionCorrected)
def _council_corrected(to: Results, fact: r.CouncilDecisionCorrected, one: Placed) -> None:
    to.run(
        "UPDATE {s}.result_council SET decision = %s, was = %s, protocol_no = %s,"
        " protocol_date = %s, at = %s, by = %s"
        " WHERE class_id = %s AND pupil_id = %s AND matter = %s",
        str(fact.decision),
        str(fact.old_decision),
        fact.protocol_no,
        fact.protocol_date,
        one.body.at,
        one.body.by,
        one.stream,
        fact.pupil_id,
        matter_of(fact.decision),
    )


@on(j.DebtRaised)
def _debt(to: Results, fact: j.DebtRaised, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.result_debt"
        " (debt_id, class_id, lesson_id, pupil_id, work_type_id, due_date, resolved)"
        " VALUES (%s, %s, %s, %s, %s, %s, false)",
        fact.debt_id,
        one.stream,
        fact.lesson_id,
        fact.pupil_id,
        fact.work_type_id,
        fact.due_date,
    )


@on(j.DebtResolved)
def _debt_resolved(to: Results, fact: j.DebtResolved, _: Placed) -> None:
    to.run("UPDATE {s}.result_debt SET resolved = true WHERE debt_id = %s", fact.debt_id)


@on(j.TermClosed)
def _closed(to: Results, fact: j.TermClosed, one: Placed) -> None:
    _closing(to, one, fact.term, closed=True)


@on(c.TermReopened)
def _reopened(to: Results, fact: c.TermReopened, one: Placed) -> None:
    _closing(to, one, fact.term, closed=False, order_no=fact.order_no)


def _closing(to: Results, one: Placed, term: int, *, closed: bool, order_no: str = "") -> None:
    to.run(
        "INSERT INTO {s}.result_closing (class_id, term, position, closed, order_no, at, by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        one.stream,
        term,
        one.position,
        closed,
        order_no,
        one.body.at,
        one.body.by,
    )


@on(c.CorrectionRequested)
def _requested(to: Results, fact: c.CorrectionRequested, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.result_request (request_id, class_id, mark_id, saw, value, reason_code,"
        " text_id, by, at, answer, tier, order_no, term_mark)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '', '')",
        fact.request_id,
        one.stream,
        fact.mark_id,
        fact.saw,
        fact.value,
        str(fact.reason_code),
        fact.reason.id,
        one.body.by,
        one.body.at,
    )


@on(c.CorrectionApproved)
def _approved(to: Results, fact: c.CorrectionApproved, one: Placed) -> None:
    _answered(to, one, fact.request_id, "approved")
    to.run(
        "UPDATE {s}.result_request SET tier = %s, order_no = %s, term_mark = %s"
        " WHERE request_id = %s",
        str(fact.tier),
        fact.order_no,
        fact.term_mark,
        fact.request_id,
    )


@on(c.CorrectionRejected)
def _rejected(to: Results, fact: c.CorrectionRejected, one: Placed) -> None:
    _answered(to, one, fact.request_id, "rejected", fact.reason)


def _answered(
    to: Results, one: Placed, request_id: str, answer: str, reason: PayloadRef | None = None
) -> None:
    to.run(
        "UPDATE {s}.result_request SET answer = %s, answer_id = %s, answered_by = %s,"
        " answered_at = %s WHERE request_id = %s",
        answer,
        id_of(reason),
        one.body.by,
        one.body.at,
        request_id,
    )


Results.topics = HANDLERS.topics()
Results.ignored = frozenset(FACTS) - Results.topics
