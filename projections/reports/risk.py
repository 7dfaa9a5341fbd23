"""Form 14: «Риск-лист», and form 15: «Уведомление родителей»: what is in the way of a good mark.

«Выходит» is the mark that the marks of today make by the school's rules; «Прогноз» is what the
running term may come to, where it is shown at all.
"""

from __future__ import annotations

from decimal import Decimal
from typing import LiteralString

import msgspec

from domain.class_rates import percent
from domain.formulas import (
    NOT_ATTESTED,
    Item,
    Presence,
    Suggestion,
    average,
    places,
    suggested_term_mark,
)
from domain.values import NUMERIC_MARKS
from projections.reports import accumulation, marks, presence
from projections.reports.expected import expected
from projections.reports.ground import Ground, Pupil
from projections.reports.paper import NAME, NUMBER, Cell, Column, Line, Part, Report, numbered

RISK, NOTICES = "risk", "notices"
RISK_TITLE = "Риск-лист"
NOTICES_TITLE = "Уведомление родителей"
MISSED, EVERY = "пропуски уроков", "все предметы"
LATELY = 3  # marks that make the trend
LEAST_MISSED = 3  # lessons: of a subject once a week two are a quarter of the term
COLUMNS = (
    NUMBER,
    NAME,
    Column("subject", "Предмет", width=20),
    Column("suggested", "Выходит", "mark", width=8),
    Column("expected", "Прогноз", "mark", width=8),
    Column("average", "Ср. балл", "figure"),
    Column("trend", "Тренд", "figure", width=7),
    Column("marks", "Отметок", "count", width=8),
    Column("needed", "Нужно", "count", width=6),
    Column("missed", "Пропущено, %", "percent", width=11),
    Column("debts", "Долгов", "count", width=7),
    Column("why", "Почему в списке"),
)
NOTICE_COLUMNS = (
    Column("name", "Предмет", width=22, pinned=True),
    Column("what", "О чём", width=30),
    Column("value", "Сейчас", width=16),
    Column("limit", "Порог", width=16),
)

_DEBTS: LiteralString = """
    SELECT t.subject_id::text, t.pupil_id::text, count(*), min(d.due_date)
    FROM {s}.trail_v1 t LEFT JOIN {s}.result_debt d ON d.debt_id = t.mark_id
    WHERE t.class_id = %(class)s AND t.kind = 'debt-raised' AND t.position <= %(at)s
        AND t.lesson_date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT FROM {s}.trail_v1 r WHERE r.mark_id = t.mark_id
            AND r.kind = 'debt-resolved' AND r.position <= %(at)s)
    GROUP BY 1, 2
"""


class Case(msgspec.Struct, frozen=True):
    """A pupil in a subject. `trend`: the mean of the last marks less that of the earlier ones."""

    pupil: Pupil
    subject: str
    subject_id: str
    suggestion: Suggestion
    trend: str
    marks: int
    needed: int
    by_now: Decimal  # of the needed, the part of the term that is gone
    running: bool
    newcomer: bool
    missed: str
    over_missed: bool
    everywhere: str  # the share of all lessons missed, when that is worth a notice
    debts: int
    due: str
    given: str

    @property
    def why(self) -> list[tuple[str, str, str]]:
        """What is wrong: words, the value now, the limit; in order of weight."""
        thresholds = self.suggestion.thresholds
        found = []
        if self.given in (NOT_ATTESTED, "2"):
            found.append(("отметка за период", f"«{self.given}»", "«3»"))
        elif self.suggestion.value in (NOT_ATTESTED, "2") and not (
            self.running and self.suggestion.why == "too_few"  # told as «мало отметок», by the pace
        ):
            found.append(("по отметкам выходит", f"«{self.suggestion.value}»", "«3»"))
        mean = self.suggestion.mean.value
        if mean and Decimal(mean) < Decimal(thresholds[0]):
            found.append(("средний балл", _comma(mean), f"от {_comma(thresholds[0])}"))
        if self.debts:
            found.append(("долги («точки»)", f"{self.debts}", self.due))
        return found


