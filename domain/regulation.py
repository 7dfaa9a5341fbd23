"""The regulation as a versioned value: a replay of an old year uses the rules of that year.

Every number of the «Положение» that a school may set otherwise is a field here; another school's
regulation is another value, no code. `domain.rules` says of each which clause it comes from and
what may be put in.
"""

from __future__ import annotations

import msgspec

#: hours a week → marks a term that are needed, by rising hours; more hours need as many as the last
MarksNeeded = tuple[tuple[int, int], ...]


class RedFlags(msgspec.Struct, frozen=True):
    """When a change is worth a look (school-journal.md §5.7). Hours are of the school's zone."""

    burst_changes: int = 20  # F4: so many corrections by one person …
    burst_minutes: int = 10  # F4: … in so many minutes
    day_from: int = 6  # F4: before this hour and
    day_until: int = 23  # F4: from this hour on it is night
    upward_changes: int = 5  # F5: corrections upwards by one sign-in
    suggestion_gap: int = 1  # F6: a term mark that differs from the suggested one by so much


class Retention(msgspec.Struct, frozen=True):
    """How long each kind of document is kept, in years."""

    journals: int = 5
    summary_sheets: int = 25
    access_log: int = 3
    consents: int = 3  # after they have ended


class Regulation(msgspec.Struct, frozen=True):
    """Parameters of the «Положение». Days are calendar days in the school's zone."""

    version: str = "kukarino-2026"
    fill_days: int = 7  # 4.2.а: attendance and marks at least once a week
    homework_due: str = "lesson_day"  # 4.2.а: a name of `HOMEWORK_DUE`
    edit_window_days: int = 14  # a mark is a teacher's to correct so long after the lesson
    ungraded_levels: tuple[int, ...] = (1,)  # безотметочное обучение
    term_thresholds: tuple[str, str, str] = ("2.50", "3.50", "4.50")  # average → 3, 4, 5
    min_marks: int = 3  # fewer make the term mark н/а
    preset: str = "seed"  # the name of the preset that it was made of
    no_homework_levels: tuple[int, ...] = (1,)  # homework is not required of them
    written_work_days: int = 7  # marks of control works: so long after the work
    marks_needed: MarksNeeded = ((1, 3), (2, 5), (3, 7))  # накопляемость
    weighted: bool = True  # the term mark is suggested by the weighted average
    debts_block_closing: bool = True  # «точка»: a term with open debts is not closed
    not_attested_share: str = "0.75"  # н/а: missed at least so much of the lessons held
    absence_reason_days: int = 7  # 4.2.г: an absence has its reason after so many days
    remark_days: int = 7  # 4.2.а: a remark is answered within so many days
    inspection_months: int = 1  # 4.2.б, 5.2: each journal at least once in so many months
    answer_days: int = 3  # 4.1.б: a question is answered within so many days
    service_days: int = 10  # 2.2.1: a request for the municipal service is decided within
    day_missed_lessons: int = 0  # lessons missed that make a day missed; 0: all of the day
    small_class: int = 5  # 1.12: figures of a class of fewer pupils are hidden from families
    project_levels: tuple[int, ...] = (5, 6, 7, 8, 9)  # 4.2.а: a defence with its document
    rates_of: str = "marked"  # 2.2.7: who is in the denominator of a rate, a name of `RATES_OF`
    ratings: bool = False  # 1.12: pupils are ranked by their averages
    marks_alert_share: str = "0.70"  # 4.1.в: fewer of the marks needed are worth a notice
    missed_alert_share: str = "0.25"  # 4.1.в: so much of the lessons missed is worth a notice
    late_corrections: bool = False  # after the edit window: True goes through with a flag
    unexplained_weeks: bool = False  # 4.2.г: a week with gaps is signed with a flag, or refused
    red_flags: RedFlags = RedFlags()
    retention: Retention = Retention()

    def marks_for(self, hours_a_week: int) -> int:
        """Marks a pupil needs in a term of a subject with so many hours a week."""
        needed = 0
        for hours, marks in self.marks_needed:
            if hours <= max(hours_a_week, 1):
                needed = marks
        return needed or self.min_marks


#: name → when homework is to be in the journal, for a person (school-journal.md §2.1, R3)
HOMEWORK_DUE = {
    "lesson_day": "до конца дня урока",
    "school_day": "до конца последнего урока класса",
    "hour_after": "не позднее часа после последнего урока класса",
}

#: name → whose marks make the denominator of успеваемость, качество and СОУ (§5.4)
RATES_OF = {
    "marked": "ученики с отметкой и н/а; освобождённые и без отметок не считаются",
    "all": "все ученики списка",
}

PRESETS = {
    "seed": Regulation(),
    "ap147": Regulation(
        version="ap147-2012", preset="ap147", fill_days=1, homework_due="hour_after"
    ),
    "fop704": Regulation(version="fop704-2025", preset="fop704", homework_due="school_day"),
}
