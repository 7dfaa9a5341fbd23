"""Decisions about corrections beyond the teacher's own reach (school-journal.md §4, T2 and T3).

The teacher asks in writing; another person approves or rejects. T2: after the edit window. T3: when
the term mark stands or the term is closed: by an order or an act, and with a word on the term mark.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from domain.calendar import Term
from domain.fact import Fact
from domain.formulas import Suggestion
from domain.journal import correction_facts as c
from domain.journal import facts as f
from domain.journal.marks import require_seen, value_for
from domain.journal.shelf import Mark
from domain.journal.state import Journal, Wanted
from domain.journal.suggesting import suggestions
from domain.journal.term_marks import require_allowed
from domain.journal.tiers import own_tier, tier_of
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef, ReasonCode, Tier, order_number

#: how a request was answered
APPROVED, REJECTED = "approved", "rejected"


class TermMarkWord(msgspec.Struct, frozen=True):
    """What becomes of the term mark that stands: kept, or changed to a value."""

    fate: Literal["kept", "changed"]
    value: str = ""


def request_correction(
    journal: Journal,
    office: Office,
    request_id: str,
    mark_id: str,
    *,
    saw: str,
    value: str,
    reason_code: ReasonCode,
    reason: PayloadRef,
    by: str,
    at: datetime,
    denied: bool = False,
) -> list[Fact]:
    """Ask for another value ("": to be annulled). Who may correct it oneself does not ask."""
    before = journal.requests.get(request_id)
    if before is not None:
        if (before.mark_id, before.saw, before.value, before.by) == (mark_id, saw, value, by):
            return []
        raise Conflict("request.id_taken", "Под этим номером уже есть другой запрос.")
    mark = _living(journal, mark_id)
    value = value_for(journal, office, value) if value else ""
    require_seen(mark, saw)
    if mark.value == value:
        raise Invalid("mark.same_value", f"Отметка уже «{value}»: исправлять нечего.")
    if any(one.mark_id == mark_id and not one.answer for one in journal.requests.values()):
        raise Conflict("request.pending", "По этой отметке запрос уже есть: дождитесь ответа.")
    if own_tier(journal, office, mark, by, at, denied=denied) is not None:
        raise Invalid(
            "request.not_needed", "Эту отметку учитель может исправить сам: запрос не нужен."
        )
    return [c.CorrectionRequested(request_id, mark_id, saw, reason_code, reason, value)]


def approve_correction(
    journal: Journal,
    office: Office,
    request_id: str,
    *,
    order_no: str,
    term_mark: TermMarkWord | None,
    by: str,
) -> list[Fact]:
    """The correction is made, the request is its basis."""
    wanted = _waiting(journal, request_id, by, APPROVED)
    if wanted is None:
        return []
    mark = _living(journal, wanted.mark_id)
    require_seen(mark, wanted.saw)
    tier, standing = tier_of(journal, office, mark)
    if tier is Tier.T2:
        if term_mark is not None:
            raise Invalid("request.no_term_mark", "Отметки за период ещё нет: решать о ней нечего.")
        order_no = order_number(order_no) if order_no.strip() else ""
    else:
        if not order_no.strip():
            raise Invalid(
                "request.order_needed",
                "Отметка за период уже выставлена или период закрыт: нужен номер приказа или акта.",
            )
        order_no = order_number(order_no)
    corrected: Fact
    if wanted.value:
        corrected = f.MarkCorrected(
            wanted.mark_id,
            wanted.saw,
            wanted.value,
            tier,
            wanted.reason_code,
            wanted.reason,
            request_id,
        )
    else:
        corrected = f.MarkAnnulled(
            wanted.mark_id, wanted.saw, tier, wanted.reason_code, wanted.reason, request_id
        )
    after = _term_mark_facts(journal, office, request_id, wanted, mark, standing, term_mark)
    fate: c.TermMarkFate = "" if term_mark is None else term_mark.fate
    return [
        c.CorrectionApproved(request_id, wanted.mark_id, tier, order_no, fate),
        corrected,
        *after,
    ]


def reject_correction(
    journal: Journal, request_id: str, reason: PayloadRef, *, by: str
) -> list[c.CorrectionRejected]:
    """The mark stays; the teacher is told why."""
    wanted = _waiting(journal, request_id, by, REJECTED)
    return [c.CorrectionRejected(request_id, wanted.mark_id, reason)] if wanted else []


def _term_mark_facts(
    journal: Journal,
    office: Office,
    request_id: str,
    wanted: Wanted,
    mark: Mark,
    standing: str | None,
    word: TermMarkWord | None,
) -> list[Fact]:
    lesson = journal.lessons[mark.lesson_id]
    term = office.calendar.of(journal.grade_level).term_of(lesson.date)
    if standing is None or term is None:
        if word is not None:
            raise Invalid("request.no_term_mark", "Отметки за период нет: решать о ней нечего.")
        return []
    follows = _suggested_after(journal, office, wanted, mark, term)
    if word is None:
        raise Invalid(
            "request.term_mark_undecided",
            f"За период стоит «{standing}», после исправления выходит "
            f"«{follows.value or 'нет отметки'}»: решите, оставить отметку или изменить.",
            term_mark=standing,
            suggested=follows.value,
        )
    if word.fate == "kept":
        return []
    value = value_for(journal, office, word.value)
    if value == standing:
        raise Invalid("mark.same_value", f"Отметка за период уже «{value}»: оставьте её.")
    require_allowed(office, mark.pupil_id, value, follows)
    return [
        f.TermMarkCorrected(
            mark.pupil_id,
            lesson.subject_id,
            term.number,
            standing,
            value,
            wanted.reason_code,
            wanted.reason,
            follows.value,
            request_id,
        )
    ]


def _suggested_after(
    journal: Journal, office: Office, wanted: Wanted, mark: Mark, term: Term
) -> Suggestion:
    """What the marks will suggest once the correction is made."""
    value = wanted.value or None
    new = msgspec.structs.replace(mark, value=value, annulled=value is None)
    subject_id = journal.lessons[mark.lesson_id].subject_id
    found = suggestions(journal, office, subject_id, term, [mark.pupil_id], {wanted.mark_id: new})
    return found[mark.pupil_id]


def _waiting(journal: Journal, request_id: str, by: str, answer: str) -> Wanted | None:
    """A request that waits for an answer by somebody else; None: answered so already."""
    wanted = journal.requests.get(request_id)
    if wanted is None:
        raise NotFound("request.unknown", "Такого запроса нет.")
    if wanted.by == by:
        raise Forbidden("request.own", "Свой запрос решает другой человек.")
    if wanted.answer == answer:
        return None
    if wanted.answer:
        raise Conflict("request.answered", "На запрос уже ответили иначе.")
    return wanted


def _living(journal: Journal, mark_id: str) -> Mark:
    mark = journal.any_mark(mark_id)
    if mark is None:
        raise NotFound("mark.unknown", "Такой отметки нет.")
    if mark.annulled:
        raise Conflict("mark.annulled", "Отметка аннулирована.", value=None)
    return mark