async def cases(ground: Ground) -> list[Case]:
    """Every pupil in every graded subject of the class. Raises NotFound."""
    of = await ground.school_class()
    term = ground.period(of.grade_level)
    last = ground.last_day(term)
    ask = {"class": of.class_id, "since": term.starts, "until": last}
    debts = {(one[0], one[1]): one[2:] for one in await ground.rows(_DEBTS, **ask)}
    away = await presence.attendance(ground, of.class_id, term.starts, last)
    given = await marks.of_period(ground, of.class_id)
    current: dict[tuple[str, str], list[marks.Current]] = {}
    for mark in await marks.current(ground, term.starts, last, of.class_id):
        current.setdefault((mark.subject_id, mark.pupil_id), []).append(mark)
    gone = Decimal((last - term.starts).days + 1) / ((term.ends - term.starts).days + 1)
    share = ground.rules.missed_alert_share
    found = []
    overall: dict[str, str] = {}
    for group in await accumulation.groups(ground):
        if not group.needed:
            continue
        for one in group.pupils:
            place = group.subject_id, one.pupil_id
            own = [mark.item for mark in current.get(place, [])]
            missed = away.missed(one.pupil_id, group.subject_id)
            there = Presence(missed.held, missed.missed)
            if one.pupil_id not in overall:
                every = away.missed(one.pupil_id)
                much = _reached(Presence(every.held, every.missed), share)
                overall[one.pupil_id] = percent(every.missed, every.held) if much else ""
            count, due = debts.get(place, (0, None))
            found.append(
                Case(
                    one,
                    group.title,
                    group.subject_id,
                    suggested_term_mark(own, there, of.grade_level, ground.rules),
                    _trend(own),
                    group.marks[one.pupil_id],
                    group.needed,
                    group.needed * gone,
                    last < term.ends,
                    one.pupil_id in group.late,
                    percent(missed.missed, missed.held),
                    _reached(there, share),
                    overall[one.pupil_id],
                    count,
                    f"до {due:%d.%m.%Y}" if due else "",
                    given.get((of.class_id, group.subject_id, one.pupil_id), ""),
                )
            )
    pupils = (await ground.pupils(term.starts, last, of.class_id)).get(of.class_id, [])
    order = {one.pupil_id: place for place, one in enumerate(pupils)}
    return sorted(found, key=lambda one: (order[one.pupil.pupil_id], one.subject))


def _trend(own: list[Item]) -> str:
    items = [one for one in own if one.value in NUMERIC_MARKS]
    before, lately = items[:-LATELY], items[-LATELY:]
    if not before or len(lately) < LATELY:
        return ""
    return places(Decimal(average(lately).value) - Decimal(average(before).value))


def _reached(there: Presence, share: str) -> bool:
    return there.missed >= LEAST_MISSED and Decimal(there.missed) / there.held >= Decimal(share)


def reasons(ground: Ground, one: Case) -> list[tuple[str, str, str]]:
    """Words, value, limit: of a case that is worth a notice."""
    found = one.why
    if one.over_missed:
        found.append(_missed(ground, one.missed))
    if not one.newcomer and _few(ground, one):
        share = f"{Decimal(ground.rules.marks_alert_share) * 100:.0f} %"
        found.append(("мало отметок", f"{one.marks} из {one.needed}", f"не меньше {share}"))
    return found


def _missed(ground: Ground, share: str) -> tuple[str, str, str]:
    limit = f"{Decimal(ground.rules.missed_alert_share) * 100:.0f} %"
    return MISSED, f"{_comma(share)} %", f"меньше {limit}"


def _few(ground: Ground, one: Case) -> bool:
    return one.marks < Decimal(ground.rules.marks_alert_share) * one.by_now


