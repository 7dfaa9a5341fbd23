"""Decisions about missed lessons: reasons, the signed week, a guardian's warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from domain.calendar import local_date
from domain.fact import Fact
from domain.journal import absence_facts as f
from domain.journal.lessons import require_open
from domain.journal.state import Journal, Lesson
from domain.refusals import Conflict, Invalid
from domain.regulation import Regulation
from domain.values import ABSENCES, AttendanceCode, PayloadRef

UNEXPLAINED = AttendanceCode.ABSENT_UNSPECIFIED
#: what a class teacher may say of an absence
REASONS = frozenset(
    {
        AttendanceCode.EXCUSED,
        AttendanceCode.ILL,
        AttendanceCode.UNEXCUSED,
        AttendanceCode.EXEMPT_LESSON,
    }
)
#: what a guardian may announce
ANNOUNCED = frozenset({AttendanceCode.EXCUSED, AttendanceCode.ILL})
LONGEST_NOTICE = timedelta(days=62)
SUNDAY = timedelta(days=6)
LEAST_DAYS, SHARE = 3, 10  # missed: one day in ten, three at least, is worth a look


class NewReason(msgspec.Struct, frozen=True):
    """Why a pupil was away: in these lessons, or in every unexplained one of the days, both
    included.
    """

    pupil_id: str
    code: AttendanceCode
    lesson_ids: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    document: PayloadRef | None = None


def set_reasons(journal: Journal, reasons: Sequence[NewReason]) -> list[Fact]:
    """Reasons of absences, all or nothing; a reason set anew keeps the old one.

    Raises Invalid, Conflict, Forbidden (a closed term).
    """
    facts: list[Fact] = []
    seen: set[tuple[str, str]] = set()
    for new in reasons:
        lessons = _missed(journal, new)
        if not seen.isdisjoint(lessons):
            raise Invalid("absence.twice", "Один пропуск указан дважды.")
        seen.update(lessons)
        changes = [
            f.ReasonChange(lesson_id, code, new.code)
            for pupil_id, lesson_id in lessons
            if (code := _codes(journal.lessons[lesson_id])[pupil_id]) is not new.code
        ]
        if changes:
            facts.append(f.AbsenceReasonSet(new.pupil_id, tuple(changes), new.document))
    return facts


def _missed(journal: Journal, new: NewReason) -> list[tuple[str, str]]:
    """(pupil, lesson) of the absences that a reason is for, in the order of the lessons."""
    if new.code not in REASONS:
        raise Invalid(
            "absence.code",
            "Причина пропуска: уважительная, болезнь, неуважительная или освобождение.",
        )
    if new.pupil_id not in journal.pupils:
        raise Invalid("absence.unknown_pupil", "Такого ученика в классе нет.")
    if new.lesson_ids:
        for lesson_id in new.lesson_ids:
            _require_away(journal, new.pupil_id, lesson_id)
        return [(new.pupil_id, lesson_id) for lesson_id in dict.fromkeys(new.lesson_ids)]
    if new.since is None or new.until is None or new.until < new.since:
        raise Invalid("absence.days", "Укажите уроки или дни: с какого и по какой.")
    away = [
        (lesson.date, lesson.number, lesson_id, _codes(lesson)[new.pupil_id])
        for lesson_id, lesson in journal.lessons.items()
        if new.since <= lesson.date <= new.until and _codes(lesson).get(new.pupil_id) in ABSENCES
    ]
    wanted = [one for one in sorted(away) if one[3] is UNEXPLAINED]
    if not wanted and any(code is not new.code for *_, code in away):
        raise Conflict(
            "absence.explained",
            "Пропуски этих дней уже объяснены. Чтобы изменить причину, выберите сами уроки.",
        )
    if not away:
        require_open(journal, new.since)
        require_open(journal, new.until)
        raise Invalid("absence.none", "В эти дни у ученика нет пропусков.")
    return [(new.pupil_id, lesson_id) for _, _, lesson_id, _ in wanted]


def _require_away(journal: Journal, pupil_id: str, lesson_id: str) -> None:
    """Raises Invalid when the pupil was not away, Forbidden in a closed term."""
    lesson = journal.lessons.get(lesson_id)
    if lesson is not None:
        require_open(journal, lesson.date)
    if lesson is None or _codes(lesson).get(pupil_id) not in ABSENCES | REASONS:
        raise Invalid(
            "absence.was_present",
            "На этом уроке ученик не отмечен отсутствующим: причину ставить не к чему.",
            pupil_id=pupil_id,
            lesson_id=lesson_id,
        )


def _codes(lesson: Lesson) -> dict[str, AttendanceCode]:
    return {} if lesson.cancelled else lesson.attendance or {}


def confirm_week(
    journal: Journal, regulation: Regulation, monday: date, at: datetime
) -> list[Fact]:
    """Sign a week of which every absence has its reason; where the regulation flags a gap instead
    of refusing it (`unexplained_weeks`), the signature says how many have none.

    Raises Invalid (no Monday, no lessons, not over yet), Conflict (unexplained absences),
    Forbidden (a closed term).
    """
    if monday.isoweekday() != 1:
        raise Invalid("attendance_week.not_a_monday", "Неделя называется своим понедельником.")
    lessons = list(_of_week(journal, monday))
    if not lessons:
        raise Invalid("attendance_week.no_lessons", "На этой неделе уроков не было.")
    for lesson in lessons:
        require_open(journal, lesson.date)
    last = max(lesson.date for lesson in lessons)
    if local_date(at, journal.zone) < last:
        raise Invalid(
            "attendance_week.not_over",
            f"Неделя ещё идёт: подтвердить её можно {last:%d.%m.%Y}, когда пройдут её уроки.",
        )
    codes = [code for lesson in lessons for code in _codes(lesson).values() if code in ABSENCES]
    unexplained = codes.count(UNEXPLAINED)
    if unexplained and not regulation.unexplained_weeks:
        raise Conflict(
            "attendance_week.unexplained",
            f"Без причины остались пропуски: {unexplained}. Укажите причины и подтвердите неделю.",
            unexplained=unexplained,
        )
    untaken = sum(lesson.attendance is None for lesson in lessons)
    if journal.classroom.weeks.get(monday.isoformat()) == (len(codes), untaken, unexplained):
        return []
    return [f.AttendanceWeekConfirmed(monday, len(codes), untaken, unexplained)]


def _of_week(journal: Journal, monday: date) -> Iterator[Lesson]:
    return (
        lesson
        for lesson in journal.lessons.values()
        if not lesson.cancelled and monday <= lesson.date <= monday + SUNDAY
    )


def announce(journal: Journal, new: f.AbsenceAnnounced, at: datetime) -> list[Fact]:
    """A guardian warns of an absence. Raises Invalid, Conflict."""
    if new.code not in ANNOUNCED:
        raise Invalid(
            "absence_notice.code", "Предупредить можно о болезни или другой уважительной причине."
        )
    if not new.since <= new.until <= new.since + LONGEST_NOTICE:
        raise Invalid(
            "absence_notice.days", "Первый день — не позже последнего; не дольше двух месяцев."
        )
    if new.until < local_date(at, journal.zone):
        raise Invalid(
            "absence_notice.past", "Эти дни прошли: о причине скажите классному руководителю."
        )
    if not any(journal.enrolled(new.pupil_id, day) for day in (new.since, new.until)):
        raise Invalid("absence_notice.not_enrolled", "В эти дни ребёнок не учится в этом классе.")
    known = journal.classroom.notices.get(new.notice_id)
    if known is not None:
        if known == new.pupil_id:
            return []
        raise Conflict(
            "absence_notice.id_taken", "Под этим номером уже есть другое предупреждение."
        )
    return [new]


def acknowledge(journal: Journal, new: f.DiaryAcknowledged, at: datetime) -> list[Fact]:
    """A guardian has read a week; once more only when it has changed since. Raises Invalid."""
    if new.monday.isoweekday() != 1:
        raise Invalid("diary.not_a_monday", "Неделя называется своим понедельником.")
    if new.monday > local_date(at, journal.zone):
        raise Invalid("diary.week_to_come", "Эта неделя ещё не началась.")
    days = (new.monday + timedelta(days=day) for day in range(SUNDAY.days + 1))
    if not any(journal.enrolled(new.pupil_id, day) for day in days):
        raise Invalid("diary.not_enrolled", "На этой неделе ребёнок не учился в этом классе.")
    week, position = journal.classroom.read.get(new.pupil_id, {}).get(new.guardian_id, ("", 0))
    known = week == new.monday.isoformat() and new.position <= position
    return [] if known else [new]


def day_missed(missed: int, lessons: int, rule: int) -> bool:
    """A day counts as missed: so many lessons of it (`Regulation.day_missed_lessons`), 0: all."""
    return 0 < missed >= (rule or lessons)


def away_often(missed: int, held: int) -> bool:
    """A tenth of the days of a term so far or more, for whatever reason (chronic absence,
    design/forecast.md §6); three days at least, as one cold is a tenth of the first weeks.
    """
    return missed >= LEAST_DAYS and SHARE * missed >= held
