"""The regulation as a value: another one is other numbers and the same code."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec
import pytest

from domain.calendar import Bell
from domain.duties import Duty, Lesson, Record, Status, deadlines
from domain.formulas import Item, Presence, suggested_term_mark
from domain.office.facts import RegulationAdopted
from domain.office.state import Office, evolve
from domain.refusals import Invalid
from domain.regulation import PRESETS, Regulation
from domain.rule_table import RULES
from domain.rules import Amendment
from tests.specs import envelope

MOSCOW = "Europe/Moscow"
WEDNESDAY = date(2026, 9, 2)
#: the class has five lessons that day, the last one ends at 13:35
BELLS = tuple(Bell(n, f"{7 + n:02}:50", f"{8 + n:02}:35") for n in range(1, 6))
LAST = 5


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of September on the school's clock."""
    at = datetime.combine(date(2026, 9, day), time(hour, minute, second), ZoneInfo(MOSCOW))
    return at.astimezone(UTC)


def status(of: Regulation, duty: Duty, recorded: datetime | None, level: int = 7) -> Status:
    """What a record about Wednesday's second lesson is worth, as seen at the end of the month."""
    due = deadlines(WEDNESDAY, 2, LAST, of, BELLS, MOSCOW)
    records = {} if recorded is None else {duty: Record(recorded, 1)}
    lesson = Lesson(due, records, homework=level not in of.no_homework_levels)
    return lesson.verdict(duty, local(30, 12)).status


ON_TIME, LATE, MISSING = Status.ON_TIME, Status.LATE, Status.MISSING


@pytest.mark.clause("4.2.а-4")
@pytest.mark.parametrize(
    ("recorded", "seed", "fop704", "ap147"),
    [
        (local(2, 13, 35, 0), ON_TIME, ON_TIME, ON_TIME),
        (local(2, 13, 35, 1), ON_TIME, LATE, ON_TIME),
        (local(2, 14, 35, 0), ON_TIME, LATE, ON_TIME),
        (local(2, 14, 35, 1), ON_TIME, LATE, LATE),
        (local(2, 23, 59, 59), ON_TIME, LATE, LATE),
        (local(3, 0, 0, 0), LATE, LATE, LATE),
        (None, MISSING, MISSING, MISSING),
    ],
)
def test_the_same_homework_under_three_presets(
    recorded: datetime | None, seed: Status, fop704: Status, ap147: Status
) -> None:
    """The end of the day, the last lesson of the class, an hour after it."""
    names = ("seed", "fop704", "ap147")
    found = [status(PRESETS[name], Duty.HOMEWORK, recorded) for name in names]
    assert found == [seed, fop704, ap147]


@pytest.mark.clause("4.2.а-3")
@pytest.mark.parametrize(
    ("recorded", "seed", "ap147"),
    [
        (local(3, 23, 59, 59), ON_TIME, ON_TIME),
        (local(4, 0, 0, 0), ON_TIME, LATE),
        (local(9, 23, 59, 59), ON_TIME, LATE),
        (local(10, 0, 0, 0), LATE, LATE),
        (None, MISSING, MISSING),
    ],
)
def test_the_same_attendance_under_three_presets(
    recorded: datetime | None, seed: Status, ap147: Status
) -> None:
    assert status(PRESETS["seed"], Duty.ATTENDANCE, recorded) is seed
    assert status(PRESETS["fop704"], Duty.ATTENDANCE, recorded) is seed
    assert status(PRESETS["ap147"], Duty.ATTENDANCE, recorded) is ap147


@pytest.mark.clause("1.1", "1.10")
def test_the_regulation_of_another_school_is_another_value() -> None:
    other = Amendment(
        {
            "version": "гимназия-2026",
            "term_thresholds": ["2.60", "3.60", "4.60"],
            "min_marks": 2,
            "weighted": False,
            "no_homework_levels": [1, 2],
        }
    ).of(Regulation())
    fewer = msgspec.structs.replace(Regulation(), min_marks=2, version="2")
    marks = [Item("5", "2.00"), Item("4", "1.00")]  # 4.67 with weights, 4.50 without
    suggested = {
        of.version: suggested_term_mark(marks, Presence(10, 0), 7, of).value
        for of in (Regulation(), fewer, other)
    }
    assert suggested == {"kukarino-2026": "н/а", "2": "5", "гимназия-2026": "4"}
    assert status(other, Duty.HOMEWORK, None, level=2) is Status.NOT_REQUIRED
    assert status(Regulation(), Duty.HOMEWORK, None, level=2) is MISSING


@pytest.mark.clause("1.1")
def test_an_office_as_of_a_version_has_the_rules_of_then() -> None:
    """A replay folds the office up to what a fact cites: there it finds the rules of its time."""
    office = Office("office", regulation=Regulation())
    seen = [office.regulation.version]
    for regulation in (PRESETS["ap147"], PRESETS["fop704"]):
        evolve(office, RegulationAdopted(regulation, "1-о"), envelope())
        seen.append(office.regulation.version)
    assert seen == ["kukarino-2026", "ap147-2012", "fop704-2025"]


@pytest.mark.clause("1.1")
def test_every_number_belongs_to_a_clause_and_nonsense_is_refused() -> None:
    for rule in RULES:
        assert rule.clauses, rule.field
        with pytest.raises(Invalid) as refused:
            Amendment({rule.field: object()}).of(Regulation())
        assert rule.label in refused.value.message