async def risk(ground: Ground) -> Report:
    """Pupils of a class whom something is in the way. Raises NotFound."""
    of = await ground.school_class()
    rows: list[tuple[Cell, ...]] = []
    told: set[str] = set()
    ahead = await expected(ground, of)
    for one in await cases(ground):
        why = reasons(ground, one)
        if one.everywhere:
            if one.pupil.pupil_id not in told:
                told.add(one.pupil.pupil_id)
                nothing: tuple[Cell, ...] = (None, None, None, None, None, None)
                rows.append((one.pupil.name, EVERY, *nothing, one.everywhere, None, MISSED))
            why = [words for words in why if words[0] != MISSED]
        if why:
            suggestion = one.suggestion
            rows.append(
                (
                    one.pupil.name,
                    one.subject,
                    suggestion.value or None,
                    ahead.get((one.subject_id, one.pupil.pupil_id)),
                    suggestion.mean.value or None,
                    one.trend or None,
                    one.marks,
                    one.needed,
                    one.missed or None,
                    one.debts,
                    ", ".join(words for words, *_ in why),
                )
            )
    return Report(
        RISK,
        RISK_TITLE,
        (
            ("Класс", of.name),
            ("Период", ground.period(of.grade_level).name),
            ("Классный руководитель", of.teacher),
        ),
        (Part(COLUMNS, numbered(rows), empty="Никого: отметки, посещаемость и долги в порядке."),),
        ground.position,
        ground.moment,
        (
            (
                "«Выходит» — отметка, которая следует из сегодняшних отметок по правилам школы."
                " «Прогноз» — к чему идёт период, пока он не кончился: ожидание по предмету,"
                " а не оценка ребёнка и не основание для отметки."
            ),
            f"Тренд — средний балл последних {LATELY} отметок минус средний прежних.",
        ),
    )


async def notices(ground: Ground) -> Report:
    """A numbered notice for every pupil with something to tell of. Raises NotFound."""
    of = await ground.school_class()
    term = ground.period(of.grade_level)
    told: dict[str, list[Line]] = {}
    who: dict[str, Pupil] = {}
    for one in await cases(ground):
        number = one.pupil.pupil_id
        if ground.asked.pupil_id not in (None, number):
            continue
        if one.everywhere and number not in told:
            told[number] = [Line((EVERY, *_missed(ground, one.everywhere)))]
        for words, value, limit in reasons(ground, one):
            if not (one.everywhere and words == MISSED):
                told.setdefault(number, []).append(Line((one.subject, words, value, limit)))
        who[number] = one.pupil
    numbers = await _numbers(ground)
    parts = [
        Part(
            NOTICE_COLUMNS,
            tuple(lines),
            f"Уведомление № {ground.today:%Y-%m}-{numbers.get(number, 0):03}",
            (
                (
                    f"Уважаемые родители! {who[number].name}, {of.name}, {term.name}: обратите"
                    " внимание на то, что требует помощи."
                ),
            ),
            new_page=True,
        )
        for number, lines in told.items()
    ]
    empty = Part(words=("Уведомлять не о чем: ни один порог не перейдён.",))
    return Report(
        NOTICES,
        NOTICES_TITLE,
        (("Класс", of.name), ("Период", term.name), ("Классный руководитель", of.teacher)),
        tuple(parts) or (empty,),
        ground.position,
        ground.moment,
        ("Последние цифры номера — место ученика в списке школы на день уведомления.",),
        ("Классный руководитель", "С уведомлением ознакомлен(а)"),
    )


async def _numbers(ground: Ground) -> dict[str, int]:
    """pupil → place in the list of the school on the day: by classes, then by names."""
    lists = await ground.pupils(ground.today, ground.today)
    order = [one for of in await ground.classes() for one in lists.get(of.class_id, [])]
    return {one.pupil_id: place for place, one in enumerate(order, 1)}


def _comma(value: str) -> str:
    return value.replace(".", ",")
